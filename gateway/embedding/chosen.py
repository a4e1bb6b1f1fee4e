"""The embedder that a configuration chooses; what only some choices need is imported only for them."""

from importlib import import_module
from pathlib import Path

from gateway.config import ByEndpoint, ByOnnx, Embedding, Onnx
from gateway.embedding.base import Embedder
from gateway.embedding.characters import Characters
from gateway.embedding.endpoint import Endpoint
from gateway.embedding.static import shared


def chosen(embedding: Embedding) -> Embedder:
    """Return the embedder.

    Raises:
        ValueError: a model that cannot be run, or onnxruntime is missing.
        OSError: a named file cannot be read.
    """
    if isinstance(embedding, ByOnnx):
        return onnx(embedding.onnx, Path())
    if isinstance(embedding, ByEndpoint):
        key_file = embedding.endpoint.key_file
        return Endpoint(embedding.endpoint, key=key_file.read_text().strip() if key_file else "")
    return Characters() if embedding == "characters" else shared()


def onnx(wanted: Onnx, beside: Path) -> Embedder:
    """Return the embedder over an ONNX model; relative paths are beside the configuration."""
    try:
        module = import_module("gateway.embedding.onnx")
    except ImportError as error:
        raise ValueError("onnxruntime is not installed: install stillguard[onnx]") from error
    made: Embedder = module.OnnxModel(beside / wanted.model, beside / wanted.vocabulary, wanted.tokens)
    return made
