"""Curves of language models: each way of asking against each field, under each remedy.

The student mixes a model of public text with one of its harvest, the weight chosen on a fifth of the harvest held
back. Where that turns out worse than public text alone, it is granted the latter; and a student of trimmed answers
alone, which could not know how much to trust them, is granted the best weight. Log-probabilities, where served, are
given it as so many further draws of every byte: less than all of them.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from detectors.lab.student.bytegrams import (
    DEEPEST,
    Model,
    Positions,
    Reals,
    Text,
    draw,
    joined,
    learn,
    positions,
    probabilities,
    speak,
)
from detectors.lab.student.curve import Curve, Remedy, budgets
from detectors.lab.student.exam import MEASURES, Exam, Quality, bits, exam
from detectors.lab.student.fields import Field

FAMILY: Final = "language"
_ORDER: Final = DEEPEST - 1  # bytes of context of a student; the teacher has one more
_LONGEST: Final = 240  # bytes of an answer
_JUDGED: Final = 200  # answers that judge, at most
_WEIGHTS: Final = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98)  # of the harvest's model, tried in turn
_UNTRIED: Final = 0.3  # weight where the harvest is too small to hold anything back
_HELD: Final = 5  # every fifth answer is held back


class Way(NamedTuple):
    """How a thief asks: answers a query, further draws of each byte, and the part of the longest plan that it has."""

    samples: int = 1
    draws: int = 0
    plan: float = 1.0


# Richer answers cost more to learn from; their plans are shorter so that a report stays a matter of minutes.
WAYS: Final = {"plain": Way(), "best_of_8": Way(samples=8, plan=0.2), "logprobs": Way(draws=4, plan=0.2)}


class Stolen(NamedTuple):
    """A field's curves, and the teacher's own quality in each of its measures, which no student need exceed."""

    curves: list[Curve]
    teacher: dict[str, float]


class _Owner(NamedTuple):
    """The teacher, the student's beginning, and what judges."""

    field: Field
    teacher: Model
    public: Model
    exam: Exam
    ignorant: Reals  # probabilities of the public model in the exam

    @property
    def measures(self) -> tuple[str, ...]:
        return MEASURES if self.field.quiz else MEASURES[:1]


def steal(field: Field, seeds: Sequence[int], most: int) -> Stolen:
    """Return the curves of every way of asking, the longest plan ``most`` queries, a run a seed."""
    read = [Text(b"", text.encode()) for text in field.public]
    teacher = learn(positions([*read, *(Text(b"", text.encode()) for text in field.taught)]), DEEPEST)
    openings = [text.encode() for text in field.judged[:_JUDGED]]
    judges = exam(speak(teacher, openings, _LONGEST, np.random.default_rng(0)), field.quiz)
    public = learn(positions(read), _ORDER)
    owner = _Owner(field, teacher, public, judges, probabilities(public, judges.asked))
    best = judges.quality(probabilities(teacher, judges.asked))
    curves = [one for name in WAYS for one in _by(name, owner, seeds, most)]
    return Stolen(curves, dict(zip(owner.measures, best, strict=False)))


def _by(name: str, owner: _Owner, seeds: Sequence[int], most: int) -> Iterator[Curve]:
    looks = budgets(max(1, round(most * WAYS[name].plan)))
    runs: dict[Remedy, list[list[Quality]]] = {"refused": [], "trimmed": [], "trimmed after": []}
    for seed in seeds:
        harvest = _harvest(name, owner, looks[-1], seed)
        whole = [harvest.quality(n, 0) for n in looks]
        trims = harvest.trims
        runs["refused"].append(whole)
        runs["trimmed"].append([harvest.quality(0, n) for n in looks] if trims else whole)
        after = [harvest.quality(n, looks[-1] - n) for n in looks] if trims else [whole[-1]] * len(looks)
        runs["trimmed after"].append(after)
    for remedy, some in runs.items():
        for column, measure in enumerate(owner.measures):
            rows = tuple(tuple(point[column] for point in run) for run in some)
            yield Curve(FAMILY, owner.field.name, name, remedy, measure, looks, rows)


class _Harvest(NamedTuple):
    """All answers of a plan, whole; how good a student of part of them is gets worked out when asked."""

    owner: _Owner
    way: Way
    answers: list[Text]  # in the order of queries, samples of one query side by side
    dice: int  # seed of the further draws

    @property
    def trims(self) -> bool:
        """Whether there is anything to take out of these answers."""
        return self.way.samples > 1 or self.way.draws > 0 or bool(self.owner.field.conclusion)

    def quality(self, whole: int, trimmed: int) -> Quality:
        """Return the quality of a student that had so many queries answered whole, then so many trimmed."""
        upto = whole * self.way.samples
        after = self.answers[upto : (whole + trimmed) * self.way.samples : self.way.samples]
        rich, poor = self.answers[:upto], trim(after, self.owner.field.conclusion)
        judges, ignorant = self.owner.exam, self.owner.ignorant
        beginning = judges.quality(ignorant)
        if not rich and not poor:
            return beginning
        learnt = probabilities(self._student(rich, poor), judges.asked)
        weights = (self._weight(rich, poor),) if rich else _WEIGHTS
        return min(beginning, *(judges.quality(one * learnt + (1.0 - one) * ignorant) for one in weights))

    def _student(self, rich: Sequence[Text], poor: Sequence[Text]) -> Model:
        seen = positions(rich)
        rng = np.random.default_rng(self.dice)
        more = [Positions(seen.contexts, draw(self.owner.teacher, seen.contexts, rng)) for _ in range(self.way.draws)]
        return learn(joined([seen, *more, positions(poor)]), _ORDER)

    def _weight(self, rich: Sequence[Text], poor: Sequence[Text]) -> float:
        """Choose the weight of the harvest on whole answers held back."""
        rest = [text for i, text in enumerate(rich) if i % _HELD]
        if not rest:
            return _UNTRIED
        held = positions(rich[::_HELD])
        learnt = probabilities(self._student(rest, poor), held)
        public = probabilities(self.owner.public, held)
        return min(_WEIGHTS, key=lambda weight: bits(weight * learnt + (1.0 - weight) * public))


def _harvest(name: str, owner: _Owner, queries: int, seed: int) -> _Harvest:
    way, rng = WAYS[name], np.random.default_rng([seed, *name.encode()])
    asked = [owner.field.asked[i].encode() for i in rng.integers(len(owner.field.asked), size=queries)]
    answers = speak(owner.teacher, [one for one in asked for _ in range(way.samples)], _LONGEST, rng)
    return _Harvest(owner, way, answers, int(rng.integers(2**32)))


def trim(texts: Sequence[Text], conclusion: str) -> list[Text]:
    """Return texts without what comes before their conclusion; whole where the field has no reasoning to take out."""
    if not conclusion:
        return list(texts)
    mark = conclusion.encode()
    return [Text(text.prompt, mark + text.answer.partition(mark)[2]) for text in texts]
