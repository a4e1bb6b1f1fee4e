"""The imprint of a subject: what is kept of its exchanges to find those who act with it."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import ClassVar, Final

import msgspec

from detectors.base import AnswerObservation, Observation
from detectors.batch import TURNS, Batch
from detectors.linkage import directions, hours, least, marks, partners
from detectors.linkage.base import MOST_FRAMES, MOST_MARKS, MOST_OTHERS, Imprint, Mark, Partner
from detectors.linkage.hours import Hours
from detectors.stats.tally import LAST

_GRAIN: Final = 1024.0  # lengths' logarithms are kept in so many steps: such sums add alike in every order
_CHARS_PER_TOKEN: Final = 4  # of English text, for models that do not count
_MOST: Final = 10**9  # characters or tokens in one exchange; more is a mistake
_LARGEST: Final = 2**64 - 1

_LISTS: Final = ("scaffolds", "openings", "networks", "asns", "clients", "tls", "habits", "models")
_SHOWN: Final = ("scaffold", "opening", "network", "asn", "client", "tls", "habit", "model")  # in a query, likewise
_ROOM: Final = (*[MOST_MARKS] * 3, *[MOST_OTHERS] * 5)
_lists = attrgetter(*_LISTS)
_columns = attrgetter(
    "at", "frame", "payload", "vector", "payload_chars", "turns", "tools", "tool_results", "demands_reasoning", *_SHOWN
)


@dataclass(frozen=True)
class ImprintFold:
    r"""A subject showed such templates, networks, software and hours, asked such things and took so much.

    Only answered exchanges count (status below 400), by the time of the query; one without a usable time is left out.
    Merging equals folding the union, to the last bit, as long as neither shows more different values of a kind than a
    top list has room for; beyond that counts of the lists are upper bounds (``marks``), and all else stays exact.

    Example:
        >>> from detectors.base import AnswerObservation, QueryObservation
        >>> fold, state = ImprintFold(), ImprintFold().initial()
        >>> for i in range(3):
        ...     query = QueryObservation(at=3600.0 * i, scaffold=7, payload=i + 1, network=5)
        ...     state = fold.update(state, AnswerObservation(at=3600.0 * i + 2, query=query, completion_tokens=90))
        >>> state.exchanges, state.scaffolds, state.hours
        (3, (Mark(value=7, count=3, first_at=0.0, last_at=7200.0),), b'\x01\x01\x01')

    References:
        Stillguard's threat notes, section 2.5: identity, software, timing and content that members of pools share.
    """

    name: ClassVar[str] = "imprint"
    state: ClassVar[type[Imprint]] = Imprint

    def initial(self) -> Imprint:
        """Return a subject that left no trace."""
        return Imprint()

    def update(self, state: Imprint, observation: Observation) -> Imprint:
        """Add an answer."""
        return self.fold(state, (observation,))

    def fold(self, state: Imprint, observations: Sequence[Observation]) -> Imprint:
        """Add answers, each with the query that it answers."""
        answers = [one for one in Batch.of(observations).answered if 0.0 <= one.query.at <= LAST]
        if not answers:
            return state
        # All columns at once: an imprint looks at so much that reading it field by field would be half of its cost.
        columns = zip(*[_columns(answer.query) for answer in answers], strict=True)
        times, frames, payloads, vectors, chars, turns, tools, results, demands, *shown = columns
        scaffolds, openings, networks, asns, clients, tls, habits, models = [
            marks.counted(held, values, times, most)
            for held, values, most in zip(_lists(state), shown, _ROOM, strict=True)
        ]
        active = hours.counted(Hours(state.hour, state.hours), times)
        some = [vector for vector in vectors if vector]
        tooled = [offered > 0 or given > 0 for offered, given in zip(tools, results, strict=True)]
        return Imprint(
            exchanges=state.exchanges + len(answers),
            first_at=min(*times, state.first_at) if state.exchanges else min(times),
            last_at=max(*times, state.last_at),
            scaffolds=scaffolds,
            openings=openings,
            networks=networks,
            asns=asns,
            clients=clients,
            tls=tls,
            habits=habits,
            models=models,
            frames=_framed(state.frames, scaffolds, zip(shown[0], frames, strict=True)),
            hour=active.newest,
            hours=active.counts,
            payloads=least.added(state.payloads, payloads),
            topic=directions.added(state.topic, some),
            vectors=state.vectors + len(some),
            asked=_lengths(state.asked, chars),
            taken=_lengths(state.taken, [_tokens(answer) for answer in answers]),
            single=state.single + sum([n <= TURNS and not tool for n, tool in zip(turns, tooled, strict=True)]),
            talks=state.talks + sum([count > TURNS for count in turns]),
            tools=state.tools + sum(tooled),
            demands=state.demands + sum(demands),
            partners=partners.counted(state.partners, partners.told([answer.query for answer in answers])),
        )

    def merge(self, a: Imprint, b: Imprint) -> Imprint:
        """Return the imprint of both subjects as one: lists are united, all else is added."""
        if not a.exchanges or not b.exchanges:  # the times of one without exchanges say nothing
            some, none = (a, b) if a.exchanges else (b, a)
            return _replaced(some, partners.counted(a.partners, b.partners)) if none.partners else some
        active = hours.united(Hours(a.hour, a.hours), Hours(b.hour, b.hours))
        lists = [
            marks.united(ours, theirs, most) for ours, theirs, most in zip(_lists(a), _lists(b), _ROOM, strict=True)
        ]
        return Imprint(
            exchanges=a.exchanges + b.exchanges,
            first_at=min(a.first_at, b.first_at),
            last_at=max(a.last_at, b.last_at),
            frames=_kept([*a.frames, *b.frames], lists[0]),
            hour=active.newest,
            hours=active.counts,
            payloads=least.union(a.payloads, b.payloads),
            topic=directions.united(a.topic, b.topic),
            vectors=a.vectors + b.vectors,
            asked=(a.asked[0] + b.asked[0], a.asked[1] + b.asked[1]),
            taken=(a.taken[0] + b.taken[0], a.taken[1] + b.taken[1]),
            single=a.single + b.single,
            talks=a.talks + b.talks,
            tools=a.tools + b.tools,
            demands=a.demands + b.demands,
            partners=partners.counted(a.partners, b.partners),
            **dict(zip(_LISTS, lists, strict=True)),
        )


def with_partner(imprint: Imprint, partner_mark: int, kind: str, at: float) -> Imprint:
    """Return the imprint of a subject that handed in, at a time, what another was served (``base.partner_mark``)."""
    if not 0.0 <= at <= LAST:
        return imprint
    return _replaced(imprint, partners.counted(imprint.partners, (Partner(partner_mark & _LARGEST or 1, kind, 1, at),)))


def _replaced(imprint: Imprint, found: tuple[Partner, ...]) -> Imprint:
    return msgspec.structs.replace(imprint, partners=found)


def _framed(
    frames: tuple[tuple[int, bytes], ...], scaffolds: tuple[Mark, ...], brought: Iterable[tuple[int, bytes]]
) -> tuple[tuple[int, bytes], ...]:
    """Return the vectors of the most used scaffolds, with those that queries bring."""
    new = {(value & _LARGEST or 1, directions.narrowed(frame)) for value, frame in brought if value and frame}
    if new.issubset(frames) and all(map(_same, frames, scaffolds)):
        return frames
    return _kept([*frames, *new], scaffolds)


def _same(frame: tuple[int, bytes], mark: Mark) -> bool:
    return frame[0] == mark.value


def _kept(frames: Iterable[tuple[int, bytes]], scaffolds: tuple[Mark, ...]) -> tuple[tuple[int, bytes], ...]:
    held: dict[int, bytes] = {}
    for value, frame in frames:
        held[value] = max(frame, held.get(value, b""))
    ranked = [(mark.value, held[mark.value]) for mark in scaffolds if mark.value in held]
    return tuple(ranked[:MOST_FRAMES])


def _lengths(sums: tuple[float, float], lengths: Sequence[int]) -> tuple[float, float]:
    once, twice = sums
    for length in lengths:
        if length > 0:
            log = round(math.log1p(length if length < _MOST else _MOST) * _GRAIN) / _GRAIN  # noqa: FURB136
            once += log
            twice += log * log
    return once, twice


def _tokens(answer: AnswerObservation) -> int:
    """Return how long an answer is, as counted or as the characters suggest."""
    return answer.completion_tokens or (answer.text_chars + answer.reasoning_chars) // _CHARS_PER_TOKEN
