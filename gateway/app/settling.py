"""Reads a configuration file and settles its paths: files beside it are relative to it, data to where we stand."""

from pathlib import Path

from gateway.config import ByEndpoint, ByOnnx, Config, Embedding
from gateway.settings import load_config as load_checked


def load_config(file: Path) -> Config:
    """Read a configuration; raises Faults with every fault at its line and column."""
    config = load_checked(file)
    beside = file.resolve().parent

    def settled(path: Path | None) -> Path | None:
        return path if path is None else beside / path

    return config.model_copy(
        update={
            "data": config.data.resolve(),
            "policies": beside / config.policies,
            "candidate": settled(config.candidate),
            "exemptions": settled(config.exemptions),
            "listen": config.listen.model_copy(
                update={
                    "tls_certificate": settled(config.listen.tls_certificate),
                    "tls_key": settled(config.listen.tls_key),
                }
            ),
            "identity": config.identity.model_copy(
                update={
                    "accounts_file": settled(config.identity.accounts_file),
                    "asn_file": settled(config.identity.asn_file),
                    "secret_file": settled(config.identity.secret_file),
                }
            ),
            "linkage": config.linkage.model_copy(update={"known": settled(config.linkage.known)}),
            "verification": config.verification.model_copy(
                update={"webhook_secret_file": settled(config.verification.webhook_secret_file)}
            ),
            "log": config.log.model_copy(
                update={
                    "folder": settled(config.log.folder) or config.data.resolve() / "log",
                    "key_file": settled(config.log.key_file) or config.data.resolve() / "log-key.pem",
                }
            ),
            "analysis": config.analysis.model_copy(
                update={
                    "baseline": settled(config.analysis.baseline),
                    "embedding": _embedding(config.analysis.embedding, beside),
                }
            ),
            "routes": tuple(route.model_copy(update={"ca_file": settled(route.ca_file)}) for route in config.routes),
        }
    )


def _embedding(embedding: Embedding, beside: Path) -> Embedding:
    if isinstance(embedding, ByOnnx):
        paths = {"model": beside / embedding.onnx.model, "vocabulary": beside / embedding.onnx.vocabulary}
        return ByOnnx(onnx=embedding.onnx.model_copy(update=paths))
    if isinstance(embedding, ByEndpoint) and embedding.endpoint.key_file:
        key_file = beside / embedding.endpoint.key_file
        return ByEndpoint(endpoint=embedding.endpoint.model_copy(update={"key_file": key_file}))
    return embedding
