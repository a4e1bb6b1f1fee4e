"""What benign traffic looks like, as detectors read it: numbers of all clients, and of each traffic class.

A subject is compared with the classes that it may be of: where several are possible, with the most lenient number.
"""

from collections.abc import Hashable, Mapping
from functools import cached_property
from typing import Any, Final, TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]

LEAST_SHARE: Final = 0.15  # of a class in a subject's placement, below which the class is out of the question


class Baseline(msgspec.Struct, frozen=True, dict=True):
    """What benign traffic looks like: the nulls that detectors bet against. Its numbers stay as they are once read.

    Attributes:
        source: what it was learnt from, in words.
        numbers: calibrated numbers by dotted name, for example ``repetition.rate``.
        classes: the same by traffic class, where that class was learnt apart.
        means: mean feature vectors by detector; ``class_means`` by traffic class and detector.
    """

    source: str = "none"
    numbers: dict[str, float] = {}
    classes: dict[str, dict[str, float]] = {}
    means: dict[str, tuple[float, ...]] = {}
    class_means: dict[str, dict[str, tuple[float, ...]]] = {}

    def number(self, name: str, default: float) -> float:
        """Return the calibrated number, or the detector's own default where nothing was learnt."""
        return self.numbers.get(name, default)

    def mean(self, name: str) -> tuple[float, ...]:
        """Return the mean feature vector of a detector; empty where nothing was learnt."""
        return self.means.get(name, ())

    def row(self, name: str) -> Floats:
        """Return the same as an array."""
        return self.class_row("", name)

    def class_row(self, kind: str, name: str) -> Floats:
        """Return the mean feature vector of one class, or of all where it has none; read once."""
        place = ("row", kind, name)
        if place not in self.kept:
            self.kept[place] = np.array(self.class_means.get(kind, {}).get(name, self.means.get(name, ())), np.float64)
        found: Floats = self.kept[place]
        return found

    @cached_property
    def kept(self) -> dict[Hashable, Any]:
        """What was worked out of its numbers, under names of those who did: kept as long as they are."""
        return {}

    @cached_property
    def weights(self) -> dict[str, dict[str, float]]:
        """The numbers by the first part of their names, then by the rest; those of a class are not among them."""
        table: dict[str, dict[str, float]] = {}
        for name, number in self.numbers.items():
            first, _, rest = name.partition(".")
            table.setdefault(first, {})[rest] = number
        return table

    def within(self, placed: Mapping[str, float]) -> "Baseline":
        """Return the baseline of a subject placed among the classes: what speaks speaks against each it may be of."""
        learnt = {kind: share for kind, share in placed.items() if kind in self.classes and share >= LEAST_SHARE}
        total = sum(learnt.values())
        if not total:
            return self
        shares = tuple([(kind, share / total) for kind, share in learnt.items()])
        highest = self.kept.setdefault(("highest", *learnt), {})
        parts = self.source, self.numbers, self.classes, self.means, self.class_means
        return Within(*parts, whole=self, shares=shares, highest=highest)


class Within(Baseline, frozen=True, kw_only=True):
    """The ``whole`` as a subject sees it that is of each class by ``shares``; found when asked: few are read."""

    whole: Baseline
    shares: tuple[tuple[str, float], ...]
    highest: dict[tuple[str, float], float]  # numbers of these classes that were asked for before

    def number(self, name: str, default: float) -> float:
        """Return the classes' highest number: nulls are lenient where they are high. That of all stands in for none."""
        found = self.highest.get((name, default))
        if found is None:
            every = self.numbers.get(name, default)
            found = max([self.classes[kind].get(name, every) for kind, _ in self.shares])
            self.highest[name, default] = found
        return found

    def mean(self, name: str) -> tuple[float, ...]:
        """Return the classes' mean feature vectors, mixed; where a class has none, that of all stands in."""
        return tuple(self.row(name).tolist())

    def row(self, name: str) -> Floats:
        """Return the same as an array."""
        (kind, first), *others = self.shares
        mixed = first * self.whole.class_row(kind, name)
        for kind, share in others:
            mixed += share * self.whole.class_row(kind, name)
        return mixed

    @property
    def kept(self) -> dict[Hashable, Any]:
        """What was worked out of the whole."""
        return self.whole.kept

    @property
    def weights(self) -> dict[str, dict[str, float]]:
        """The weights of the whole, read once: they are no class's own."""
        return self.whole.weights
