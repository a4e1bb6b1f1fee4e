"""Where text becomes features: queries and answers in, observations out that hold no words.

Everything here is counts, clamped parameters and keyed fingerprints; the texts can be dropped as soon as it returns.
Nothing raises, whatever the client wrote, and time is bounded by the edges that each part reads.
"""

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

from detectors.base import AnswerObservation, QueryObservation
from gateway.asks import EDGE as ASKS_EDGE
from gateway.asks import Look, look, marks_again
from gateway.demands import EDGE as DEMANDS_EDGE
from gateway.demands import demanded, insists
from gateway.embedding import Asks, Embedder, cells, edges, embedded, packed, shared
from gateway.entropy import entropies
from gateway.exchange import Answer, Entry, Exchange, Query
from gateway.grams import batch as grams
from gateway.marks import Marker
from gateway.scaffold import Fingerprints, core
from gateway.shingles import PASSAGE, Shingles

SINGLE: Final = 2  # messages of a single question: what it asks is looked at in none but these
QUOTES: Final = 48  # shingles of what is handed in: about 400 characters of it
SERVED: Final = 4  # shingles of an answer: enough to know it again
PASSAGES: Final = 24  # passages of what is handed in: as many of its 1,536 characters as find an answer's least four
BEGINNING, PASTED = 512, 1536  # characters of an answer whose shingles are kept, of a turn that is searched for them
_MOST: Final = 2**31 - 1  # clients may ask for 10^30 tokens; storage and sketches hold 64 bits
_HOTTEST: Final = 100.0  # no provider takes a temperature beyond 2; beyond this it is nonsense

Pair: TypeAlias = tuple[QueryObservation, AnswerObservation]


def _users(query: Query) -> tuple[str, str]:
    """Return the first and the newest user turn."""
    users = [turn.text for turn in query.turns if turn.role == "user"]
    return (users[0], users[-1]) if users else ("", "")


def _count(value: int) -> int:
    return value if 0 <= value <= _MOST else min(max(value, 0), _MOST)


def _seconds(value: float) -> float:
    return value if math.isfinite(value) else 0.0


_UNSEEN: Final = Look(0, may_demand=True)
_said_before = lru_cache(2048)(demanded)  # of system prompts and first turns, which come again; 8 KiB each at most


class _Numbers(NamedTuple):
    """The first and the newest user turn, whether it is a single question without tools, and what is worked out of the
    newest for many at once.
    """

    users: tuple[str, str]
    alone: bool
    cell: int
    vector: bytes
    grams: tuple[int, ...]
    quotes: tuple[int, ...]
    passages: tuple[int, ...]


class Features:
    """Turns exchanges into observations; one object serves every subject."""

    def __init__(self, salt: bytes, embedder: Embedder | None = None) -> None:
        """Key the fingerprints, and choose the embedder, static by default; cells of two embedders are not comparable.

        Observations of two salts cannot be compared.
        """
        self._prints = Fingerprints(salt)
        self._shingles = Shingles(salt)
        self._passages = Shingles(salt, PASSAGE)
        self._marker = Marker(self._prints)
        self._embedder = embedder or shared()

    def prepare(self, queries: Iterable[Query]) -> None:
        """Let an embedder that asks another process ask for a whole batch at once; waits for it, never raises."""
        if isinstance(self._embedder, Asks):
            self._embedder.prepare([core(_users(query)[1]) for query in queries])

    @property
    def asks(self) -> bool:
        """Return whether ``prepare`` is worth calling."""
        return isinstance(self._embedder, Asks)

    def observe(self, query: Query, answer: Answer, entry: Entry) -> Pair:
        """Return what is kept of one exchange."""
        return self.observe_all([(query, answer, entry)])[0]

    def observe_all(self, exchanges: Sequence[Exchange]) -> list[Pair]:
        """Return what is kept of each exchange; some sixty at once cost half as much as one by one."""
        numbers = self._numbers([query for query, _, _ in exchanges])
        said = [answer.text[:BEGINNING] for _, answer, _ in exchanges]
        sampled = zip(self._shingles.batch(said, SERVED), self._passages.batch(said, SERVED), strict=True)
        spread = entropies([answer.text for _, answer, _ in exchanges])
        worked_out = zip(exchanges, numbers, sampled, spread, strict=True)
        pairs = []
        for (query, answer, entry), number, (shingles, passages), bits in worked_out:
            asked = self._asked(query, entry, number)
            served = self._marker.sealed(answer.reasoning_blobs) if answer.reasoning_blobs else ()
            pairs.append((asked, _answered(answer, entry, asked, (shingles, served, passages), bits)))
        return pairs

    def _numbers(self, queries: Sequence[Query]) -> Iterable[_Numbers]:
        """Return what is worked out for many queries together."""
        users = [_users(query) for query in queries]
        cores = [core(newest) for _, newest in users]
        rows = embedded(self._embedder, cores)
        alone = [_is_alone(query) for query in queries]
        found = grams([core if single else "" for core, single in zip(cores, alone, strict=True)], self._prints.seed)
        handed = [newest[:PASTED] for _, newest in users]
        quotes, passages = self._shingles.batch(handed, QUOTES), self._passages.batch(handed, PASSAGES)
        carried = self._passages.batch([_carried(query)[:BEGINNING] for query in queries], SERVED)
        both = [tuple(dict.fromkeys((*new, *old))) if old else new for new, old in zip(passages, carried, strict=True)]
        return map(_Numbers, users, alone, cells(rows), packed(rows), found, quotes, both)

    def _asked(self, query: Query, entry: Entry, numbers: _Numbers) -> QueryObservation:
        (first, newest), alone = numbers.users, numbers.alone
        in_system = _said_before(edges(query.system, DEMANDS_EDGE)) if query.system else ""
        seen = look(newest) if alone else _UNSEEN
        in_turn = ""
        if not in_system and newest is not first:  # a first turn comes again only where it is not the newest
            in_turn = _said_before(edges(first, DEMANDS_EDGE))
        elif not in_system and seen.may_demand:
            in_turn = demanded(newest)
        if newest is not first and not (in_system or in_turn):
            in_turn = demanded(newest)
        fixed = self._prints.fixed(query.system, first, in_turn)
        marks = self._marker.of(query, entry)
        return QueryObservation(
            at=_seconds(entry.at),
            scaffold=self._prints.of(fixed),
            opening=self._prints.opening(newest),
            payload=self._prints.of(newest),
            cell=numbers.cell,
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
            asks=seen.marks | (marks_again(edges(query.system, ASKS_EDGE)) if alone and query.system else 0),
            bag=self._prints.bag(newest) if alone else 0,
            grams=numbers.grams,
            vector=numbers.vector,
            quotes=numbers.quotes,
            passages=numbers.passages,
            frame=self._marker.frame(fixed),
            habit=marks.habit,
            model=marks.model,
            network=marks.network,
            asn=entry.asn,
            client=marks.client,
            tls=marks.tls,
            presented=marks.presented,
        )


def _carried(query: Query) -> str:
    """Return the newest answer that the conversation carries along: served to this client, or to whom it is from."""
    return next((turn.text for turn in reversed(query.turns) if turn.role == "assistant"), "")


def _is_alone(query: Query) -> bool:
    return len(query.turns) <= SINGLE and not query.tools and not query.tool_results


def _answered(
    answer: Answer, entry: Entry, asked: QueryObservation, kept: tuple[tuple[int, ...], ...], entropy: float
) -> AnswerObservation:
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
        entropy=entropy,
        shingles=kept[0],
        served=kept[1],
        passages=kept[2],
    )
