"""The files that a configuration names: opened when it is checked, so that no process finds out later.

Policies are not among them: they are read by ``load_policies``, which tells their own faults at their own places.
"""

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import msgspec

from detectors.base import Baseline
from gateway.accounts import load_accounts
from gateway.asns import load_asns
from gateway.config import ByEndpoint, ByOnnx, Config, Embedding
from gateway.embedding.chosen import onnx
from gateway.embedding.wordpiece import WordPiece
from gateway.faults import Faults
from gateway.known import load_known
from gateway.places import Loc, Slip

Try: TypeAlias = tuple[Loc, Path | None, Callable[[Path], object]]


def unusable(config: Config, beside: Path) -> Iterator[Slip]:
    """Yield a slip for each named file that cannot be used; relative paths are beside the configuration."""
    identity, listen = config.identity, config.listen
    tries: list[Try] = [
        (("identity", "accounts_file"), identity.accounts_file, load_accounts),
        (("identity", "asn_file"), identity.asn_file, load_asns),
        (("analysis", "baseline"), config.analysis.baseline, _baseline),
        (("linkage", "known"), config.linkage.known, load_known),
        *((("routes", i, "ca_file"), route.ca_file, _authorities) for i, route in enumerate(config.routes)),
    ]
    tries += _embedding(config.analysis.embedding, beside)
    if listen.tls_certificate and listen.tls_key:
        key = beside / listen.tls_key
        tries.append((("listen", "tls_certificate"), listen.tls_certificate, lambda path: _certificate(path, key)))
    for loc, named, use in tries:
        if named is not None and (fault := _fault(beside / named, use)):
            yield Slip(loc, fault)


def _embedding(embedding: Embedding, beside: Path) -> Iterator[Try]:
    at: Loc = ("analysis", "embedding")
    if isinstance(embedding, ByEndpoint):
        yield (*at, "endpoint", "key_file"), embedding.endpoint.key_file, Path.read_text
    if isinstance(embedding, ByOnnx):
        wanted = embedding.onnx
        yield (*at, "onnx", "vocabulary"), wanted.vocabulary, _vocabulary
        spelt = not _fault(beside / wanted.vocabulary, _vocabulary)
        # Without its vocabulary a model cannot be tried, but it can be missed.
        yield (*at, "onnx", "model"), wanted.model, (lambda _: onnx(wanted, beside)) if spelt else Path.stat


def _fault(path: Path, use: Callable[[Path], object]) -> str:
    try:
        use(path)
    except Faults as faults:
        places = ((f"{path.name}:{fault.line}:{fault.column}" if fault.line else path.name) for fault in faults.faults)
        return "; ".join(f"{place}: {fault.message}" for place, fault in zip(places, faults.faults, strict=True))
    except (ssl.SSLError, OSError, ValueError, msgspec.MsgspecError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return f"{path.name}: {reason}"
    return ""


def _baseline(path: Path) -> object:
    return msgspec.json.decode(path.read_bytes(), type=Baseline)


def _vocabulary(path: Path) -> object:
    return WordPiece(path.read_text("utf-8").splitlines(), 2)


def _authorities(path: Path) -> object:
    return ssl.create_default_context(cafile=path)


def _certificate(path: Path, key: Path) -> None:
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(path, key)
