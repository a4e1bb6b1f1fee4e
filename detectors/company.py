"""Company: which traffic class a subject keeps to, told from its own statistics, softly and over time.

It is no evidence. Chat, agents, retrieval, labelling, evaluation, apps and generation each have habits of their own,
and what is rare in one is the rule in another: a subject is compared with its own class.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul
from typing import ClassVar, Final, NamedTuple

import msgspec

from detectors.base import AnswerObservation, Baseline, Observation
from detectors.batch import GRAINS, Batch, Size
from detectors.sketches import distinct

CLASSES: Final = ("chat", "agent", "retrieval", "labelling", "evaluation", "app", "generation")
COUNTS: Final = (
    "queries", "turned", "tooled", "named", "framed", "given", "cold", "answers", "short", "long", "tokens", "handed",
    "expands", "capped",
)  # fmt: skip
PAYLOADS, SCAFFOLDS = 6, 5  # lgk of the sketches
SHORT, LONG, MUCH = 16, 200, 1500  # tokens of a label, of a text; characters of a document
LEAST = 4  # queries before which a subject could be anything


class CompanyState(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Counts by the names of ``COUNTS``, and sketches of different payloads and scaffolds."""

    counts: tuple[int, ...] = (0,) * len(COUNTS)
    payloads: bytes = b""
    scaffolds: bytes = b""


class _Law(NamedTuple):
    """What speaks for one class: a bias, and the weights of the shares in their order."""

    kind: str
    bias: float
    weights: tuple[float, ...]


@dataclass(frozen=True)
class CompanyFold:
    """Places a subject among the traffic classes.

    The law is a multinomial logistic regression over a dozen shares, learnt by ``stillguard lab learn`` on honest
    subjects; numbers read from the baseline are ``company.<class>.<share>`` and ``company.<class>.bias``. Before four
    queries, or where nothing was learnt, a subject could be anything.

    Example:
        >>> from detectors.base import QueryObservation
        >>> numbers = {"company.agent.tooled": 9.0, "company.labelling.short": 9.0}
        >>> fold, state = CompanyFold(), CompanyFold().initial()
        >>> for i in range(20):
        ...     query = QueryObservation(at=60.0 * i, payload=i, tools=3)
        ...     state = fold.fold(state, (query, AnswerObservation(at=60.0 * i, query=query, completion_tokens=90)))
        >>> placed = fold.placed(state, Baseline(numbers=numbers))
        >>> max(placed, key=placed.get), round(sum(placed.values()), 6)
        ('agent', 1.0)
    """

    name: ClassVar[str] = "company"
    state: ClassVar[type[CompanyState]] = CompanyState

    def initial(self) -> CompanyState:
        """Return a subject that asked nothing."""
        return CompanyState()

    def update(self, state: CompanyState, observation: Observation) -> CompanyState:
        """Count one observation."""
        return self.fold(state, (observation,))

    def fold(self, state: CompanyState, observations: Sequence[Observation]) -> CompanyState:
        """Count observations."""
        counts = list(state.counts)
        batch = Batch.of(observations)
        asked = batch.asked
        counts[0] += len(asked)
        counts[1] += sum([q.turns > 2 for q in asked])  # noqa: PLR2004 - a greeting or an example may precede a question
        counts[2] += sum([q.tools > 0 or q.tool_results > 0 for q in asked])
        counts[3] += sum([q.named for q in asked])
        counts[4] += sum([q.scaffold != 0 for q in asked])
        counts[5] += sum([q.payload_chars >= MUCH for q in asked])
        counts[6] += sum([q.temperature == 0.0 for q in asked])
        for answer, size in zip(batch.answered, batch.sizes(), strict=True):
            _count(counts, answer, size)
        scaffolds = dict.fromkeys([query.scaffold for query in asked if query.scaffold])
        return CompanyState(
            tuple(counts),
            distinct.add_all(state.payloads, [query.payload for query in asked], PAYLOADS),
            distinct.add_all(state.scaffolds, list(scaffolds), SCAFFOLDS),
        )

    def merge(self, a: CompanyState, b: CompanyState) -> CompanyState:
        """Add the counts, unite the sketches."""
        return CompanyState(
            tuple([x + y for x, y in zip(a.counts, b.counts, strict=True)]),
            distinct.union(a.payloads, b.payloads, PAYLOADS),
            distinct.union(a.scaffolds, b.scaffolds, SCAFFOLDS),
        )

    def shares(self, state: CompanyState) -> dict[str, float]:
        """Return the shares that place a subject, each about 0 to 1."""
        counts = state.counts
        n, answers = max(1, counts[0]), max(1, counts[7])
        return {
            "turned": counts[1] / n,
            "tooled": counts[2] / n,
            "named": counts[3] / n,
            "framed": counts[4] / n,
            "given": counts[5] / n,
            "cold": counts[6] / n,
            "short": counts[8] / answers,
            "long": counts[9] / answers,
            "tokens": counts[10] / answers / GRAINS / 10.0,
            "handed": counts[11] / answers / GRAINS / 10.0,
            "expands": counts[12] / answers / GRAINS,
            "fresh": min(1.0, distinct.count(state.payloads).mid / n),
            "templates": math.log2(1.0 + distinct.count(state.scaffolds).mid) / math.log2(1.0 + n),
            "many": math.log2(1.0 + n) / 12.0,
        }

    def placed(self, state: CompanyState, baseline: Baseline) -> dict[str, float]:
        """Return how likely each class is; they sum to 1."""
        if state.counts[0] < LEAST:
            return dict.fromkeys(CLASSES, 1.0 / len(CLASSES))
        shares = self.shares(state)
        values = tuple(shares.values())
        laws = _laws(baseline, tuple(shares))
        logits = {kind: bias + sum(map(mul, weights, values)) for kind, bias, weights in laws}
        top = max(logits.values())
        weights = {kind: math.exp(logit - top) for kind, logit in logits.items()}
        total = sum(weights.values())
        return {kind: weight / total for kind, weight in weights.items()}


def _laws(baseline: Baseline, shares: Sequence[str]) -> list[_Law]:
    """Return the classes' laws; put together once."""
    if "company" not in baseline.kept:
        numbers = baseline.numbers
        baseline.kept["company"] = [
            _Law(
                kind,
                numbers.get(f"company.{kind}.bias", 0.0),
                tuple([numbers.get(f"company.{kind}.{share}", 0.0) for share in shares]),
            )
            for kind in CLASSES
        ]
    laws: list[_Law] = baseline.kept["company"]
    return laws


def _count(counts: list[int], answer: AnswerObservation, size: Size) -> None:
    counts[7] += 1
    counts[8] += size.tokens <= SHORT
    counts[9] += size.tokens >= LONG
    counts[10] += size.grains
    counts[11] += size.handed_grains
    counts[12] += size.expands
    counts[13] += answer.finish == "length"
