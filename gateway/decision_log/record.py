"""One line of the decision log: how a record becomes bytes that its successor is bound to, and how it is read back.

A line is one JSON object, its keys in this order: ``hash, seq, at, kind, body, commitments, prev, personal``. The hash
is SHA-256 of the bytes between ``"hash":"…",`` and the last ``,"personal":``: of the bytes as they stand, so that
nobody has to agree how a number is written. What is personal (whom it is about, and free text) is not in there but
in ``personal``, as name, salt and text; the hash covers a commitment to each, SHA-256 of the three. So a personal
part can be replaced by null later, and every hash still holds; and without the salt nobody can try names against a
commitment. Pure.
"""

import copy
import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

SALT = 16  # bytes: as many as nobody can try
GENESIS = "0" * 64  # the hash before the first record
FREE_TEXT = ("reason", "note", "purpose", "owner", "contact")  # people write names into them
MEMBERS = ("members", "subjects")
_HEAD, _QUOTE, _PERSONAL = b'{"hash":"', b'",', b',"personal":'

Personal = tuple[str, str, str] | None  # name, salt in hexadecimal, text; None once forgotten
Dice = Callable[[int], bytes]


class Record(msgspec.Struct, frozen=True):
    """What happened: its kind, when (seconds since the epoch), and the rest.

    In ``body`` the keys ``subject``, ``members`` and ``subjects`` name subjects (as ``Subject``, a pair, an object
    with scope and value, or ``scope:value``); they and the free texts of ``FREE_TEXT`` are kept apart as personal.
    """

    kind: str
    at: float
    body: dict[str, Any]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line as it was read.

    Attributes:
        hash: of this record; the next one's ``prev``.
        seq: number of the record, from 0, without gaps.
        at: when it happened, seconds since the epoch.
        kind, body: what happened, without what is personal.
        commitments: to each personal part, in order.
        prev: hash of the record before.
        personal: the parts; None where one was forgotten.
    """

    hash: str
    seq: int
    at: float
    kind: str
    body: dict[str, Any]
    commitments: list[str]
    prev: str
    personal: list[Personal]

    def restored(self) -> dict[str, Any]:
        """Return the body with what is personal put back; forgotten parts are missing."""
        body = copy.deepcopy(self.body)
        for part in self.personal:
            if part is not None:
                _restore(body, part[0], part[2])
        return body


def _restore(body: dict[str, Any], name: str, text: str) -> None:
    *outer, last = name.split(".")
    for key in outer:
        body = body.setdefault(key, {})
    if last in MEMBERS:
        body.setdefault(last, []).append(text)
    else:
        body[last] = text


class Written(NamedTuple):
    """A line's bytes, line feed included, and what they say."""

    bytes: bytes
    line: Line


class _Bound(msgspec.Struct, frozen=True):
    """What the hash covers."""

    seq: int
    at: float
    kind: str
    body: dict[str, Any]
    commitments: list[str]
    prev: str


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Line).decode


def line_of(record: Record, seq: int, prev: str, dice: Dice) -> Written:
    """Return the line of a record at its place in the chain, with fresh salts."""
    body, parts = _split(record.body)
    personal: list[Personal] = [(name, dice(SALT).hex(), text) for name, text in parts]
    commitments = [commitment(part) for part in personal if part is not None]
    bound = _encode(_Bound(seq, record.at, record.kind, body, commitments, prev))[1:-1]
    digest = hashlib.sha256(bound).hexdigest()
    line = Line(
        hash=digest,
        seq=seq,
        at=record.at,
        kind=record.kind,
        body=body,
        commitments=commitments,
        prev=prev,
        personal=personal,
    )
    return Written(_HEAD + digest.encode() + _QUOTE + bound + _tail(personal), line)


def commitment(part: tuple[str, str, str]) -> str:
    """Return what a hash covers of a personal part: SHA-256 of salt, name and text, a line feed between them."""
    name, salt, text = part
    return hashlib.sha256(f"{salt}\n{name}\n{text}".encode()).hexdigest()


class UnreadableError(ValueError):
    """These bytes are no line of a decision log."""


def read_line(raw: bytes) -> Line:
    """Read a line, its line feed included; raises UnreadableError. Whether its hash is right is another question."""
    try:
        line = _decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise UnreadableError(str(error)) from error
    if not raw.endswith(b"\n"):
        raise UnreadableError("the line has no end")
    return line


def is_whole(line: Line, raw: bytes) -> bool:
    """Tell whether a line that was read is, byte for byte, what its own hash says; personal parts aside."""
    head = _HEAD + line.hash.encode() + _QUOTE
    bound, found, _ = raw[len(head) :].rpartition(_PERSONAL)
    tail = _tail(line.personal)
    if not (found and raw.startswith(head) and raw.endswith(tail) and len(raw) == len(head) + len(bound) + len(tail)):
        return False
    return hashlib.sha256(bound).hexdigest() == line.hash


def rewritten(line: Line, raw: bytes, forgotten: Iterable[int]) -> bytes:
    """Return a line without some of its personal parts; its hash stays as it is."""
    gone = set(forgotten)
    personal = [None if place in gone else part for place, part in enumerate(line.personal)]
    return raw.rpartition(_PERSONAL)[0] + _tail(personal)


def _tail(personal: Sequence[Personal]) -> bytes:
    return _PERSONAL + _encode(personal) + b"}\n"


def _split(body: dict[str, Any], within: str = "") -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Return the body without what is personal, and the personal parts by name; inner objects' names are dotted."""
    if {"scope", "value"} <= body.keys():
        body = {name: value for name, value in body.items() if name not in {"scope", "value"}} | {
            "subject": (body["scope"], body["value"])
        }
    rest: dict[str, Any] = {}
    parts: list[tuple[str, str]] = []
    for name, value in body.items():
        if name == "subject" and value is not None:
            parts.append((within + name, subject_text(value)))
        elif name in MEMBERS and isinstance(value, list | tuple):
            parts += [(within + name, subject_text(one)) for one in value]
        elif name in FREE_TEXT and isinstance(value, str):
            parts.append((within + name, value))
        elif isinstance(value, dict):
            rest[name], inner = _split(value, f"{within}{name}.")
            parts += inner
        else:
            rest[name] = value
    return rest, parts


def is_free_text(name: str) -> bool:
    """Tell whether a personal part is free text, in which anybody may be named."""
    return name.rpartition(".")[2] in FREE_TEXT


def subject_text(value: Any) -> str:
    """Return ``scope:value`` of a subject in any of the ways it is written."""
    if isinstance(value, str):
        return value
    scope, named = (value["scope"], value["value"]) if isinstance(value, dict) else value
    return f"{scope}:{named}"
