"""What every dialect reads and writes alike: JSON that may be anything, and the outside of a refusal.

Reading is lenient on purpose. Model servers written in Python read a body with the standard library, which takes NaN,
lone surrogates, a byte order mark and UTF-16 where msgspec does not; a client that could blind the gateway with one
such byte in an ignored member would. So what msgspec cannot read, the standard library tries.

A member given twice counts with its last value, as in the common parsers. A body that is trimmed is written anew, with
each member once: what was judged is what is forwarded.
"""

import binascii
import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import msgspec

from gateway.actions.base import STATUS, Allowance, Refuse
from gateway.dialects import limits

Headers: TypeAlias = tuple[tuple[bytes, bytes], ...]

SPACE = b"\xef\xbb\xbf \t\r\n"  # what may stand before JSON, a byte order mark included
_JSON = re.compile(rb"[\xef\xbb\xbf \t\r\n]*[{\[]")
LONGEST_WAIT = 60.0  # seconds; a longer retry-after is slept in full by some SDKs and ignored by others
_LARGEST = 2**53  # counts beyond it are nonsense, and no longer exact in JSON
_WAITING_HELPS_ALWAYS = {"model_unreachable", "model_timeout", "overloaded"}
_ALPHABET = bytes.maketrans(b"-_", b"+/")  # from base64 as URLs have it
_TRUE = {"true", "1", "on", "yes", "t", "y"}  # what pydantic takes for true in a lax model server


def decode(body: bytes) -> Any:
    """Read JSON of any shape; None if nobody can read it."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        pass
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def encode(value: Any) -> bytes:
    """Write JSON, compact; what msgspec cannot write (lone surrogates) the standard library escapes."""
    try:
        return msgspec.json.encode(value)
    except (UnicodeError, RecursionError, TypeError):
        return json.dumps(value, separators=(",", ":")).encode()


def document(body: bytes) -> dict[str, Any]:
    """Read a JSON object; empty if it is none."""
    return members(decode(body))


def is_json(start: bytes) -> bool:
    """Return whether what begins so is a JSON object or array, and no event stream."""
    return _JSON.match(start) is not None


def editable(body: bytes) -> dict[str, Any]:
    """Read a JSON object whose members stay as they were written until somebody asks for their `value`.

    What is not touched is then written byte for byte: numbers, escapes and spaces included.
    """
    try:
        return msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return document(body)


def value(member: Any) -> Any:
    """Return what a member of an `editable` object says."""
    return decode(bytes(member)) if isinstance(member, msgspec.Raw) else member


def members(value: Any) -> dict[str, Any]:
    """Return an object's members; none if it is no object."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """Return an array's items; none if it is no array."""
    return value if isinstance(value, list) else []


def objects(value: Any) -> list[dict[str, Any]]:
    """Return the objects of an array."""
    return [item for item in items(value) if isinstance(item, dict)]


def text(value: Any) -> str:
    """Return a string; empty if it is none."""
    return value if isinstance(value, str) else ""


def number(value: Any, default: int = 0) -> int:
    """Return a count, at least 0; also one written as a string or a float, which lax model servers take."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return default
    try:
        return min(max(int(value), 0), _LARGEST)
    except (ValueError, OverflowError):
        return default


def real(value: Any, default: float) -> float:
    """Return a finite number, or the default."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return default
    try:
        return float(value) if math.isfinite(value) else default
    except OverflowError:
        return default


def flag(value: Any) -> bool:
    """Return whether a model server would take this for true."""
    return value is True or (isinstance(value, str) and value.lower() in _TRUE) or (type(value) is int and value == 1)


def digest(blob: str) -> bytes:
    r"""Return what an encrypted blob is recognised by when it comes back: 16 bytes, BLAKE2b.

    Base64 counts by what it encodes: SDKs decode and write it again, Google's with ``-_`` where ``+/`` was served.

    >>> digest("+/+/AAECAw==") == digest("-_-_AAECAw") == digest("+/+/AAEC\nAw==")
    True
    """
    return hashlib.blake2b(_standard(blob.encode("utf-8", "surrogatepass")), digest_size=16).digest()


def _standard(blob: bytes) -> bytes:
    """Return base64 in its usual alphabet, padded; anything else as it is."""
    bare = blob.translate(_ALPHABET, b"= \t\r\n")
    try:
        return binascii.b2a_base64(binascii.a2b_base64(bare + b"=" * (-len(bare) % 4), strict_mode=True), newline=False)
    except binascii.Error:
        return blob


def joined(parts: Iterable[str], by: str = "\n") -> str:
    """Join what is not empty."""
    return by.join(part for part in parts if part)


def named(document: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    """Return the members that go by these names in any case: Go's JSON takes ``"LogProbs"`` for ``logprobs``."""
    wanted = set(names)
    return [key for key in document if key in wanted or key.casefold() in wanted]


def drop(document: dict[str, Any], names: Iterable[str]) -> bool:
    """Take members out of an object; True if there was one."""
    found = named(document, names)
    for key in found:
        del document[key]
    return bool(found)


def cap(document: dict[str, Any], names: Iterable[str], most: int) -> bool:
    """Set members that are there to at most ``most``; whatever is no number from 1 to ``most`` becomes it."""
    changed = False
    for key in named(document, names):
        asked = value(document[key])
        if type(asked) is not int or not 1 <= asked <= most:
            document[key] = most
            changed = True
    return changed


def notice(refusal: Refuse) -> str:
    """Return the message for the client, with the reference, the place to appeal, and a wait too long for a header."""
    parts = [refusal.message]
    if refusal.kind == "throttled" and refusal.retry_after > LONGEST_WAIT:
        parts.append(f"Try again in {math.ceil(refusal.retry_after)} seconds.")
    if refusal.decision:
        parts.append(f"Reference {refusal.decision}.")
    if refusal.verify:
        parts.append(f"To continue, say who you are and what for: {refusal.verify}")
    if refusal.appeal:
        parts.append(f"To appeal: {refusal.appeal}")
    return joined(parts, " ")


def refusal_headers(refusal: Refuse, request_id: str) -> Headers:
    """Return the headers of a refusal in any dialect; a dialect adds its own request id beside ``x-request-id``.

    SDKs repeat 429 and 5xx twice by themselves, and some sleep a long ``retry-after`` in full; ``x-should-retry`` is
    what all of them obey.
    """
    waiting_helps = 0 < refusal.retry_after <= LONGEST_WAIT
    found = [("content-type", "application/json"), ("cache-control", "no-store"), ("x-request-id", request_id)]
    if waiting_helps and refusal.kind not in {"denied", "unverified"}:
        found.append(("retry-after", str(math.ceil(refusal.retry_after))))
    if refusal.kind == "throttled":
        found.append(("x-should-retry", "true" if waiting_helps else "false"))
    elif refusal.kind not in _WAITING_HELPS_ALWAYS:
        found.append(("x-should-retry", "false"))
    if refusal.decision:
        found.append(("stillguard-decision-id", refusal.decision))
    if refusal.verify:
        found.append(("stillguard-verify", refusal.verify))
    found += _meter_headers(refusal)
    return tuple((name.encode(), header_value(value)) for name, value in found)


def _meter_headers(refusal: Refuse) -> list[tuple[str, str]]:
    """Return the rate-limit fields of the meter that ran out, as far as known."""
    meter = Allowance(
        meter=refusal.meter,
        allowed=False,
        limit=refusal.limit,
        remaining=refusal.remaining,
        retry_after=refusal.retry_after,
        reset=refusal.reset,
        window=max(refusal.window, 0.0),
    )
    return limits.limit_headers([meter])


def header_value(value: str) -> bytes:
    """Return a header value that cannot end its line."""
    return "".join(c if " " <= c <= "~" else "?" for c in value).encode("ascii")


def status(refusal: Refuse) -> int:
    """Return the HTTP status of a refusal."""
    return STATUS[refusal.kind]
