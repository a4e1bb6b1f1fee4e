"""Texts as vectors: one file an embedder, behind one protocol.

``static`` is the default: token vectors distilled from a sentence encoder, some twenty microseconds a text.
``characters`` is the floor, without a model or a vocabulary. An ONNX model or an embeddings endpoint come by
configuration, through ``gateway.embedding.chosen``.
"""

from gateway.embedding.base import EDGE, Asks, Embedder, Vector, cell, cells, edges, embedded, packed
from gateway.embedding.characters import DIMS, Characters
from gateway.embedding.static import Static, shared

__all__ = [
    "DIMS",
    "EDGE",
    "Asks",
    "Characters",
    "Embedder",
    "Static",
    "Vector",
    "cell",
    "cells",
    "edges",
    "embedded",
    "packed",
    "shared",
]
