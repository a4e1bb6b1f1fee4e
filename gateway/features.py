"""Where text becomes features: queries and answers in, observations out that hold no words.

Everything here is counts, clamped parameters and keyed fingerprints; the texts can be dropped as soon as it returns.
Nothing raises, whatever the client wrote, and time is bounded by the edges that each part reads.
"""

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import numpy as np

from detectors.base import AnswerObservation, QueryObservation
from gateway.asks import EDGE as ASKS_EDGE
from gateway.asks import marks, marks_again
from gateway.demands import EDGE as DEMANDS_EDGE
from gateway.demands import demanded, insists
from gateway.embedding import Asks, Embedder, Vector, cell, edges, shared
from gateway.exchange import Answer, Entry, Query
from gateway.grams import grams
from gateway.scaffold import Fingerprints, core
from gateway.shingles import Shingles

SINGLE: Final = (
    2  # messages of a single question: what it asks is looked at in none but these, where detectors ask for it
)
QUOTES: Final = 48  # shingles of what is handed in: about 400 characters of it
SERVED: Final = 4  # shingles of an answer: enough to know it again
BEGINNING, PASTED = (
    512,
    1536,
)  # characters of an answer whose shingles are kept, and of a turn that is searched for them
_READ: Final = 1024  # characters; each is four bytes at most
_COUNTS = np.arange(4 * _READ + 1, dtype=np.float64)
_LOGS = _COUNTS * np.log2(np.maximum(_COUNTS, 1.0))  # count times its logarithm, by count
_MOST: Final = 2**31 - 1  # clients may ask for 10^30 tokens; storage and sketches hold 64 bits
_HOTTEST: Final = 100.0  # no provider takes a temperature beyond 2; beyond this it is nonsense


def _users(query: Query) -> tuple[str, str]:
    """Return the first and the newest user turn."""
    users = [turn.text for turn in query.turns if turn.role == "user"]
    return (users[0], users[-1]) if users else ("", "")


def _count(value: int) -> int:
    return value if 0 <= value <= _MOST else min(max(value, 0), _MOST)


def _seconds(value: float) -> float:
    return value if math.isfinite(value) else 0.0


_said_before = lru_cache(2048)(demanded)  # of system prompts and first turns, which come again; 8 KiB each at most


class Features:
    """Turns exchanges into observations; one object serves every subject."""

    def __init__(self, salt: bytes, embedder: Embedder | None = None) -> None:
        """Key the fingerprints, and choose the embedder, static by default; cells of two embedders are not comparable.

        Observations of two salts cannot be compared.
        """
        self._prints = Fingerprints(salt)
        self._shingles = Shingles(salt)
        self._embedder = embedder or shared()

    def prepare(self, queries: Iterable[Query]) -> None:
        """Let an embedder that asks another process ask for a whole batch at once; waits for it, never raises."""
        if isinstance(self._embedder, Asks):
            self._embedder.prepare([core(_users(query)[1]) for query in queries])

    @property
    def asks(self) -> bool:
        """Return whether ``prepare`` is worth calling."""
        return isinstance(self._embedder, Asks)

    def observe(self, query: Query, answer: Answer, entry: Entry) -> tuple[QueryObservation, AnswerObservation]:
        """Return what is kept of one exchange."""
        asked = self._asked(query, entry)
        return asked, self._answered(answer, entry, asked)

    def _asked(self, query: Query, entry: Entry) -> QueryObservation:
        first, newest = _users(query)
        vector = self._embedder.embed(core(newest))
        in_system = _said_before(edges(query.system, DEMANDS_EDGE))
        in_turn = "" if in_system else _said_before(edges(first, DEMANDS_EDGE))
        if newest is not first and not (in_system or in_turn):
            in_turn = demanded(newest)
        alone = max(len(query.turns), 1) <= SINGLE and not query.tools and not query.tool_results
        return QueryObservation(
            at=_seconds(entry.at),
            scaffold=self._prints.scaffold(query.system, first, in_turn),
            opening=self._prints.opening(newest),
            payload=self._prints.of(newest),
            cell=cell(vector),
            demands_reasoning=bool(in_system or in_turn),
            insists=insists(in_system or in_turn),
            turns=max(len(query.turns), 1),
            prompt_chars=len(query.system) + sum([len(turn.text) for turn in query.turns]),
            payload_chars=len(newest),
            max_tokens=_count(query.max_tokens),
            samples=max(_count(query.samples), 1),
            logprobs=_count(query.logprobs),
            logit_bias=_count(query.logit_bias),
            temperature=query.temperature if 0.0 <= query.temperature <= _HOTTEST else -1.0,
            tools=_count(query.tools),
            tool_results=_count(query.tool_results),
            images=_count(query.images),
            streamed=query.stream,
            named="user" in [scope for scope, _ in entry.subjects],
            asks=marks_again(edges(query.system, ASKS_EDGE)) | marks(newest) if alone else 0,
            bag=self._prints.bag(newest) if alone else 0,
            grams=grams(core(newest), self._prints.seed) if alone else (),
            vector=packed(vector),
            quotes=self._shingles.of(newest[:PASTED], QUOTES),
        )

    def _answered(self, answer: Answer, entry: Entry, asked: QueryObservation) -> AnswerObservation:
        took = max(_seconds(entry.took), 0.0)
        # An answer longer than the capture limit was read in part: its lengths grow by what was not captured.
        whole = entry.response_bytes / len(entry.response) if entry.truncated and entry.response else 1.0
        return AnswerObservation(
            at=asked.at + took,
            query=asked,
            status=_count(entry.status),
            prompt_tokens=_count(answer.usage.prompt_tokens),
            completion_tokens=_count(answer.usage.completion_tokens),
            reasoning_tokens=_count(answer.usage.reasoning_tokens),
            text_chars=int((len(answer.text) + len(answer.refusal)) * max(whole, 1.0)),
            reasoning_chars=int(len(answer.reasoning) * max(whole, 1.0)),
            choices=_count(answer.choices),
            logprobs=answer.logprobs,
            tool_calls=_count(answer.tool_calls),
            finish="error" if answer.error else answer.finish,
            complete=entry.complete and (answer.ended or entry.truncated),
            took=took,
            entropy=entropy(answer.text),
            shingles=self._shingles.of(answer.text[:BEGINNING], SERVED),
        )


def packed(vector: Vector) -> bytes:
    """Return a unit vector as one signed byte a dimension; nothing of the empty text's."""
    return (vector * 127.0).astype(np.int8).tobytes() if vector.any() else b""


def entropy(text: str) -> float:
    """Return the entropy of a text's bytes, bits a byte, of its first ``_READ`` characters; 0 of the empty text."""
    data = text[:_READ].encode("utf-8", "surrogatepass")
    if not data:
        return 0.0
    counts = np.bincount(np.frombuffer(data, np.uint8))
    return max(0.0, math.log2(len(data)) - float(_LOGS.take(counts).sum()) / len(data))
