"""The embedder that a configuration chooses; what only some choices need is imported only for them."""

from importlib import import_module
from pathlib import Path

from gateway.config import ByEndpoint, ByOnnx, Embedding, Named, Onnx
from gateway.embedding.base import Embedder
from gateway.embedding.characters import Characters
from gateway.embedding.endpoint import Endpoint
from gateway.embedding.plugged import Mute, plugged
from gateway.embedding.static import shared
from gateway.isolation.telling import failed
from gateway.plugins import PluginError


def chosen(embedding: Embedding) -> Embedder:
    """Return the embedder.

    Raises:
        ValueError: a model that cannot be run, or onnxruntime is missing.
        OSError: a named file cannot be read.
        PluginError: another package's embedder is not installed or broken.
    """
    if isinstance(embedding, Named):
        return plugged(embedding.plugin, embedding.parameters)
    if isinstance(embedding, ByOnnx):
        return onnx(embedding.onnx, Path())
    if isinstance(embedding, ByEndpoint):
        key_file = embedding.endpoint.key_file
        return Endpoint(embedding.endpoint, key=key_file.read_text().strip() if key_file else "")
    return Characters() if embedding == "characters" else shared()


def sure(embedding: Embedding) -> Embedder:
    """Return the embedder; if another package's has broken since it was checked, one that gives no vectors.

    What needs no vectors goes on speaking. Another embedder would put texts into cells that mean something else.
    """
    try:
        return chosen(embedding)
    except (PluginError, ValueError, TypeError) as error:
        if not isinstance(embedding, Named):
            raise
        failed("embedder", embedding.plugin, error)
        return Mute()


def onnx(wanted: Onnx, beside: Path) -> Embedder:
    """Return the embedder over an ONNX model; relative paths are beside the configuration."""
    try:
        module = import_module("gateway.embedding.onnx")
    except ImportError as error:
        raise ValueError("onnxruntime is not installed: install stillguard[onnx]") from error
    made: Embedder = module.OnnxModel(beside / wanted.model, beside / wanted.vocabulary, wanted.tokens)
    return made
