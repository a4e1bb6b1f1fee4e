"""From lives to a baseline: what is learnt anew, and what stays because too few subjects speak to it. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeVar

import numpy as np

from detectors.base import Baseline, Panel
from detectors.coverage import NAMED
from detectors.lab.learning import FEWEST
from detectors.lab.school import calibrated
from detectors.stats.likeness import LEAST
from gateway.calibration.lives import Life

T = TypeVar("T")

SAME: Final = 5e-5  # numbers are rounded to four places


class Change(NamedTuple):
    """A number that is no longer what it was; None where there was none. ``kind`` is the class, or empty for all."""

    kind: str
    name: str
    before: float | None
    after: float


def telling(lives: Sequence[Life]) -> list[Life]:
    """Return the lives that are long enough to say anything."""
    return [life for life in lives if life.exchanges >= LEAST]


def learnt(baseline: Baseline, lives: Sequence[Life], panel: Panel, source: str) -> Baseline:
    """Return the baseline with the numbers of these lives, and its own where too few of them speak.

    Args:
        baseline: one that was taught; its weights and places stay.
        lives: at least ``FEWEST`` that are telling.
        panel: the detectors.
        source: what the lives are, in words.
    """
    found = calibrated(baseline, [life.record(baseline) for life in lives], panel, source)
    numbers = baseline.numbers | found.numbers | _breadth(baseline.numbers, found.numbers, lives)
    kinds = large(lives, baseline)
    return Baseline(
        source,
        numbers,
        _by_class(baseline.classes, found.classes, kinds),
        baseline.means | {name: mean for name, mean in found.means.items() if mean},
        _by_class(baseline.class_means, found.class_means, kinds),
    )


def _breadth(before: Mapping[str, float], after: Mapping[str, float], lives: Sequence[Life]) -> dict[str, float]:
    """Return what is known of sizes that too few lives reach: the wider of what was known and how the learnt go on."""
    found: dict[str, float] = {}
    for size in NAMED:
        if sum(life.exchanges >= size for life in lives) < FEWEST:
            names = [name for name in (f"coverage.mean.{size}", f"coverage.sd.{size}") if name in before]
            found |= {name: max(before[name], after.get(name, 0.0)) for name in names}
    return found


def counted(lives: Sequence[Life], baseline: Baseline) -> Counter[str]:
    """Return how many lives each class has; those of no class under the empty word."""
    return Counter(life.placed(baseline) for life in lives)


def large(lives: Sequence[Life], baseline: Baseline) -> set[str]:
    """Return the classes with enough subjects for numbers of their own."""
    return {kind for kind, count in counted(lives, baseline).items() if kind and count >= FEWEST}


def _by_class(
    before: Mapping[str, dict[str, T]], after: Mapping[str, dict[str, T]], kinds: set[str]
) -> dict[str, dict[str, T]]:
    """Return the numbers of all classes: the new ones of these kinds over the old ones of all."""
    return {
        kind: before.get(kind, {}) | (after.get(kind, {}) if kind in kinds else {})
        for kind in sorted(before.keys() | (after.keys() & kinds))
    }


def changes(before: Baseline, after: Baseline) -> Iterator[Change]:
    """Yield every number that differs, those of all traffic first."""
    yield from _changed("", before.numbers, after.numbers)
    for kind, numbers in sorted(after.classes.items()):
        yield from _changed(kind, before.classes.get(kind, {}), numbers)


def moved(before: Baseline, after: Baseline) -> dict[str, float]:
    """Return how far each mean moved, by detector, with the class behind a stroke: the length of the difference."""
    found = dict(_moved("", before.means, after.means))
    for kind, means in sorted(after.class_means.items()):
        found |= dict(_moved(f"/{kind}", before.class_means.get(kind, {}), means))
    return found


def _changed(kind: str, before: Mapping[str, float], after: Mapping[str, float]) -> Iterator[Change]:
    for name, number in sorted(after.items()):
        was = before.get(name)
        if was is None or abs(was - number) > SAME:
            yield Change(kind, name, was, number)


def _moved(
    kind: str, before: Mapping[str, tuple[float, ...]], after: Mapping[str, tuple[float, ...]]
) -> Iterator[tuple[str, float]]:
    for name, mean in sorted(after.items()):
        was = np.array(before.get(name) or (0.0,) * len(mean))
        far = float(np.linalg.norm(was - np.array(mean)))
        if far > SAME:
            yield f"{name}{kind}", round(far, 4)
