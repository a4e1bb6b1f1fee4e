"""Takes reasoning and log-probabilities out of an answer in Gemini's wire format, on the way.

A thought's signature goes as well, but not from a function call without anything in its place: models of the third
generation refuse a conversation in which a call comes back unsigned. There it becomes the one signature that Google
documents as valid for calls from elsewhere, so a trimmed agent goes on working and the sealed reasoning stays.
Source: https://ai.google.dev/gemini-api/docs/thought-signatures

A candidate of which nothing is left gets one empty text part, because clients read ``parts[0].text``; a piece of a
stream in which there was nothing but thoughts is not sent at all.
"""

from typing import Any

from gateway.actions.base import Trimming
from gateway.dialects.blurring import blur_vector, is_number
from gateway.dialects.gemini_array import Element, Elements
from gateway.dialects.gemini_logprobs import coarsen
from gateway.dialects.gemini_query import UNSIGNED, either, many, snake
from gateway.dialects.renaming import show
from gateway.dialects.rewriting import LARGEST_BODY, Outcome
from gateway.dialects.sse import Event, Events, reframe
from gateway.dialects.wire import document, drop, encode, flag, items, members, objects

_SIGNATURE = ("thoughtSignature", snake("thoughtSignature"))
_LOGPROBS = tuple(s for name in ("logprobsResult", "avgLogprobs") for s in (name, snake(name)))
_SPACE = b"\xef\xbb\xbf \t\r\n"


def strip(piece: dict[str, Any], trimming: Trimming) -> Outcome:
    """Take out of an answer, or of a piece of one, what the trimming names; say what is left."""
    changed = _named(piece, trimming) | _vectors(piece, trimming)
    candidates = objects(piece.get("candidates"))
    outcomes = [_candidate(candidate, trimming) for candidate in candidates]
    if not outcomes or set(outcomes) == {"same"}:
        return "changed" if changed else "same"
    for candidate, outcome in zip(candidates, outcomes, strict=True):
        if outcome == "empty":
            candidate["content"]["parts"] = [{"text": ""}]
    ending = any(either(candidate, "finishReason") for candidate in candidates)
    return "empty" if set(outcomes) == {"empty"} and not ending else "changed"


def _named(piece: dict[str, Any], trimming: Trimming) -> bool:
    return any([show(piece, name, trimming) for name in ("modelVersion", snake("modelVersion"))])  # noqa: C419  # both


def _vectors(piece: dict[str, Any], trimming: Trimming) -> bool:
    """Blur the vectors of an answer to a query for embeddings."""
    found = [piece.get("embedding"), *items(piece.get("embeddings"))] if trimming.blur else []
    changed = False
    for vector in found:
        values = members(vector).get("values")
        if trimming.blur and isinstance(values, list) and values and all(is_number(value) for value in values):
            vector["values"] = blur_vector(values, trimming.blur)
            changed = True
    return changed


def _candidate(candidate: dict[str, Any], trimming: Trimming) -> Outcome:
    changed = drop(candidate, _LOGPROBS) if trimming.logprobs else coarsen(candidate, trimming)
    content = members(candidate.get("content"))
    parts = many(content.get("parts"))
    if not trimming.reasoning or not parts:
        return "changed" if changed else "same"
    kept = [part for part in parts if not flag(part.get("thought"))]
    unsealed = any([_unseal(part) for part in kept])  # noqa: C419  # a generator would stop at the first seal
    content["parts"] = kept
    if not kept:
        return "empty"
    return "changed" if changed or unsealed or len(kept) < len(parts) else "same"


def _unseal(part: dict[str, Any]) -> bool:
    sealed = drop(part, _SIGNATURE)
    if sealed and either(part, "functionCall"):
        part[_SIGNATURE[0]] = UNSIGNED
    return sealed


class Answering:
    """Rewrites one answer: an object, an array of them, or events. The first byte says which it is."""

    def __init__(self, trimming: Trimming) -> None:
        self._trimming = trimming
        self._held = bytearray()  # what came before the first byte that counts, or the object up to now
        self._pieces: _Events | _Array | None = None
        self._passing = False  # True: too long to be held, the rest passes

    def feed(self, data: bytes) -> bytes:
        """Take what the model sent, return what the client gets now."""
        if self._pieces:
            return self._pieces.feed(data)
        self._held += data
        first = bytes(self._held[:64]).lstrip(_SPACE)[:1]
        if first and first != b"{":
            self._pieces = _Array(self._trimming) if first == b"[" else _Events(self._trimming)
            return self._pieces.feed(self._released())
        self._passing |= len(self._held) > LARGEST_BODY
        return self._released() if self._passing else b""

    def finish(self) -> bytes:
        """Return what is still held back: the object without what was taken out, or what the end cut off."""
        if self._pieces:
            return self._pieces.finish()
        body = self._released()
        piece = document(body)
        return body if strip(piece, self._trimming) == "same" else encode(piece)

    def _released(self) -> bytes:
        body = bytes(self._held)
        self._held.clear()
        return body


class _Events:
    """Rewrites events; those of nothing but thoughts are not sent."""

    def __init__(self, trimming: Trimming) -> None:
        self._trimming = trimming
        self._events = Events()

    def feed(self, data: bytes) -> bytes:
        return b"".join([self._event(event) for event in self._events.feed(data)])

    def finish(self) -> bytes:
        return b"".join([self._event(event) for event in self._events.finish()])

    def _event(self, event: Event) -> bytes:
        piece = document(event.data) if event.data else {}
        outcome = strip(piece, self._trimming)
        if outcome == "same":
            return event.raw
        return b"" if outcome == "empty" else reframe(event, encode(piece))


class _Array:
    """Rewrites the elements of an array; it stays an array when some are not sent."""

    def __init__(self, trimming: Trimming) -> None:
        self._trimming = trimming
        self._elements = Elements()
        self._comma = True  # the next comma is due: an element went out before it, or it has its own place

    def feed(self, data: bytes) -> bytes:
        return b"".join([self._element(element) for element in self._elements.feed(data)])

    def finish(self) -> bytes:
        return b"".join([self._element(element) for element in self._elements.finish()])

    def _element(self, element: Element) -> bytes:
        """Rewrite one element; if it is not sent, its comma goes with it, or the next one's if it was the first."""
        piece = document(element.body) if element.body else {}
        outcome = strip(piece, self._trimming)
        if outcome == "empty":
            first = b"[" in element.lead
            self._comma &= not first
            return element.lead if first else b""
        lead = element.lead if self._comma or not element.body else element.lead.replace(b",", b"", 1)
        self._comma |= bool(element.body)
        return lead + (element.body if outcome == "same" else encode(piece))
