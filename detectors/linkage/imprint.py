"""The imprint of a subject: what is kept of its exchanges to find those who act with it."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import msgspec

from detectors.base import AnswerObservation, Observation, QueryObservation
from detectors.batch import TURNS, Batch
from detectors.linkage import hours, least, marks, partners, topics
from detectors.linkage.base import MOST_FRAMES, MOST_MARKS, MOST_OTHERS, Imprint, Mark, Partner
from detectors.linkage.hours import Hours
from detectors.stats.tally import LAST

_GRAIN: Final = 1024.0  # lengths' logarithms are kept in so many steps: such sums add alike in every order
_CHARS_PER_TOKEN: Final = 4  # of English text, for models that do not count
_MOST: Final = 10**9  # characters or tokens in one exchange; more is a mistake
_LARGEST: Final = 2**64 - 1


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
        asked = [answer.query for answer in answers]
        times = [query.at for query in asked]
        first, last = min(times), max(times)
        new = not state.exchanges
        active = hours.counted(Hours(state.hour, state.hours), times)
        scaffolds = marks.counted(state.scaffolds, [query.scaffold for query in asked], times, MOST_MARKS)
        vectors = [query.vector for query in asked if query.vector]
        return Imprint(
            exchanges=state.exchanges + len(answers),
            first_at=first if new or first < state.first_at else state.first_at,
            last_at=last if new or last > state.last_at else state.last_at,
            scaffolds=scaffolds,
            openings=marks.counted(state.openings, [query.opening for query in asked], times, MOST_MARKS),
            networks=marks.counted(state.networks, [query.network for query in asked], times, MOST_MARKS),
            asns=marks.counted(state.asns, [query.asn for query in asked], times, MOST_OTHERS),
            clients=marks.counted(state.clients, [query.client for query in asked], times, MOST_OTHERS),
            tls=marks.counted(state.tls, [query.tls for query in asked], times, MOST_OTHERS),
            habits=marks.counted(state.habits, [query.habit for query in asked], times, MOST_OTHERS),
            models=marks.counted(state.models, [query.model for query in asked], times, MOST_OTHERS),
            frames=_framed(state.frames, scaffolds, asked),
            hour=active.newest,
            hours=active.counts,
            payloads=least.added(state.payloads, [query.payload for query in asked]),
            topic=topics.added(state.topic, vectors),
            vectors=state.vectors + len(vectors),
            asked=_lengths(state.asked, [query.payload_chars for query in asked]),
            taken=_lengths(state.taken, [_tokens(answer) for answer in answers]),
            single=state.single + sum([q.turns <= TURNS and not (q.tools or q.tool_results) for q in asked]),
            talks=state.talks + sum([query.turns > TURNS for query in asked]),
            tools=state.tools + sum([query.tools > 0 or query.tool_results > 0 for query in asked]),
            demands=state.demands + sum([query.demands_reasoning for query in asked]),
            partners=state.partners,
        )

    def merge(self, a: Imprint, b: Imprint) -> Imprint:
        """Return the imprint of both subjects as one: lists are united, all else is added."""
        if not a.exchanges or not b.exchanges:  # the times of one without exchanges say nothing
            some, none = (a, b) if a.exchanges else (b, a)
            return _replaced(some, partners.counted(a.partners, b.partners)) if none.partners else some
        active = hours.united(Hours(a.hour, a.hours), Hours(b.hour, b.hours))
        scaffolds = marks.united(a.scaffolds, b.scaffolds, MOST_MARKS)
        return Imprint(
            exchanges=a.exchanges + b.exchanges,
            first_at=min(a.first_at, b.first_at),
            last_at=max(a.last_at, b.last_at),
            scaffolds=scaffolds,
            openings=marks.united(a.openings, b.openings, MOST_MARKS),
            networks=marks.united(a.networks, b.networks, MOST_MARKS),
            asns=marks.united(a.asns, b.asns, MOST_OTHERS),
            clients=marks.united(a.clients, b.clients, MOST_OTHERS),
            tls=marks.united(a.tls, b.tls, MOST_OTHERS),
            habits=marks.united(a.habits, b.habits, MOST_OTHERS),
            models=marks.united(a.models, b.models, MOST_OTHERS),
            frames=_kept([*a.frames, *b.frames], scaffolds),
            hour=active.newest,
            hours=active.counts,
            payloads=least.union(a.payloads, b.payloads),
            topic=topics.united(a.topic, b.topic),
            vectors=a.vectors + b.vectors,
            asked=(a.asked[0] + b.asked[0], a.asked[1] + b.asked[1]),
            taken=(a.taken[0] + b.taken[0], a.taken[1] + b.taken[1]),
            single=a.single + b.single,
            talks=a.talks + b.talks,
            tools=a.tools + b.tools,
            demands=a.demands + b.demands,
            partners=partners.counted(a.partners, b.partners),
        )


def with_partner(imprint: Imprint, partner_mark: int, kind: str, at: float) -> Imprint:
    """Return the imprint of a subject that handed in, at a time, what another was served (``base.partner_mark``)."""
    if not 0.0 <= at <= LAST:
        return imprint
    return _replaced(imprint, partners.counted(imprint.partners, (Partner(partner_mark & _LARGEST or 1, kind, 1, at),)))


def _replaced(imprint: Imprint, found: tuple[Partner, ...]) -> Imprint:
    return msgspec.structs.replace(imprint, partners=found)


def _framed(
    frames: tuple[tuple[int, bytes], ...], scaffolds: tuple[Mark, ...], asked: Sequence[QueryObservation]
) -> tuple[tuple[int, bytes], ...]:
    """Return the vectors of the most used scaffolds, with those that queries bring."""
    brought = {query.scaffold & _LARGEST: query.frame for query in asked if query.frame and query.scaffold}
    if not brought and not frames:
        return frames
    return _kept([*frames, *[(value, topics.narrowed(frame)) for value, frame in brought.items()]], scaffolds)


def _kept(frames: Iterable[tuple[int, bytes]], scaffolds: tuple[Mark, ...]) -> tuple[tuple[int, bytes], ...]:
    held: dict[int, bytes] = {}
    for value, frame in frames:
        held[value] = max(frame, held.get(value, b""))
    ranked = [(mark.value, held[mark.value]) for mark in scaffolds if mark.value in held]
    return tuple(ranked[:MOST_FRAMES])


def _lengths(sums: tuple[float, float], lengths: Sequence[int]) -> tuple[float, float]:
    logs = [round(math.log1p(min(_MOST, max(0, length))) * _GRAIN) / _GRAIN for length in lengths]
    return sums[0] + sum(logs), sums[1] + sum([log * log for log in logs])


def _tokens(answer: AnswerObservation) -> int:
    """Return how long an answer is, as counted or as the characters suggest."""
    return answer.completion_tokens or (answer.text_chars + answer.reasoning_chars) // _CHARS_PER_TOKEN
