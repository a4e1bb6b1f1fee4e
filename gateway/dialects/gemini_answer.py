"""What the model says in Gemini's wire format: one object, events with an object each, or an array of objects.

All three are the same objects: a stream sends the next pieces of each candidate, and a whole answer is one piece.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from gateway.dialects.gemini_array import Elements
from gateway.dialects.gemini_query import either, many, sealed
from gateway.dialects.sse import Events
from gateway.dialects.wire import decode, document, flag, joined, members, number, objects, text
from gateway.exchange import Answer, Usage

FINISH = {
    "STOP": "stop",
    "MAX_TOKENS": "length",
    "CONTINUATION": "length",
    "OTHER": "stop",
    "FINISH_REASON_UNSPECIFIED": "",
    "MALFORMED_FUNCTION_CALL": "error",
    "MALFORMED_RESPONSE": "error",
    "UNEXPECTED_TOOL_CALL": "error",
    "TOO_MANY_TOOL_CALLS": "error",
    "MISSING_THOUGHT_SIGNATURE": "error",
    "NO_IMAGE": "error",
    "IMAGE_OTHER": "error",
}  # all others say that a filter stopped it: SAFETY, RECITATION, BLOCKLIST, PROHIBITED_CONTENT, SPII, LANGUAGE …
_SPACE = b"\xef\xbb\xbf \t\r\n"


def hear(body: bytes) -> Answer:
    """Read an answer, as far as it came. The first byte says whether it is JSON or events."""
    hearing = _Hearing()
    for piece in _pieces(body):
        hearing.take(piece)
    return hearing.answer()


def _pieces(body: bytes) -> Iterator[dict[str, Any]]:
    first = body[:64].lstrip(_SPACE)[:1]
    if first == b"{":
        yield document(body)
    elif first == b"[":
        whole = decode(body)
        cut = [] if whole else [document(element.body) for element in Elements().feed(body) if element.body]
        yield from objects(whole) or cut
    else:
        events = Events()
        yield from (document(event.data) for event in (*events.feed(body), *events.finish()) if event.data)


class _Candidate:
    """One candidate, as far as it was heard."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.reasoning: list[str] = []
        self.blobs: list[bytes] = []
        self.calls = 0
        self.logprobs = False
        self.finish = ""

    def take(self, candidate: Mapping[str, Any]) -> None:
        """Take in its next piece."""
        for part in many(members(candidate.get("content")).get("parts")):
            (self.reasoning if flag(part.get("thought")) else self.text).append(text(part.get("text")))
            self.calls += bool(either(part, "functionCall")) + bool(either(part, "toolCall"))
            self.blobs += sealed(part)
        probable = either(candidate, "logprobsResult") or either(candidate, "avgLogprobs") is not None
        self.logprobs |= bool(probable)
        self.finish = text(either(candidate, "finishReason")) or self.finish

    def ending(self) -> str:
        """Return why it ended, in no dialect's words."""
        if self.finish == "STOP" and self.calls:
            return "tool_calls"
        return FINISH.get(self.finish, "refusal") if self.finish else ""


class _Hearing:
    """What was heard so far."""

    def __init__(self) -> None:
        self._candidates: dict[int, _Candidate] = {}
        self._usage = Usage()
        self._refusal = ""
        self._error = ""
        self._embeddings = 0
        self._counted = False

    def take(self, piece: Mapping[str, Any]) -> None:
        """Take in the next piece of the stream, or the whole answer."""
        for place, candidate in enumerate(objects(piece.get("candidates"))):
            index = number(candidate.get("index"), place)
            self._candidates.setdefault(index, _Candidate()).take(candidate)
        if usage := members(either(piece, "usageMetadata")):
            self._usage = _usage(usage)
        feedback = members(either(piece, "promptFeedback"))
        self._refusal = text(either(feedback, "blockReason")) or self._refusal
        if error := members(piece.get("error")):
            self._error = joined((text(error.get("status")), text(error.get("message"))), ": ") or "error"
        self._embeddings += len(many(piece.get("embeddings"))) + len(many(piece.get("embedding")))
        self._counted |= either(piece, "totalTokens") is not None

    def answer(self) -> Answer:
        """Return all that was heard."""
        candidates = list(self._candidates.values())
        finish = next((c.ending() for c in candidates if c.finish), "refusal" if self._refusal else "")
        stopped = next((c.finish for c in candidates if c.ending() == "refusal"), "")
        return Answer(
            text=joined("".join(c.text) for c in candidates),
            reasoning=joined("".join(c.reasoning) for c in candidates),
            refusal=self._refusal or stopped,
            finish="error" if self._error else finish,
            choices=len(candidates) + self._embeddings,
            tool_calls=sum(c.calls for c in candidates),
            logprobs=any(c.logprobs for c in candidates),
            usage=self._usage,
            error=self._error,
            reasoning_blobs=tuple(blob for c in candidates for blob in c.blobs),
            ended=not self._error and (bool(self._embeddings) or self._counted or self._all_ended()),
        )

    def _all_ended(self) -> bool:
        candidates = self._candidates.values()
        return all(c.finish for c in candidates) if candidates else bool(self._refusal)


def _usage(usage: Mapping[str, Any]) -> Usage:
    thoughts = number(either(usage, "thoughtsTokenCount"))
    return Usage(
        prompt_tokens=number(either(usage, "promptTokenCount")) + number(either(usage, "toolUsePromptTokenCount")),
        completion_tokens=number(either(usage, "candidatesTokenCount")) + thoughts,  # billed as output, counted apart
        reasoning_tokens=thoughts,
    )
