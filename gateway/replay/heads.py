"""What recorded headers tell of a client: its software, and its TLS where the log has the header for it."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

import msgspec

from gateway.software import told

_REMEMBERED: Final = 4096  # heads that were worked out already; clients send the same again and again
_LONGEST: Final = 4096  # bytes of a head that is remembered
_decode = msgspec.json.Decoder().decode


class Head(NamedTuple):
    """What a head tells; empty where it tells nothing."""

    client: str = ""
    tls: str = ""


class Heads:
    """Reads recorded headers.

    Args:
        tls: names of headers that tell how a client speaks TLS. A log is the operator's own: they are believed.
    """

    def __init__(self, tls: Sequence[str]) -> None:
        self._tls = tuple(name.lower().encode() for name in tls)
        self._known = lru_cache(_REMEMBERED)(self._work_out)

    def of(self, raw: msgspec.Raw) -> Head:
        """Return what headers tell: an object, or a list of pairs; anything else tells nothing."""
        data = bytes(raw)
        if data[:1] not in {b"{", b"["}:
            return Head()
        return self._known(data) if len(data) <= _LONGEST else self._work_out(data)

    def _work_out(self, data: bytes) -> Head:
        try:
            headers = list(_pairs(_decode(data)))
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            return Head()
        held = dict(reversed(headers))
        shown = [held.get(name, b"") for name in self._tls]
        return Head(told(headers).decode("latin-1"), b"\n".join(shown).decode("latin-1") if any(shown) else "")


def _pairs(written: Any) -> Iterator[tuple[bytes, bytes]]:
    """Yield names, in lower case, and values; the first of several values."""
    for pair in written.items() if isinstance(written, dict) else written:
        match pair:
            case (str(name), str(value)) | [str(name), str(value)] | (str(name), [str(value), *_]):
                yield name.lower().encode("utf-8", "replace"), value.encode("utf-8", "replace")
            case (str(name), *_) | [str(name), *_]:
                yield name.lower().encode("utf-8", "replace"), b""
