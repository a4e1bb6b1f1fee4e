"""One line of recorded traffic, told apart from all that a log may hold instead.

The request and the response stay as they were written: the dialects read them, as they do live.
"""

import re
from typing import Any, Final

import msgspec

EARLIEST: Final = 946_684_800.0  # 2000-01-01; an earlier time is no time of a model API's
LATEST: Final = 4_102_444_800.0  # 2100-01-01; a later one is most likely milliseconds
_LOWEST, _HIGHEST = 100, 599  # HTTP status
_NULL: Final = msgspec.Raw(b"null")
_PLACE = re.compile(r" - at `\$\.?([^`]*)`")


class BadLineError(Exception):
    """A line cannot be used; the message says why, in words that many lines may share."""


class Recorded(msgspec.Struct, gc=False):
    """One exchange as it is recorded; times in seconds (since the epoch for ``at``)."""

    at: float
    path: str
    request: msgspec.Raw
    status: int = 200
    response: msgspec.Raw = _NULL
    account: str | int | None = None
    key: str | int | None = None
    user: str | int | None = None
    address: str | None = None
    headers: msgspec.Raw = _NULL
    took: float | None = None


_decode = msgspec.json.Decoder(Recorded).decode
_text = msgspec.json.Decoder(str).decode


def read_line(line: bytes) -> Recorded:
    """Return what a line records.

    Raises:
        BadLineError: it is no JSON object, not UTF-8, lacks a member, or holds one that cannot be.
    """
    try:
        if not line.isascii():
            line.decode()
        found = _decode(line)
    except UnicodeDecodeError as error:
        raise BadLineError("not UTF-8") from error
    except msgspec.ValidationError as error:
        raise BadLineError(_said(str(error))) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadLineError("not JSON") from error
    if not EARLIEST <= found.at < LATEST:
        raise BadLineError("at is no time between the years 2000 and 2100, in seconds since 1970")
    if not _LOWEST <= found.status <= _HIGHEST:
        raise BadLineError("status is no HTTP status")
    return found


def body(raw: msgspec.Raw) -> bytes:
    """Return a body as it went over the wire: JSON as it stands, a string as what it holds, nothing for null.

    Raises:
        BadLineError: it is neither object, array, string nor null.
    """
    data = bytes(raw)
    if data[:1] in {b"{", b"["}:
        return data
    if data == b"null":
        return b""
    if data[:1] != b'"':
        raise BadLineError("a body is neither an object nor an array, a string or null")
    try:
        return _text(data).encode()
    except (msgspec.DecodeError, UnicodeError) as error:
        raise BadLineError("a body is a string that cannot be read") from error


def _said(message: str) -> str:
    """Return a decoder's complaint with the member first: ``at: Expected `float`, got `str```."""
    place = _PLACE.search(message)
    plain = _PLACE.sub("", message)
    return f"{place[1]}: {plain}" if place and place[1] else plain


def named(value: Any) -> str:
    """Return a name that a log may have written as a number; empty if there is none."""
    return "" if value is None else str(value)
