"""Groups to try coordination on, as imprints: pools that one hand deals to, and people who only look like one."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from detectors.linkage.base import HOURS, SAMPLE, TOPIC, Id, Imprint, Mark

Members: TypeAlias = dict[Id, Imprint]
Dice: TypeAlias = np.random.Generator
Array: TypeAlias = npt.NDArray[np.float64]

HOUR, DAY, NOW = 3600.0, 86_400.0, 1_800_000_000.0
START = NOW - 14 * DAY
COMMON = 1.2  # length of what all questions have in common, against noise of length about 10


def imprint(
    times: Array, payloads: npt.NDArray[np.uint64], topic: Array, *, network: int, scaffold: int = 7
) -> Imprint:
    """Return what somebody leaves who asked at these times, with these payloads and topic vectors (n, TOPIC)."""
    n, hour = len(times), int(NOW // HOUR)
    hours = np.bincount(np.clip(times // HOUR - (hour - HOURS + 1), 0, HOURS - 1).astype(int), minlength=HOURS)
    unit = topic / np.linalg.norm(topic, axis=1, keepdims=True)
    first, last = float(times.min()), float(times.max())
    return Imprint(
        exchanges=n, first_at=first, last_at=last, scaffolds=(Mark(scaffold, n, first, last),),
        networks=(Mark(network, n, first, last),), hour=hour, hours=np.minimum(hours, 255).astype(np.uint8).tobytes(),
        payloads=np.unique(payloads)[:SAMPLE].astype("<u8").tobytes(), topic=unit.sum(axis=0).astype("<f4").tobytes(),
        vectors=n, asked=(5.0 * n, 25.5 * n), taken=(6.0 * n, 36.5 * n), single=n,
    )  # fmt: skip


def fresh(dice: Dice, n: int) -> npt.NDArray[np.uint64]:
    """Return payloads that nobody else has."""
    return dice.integers(1, 2**64 - 1, n, dtype=np.uint64)


def topics(dice: Dice, n: int, own: float = 0.0) -> Array:
    """Return topic vectors of one subject; ``own`` is how far its mean lies from the others'."""
    found: Array = dice.standard_normal((n, TOPIC)) + COMMON + own * dice.standard_normal(TOPIC)
    return found


def sittings(dice: Dice, n: int, noon: float) -> Array:
    """Return times of a person: sittings of some eight questions, at its own days and hours."""
    many = max(1, round(n / 8))
    begins = START + dice.integers(0, 13, many) * DAY + ((dice.normal(noon, 2.0, many)) % 24.0) * HOUR
    return np.sort(begins[dice.integers(0, many, n)] + dice.uniform(0.0, HOUR, n))


def pool(dice: Dice, size: int, rate: float = 12.0, days: float = 10.0) -> Members:
    """Return accounts that one hand deals to: even loads, any hour, one pool of questions, no question twice."""
    members = {}
    for i in range(size):
        n = 2 + int(dice.poisson(rate * days))
        times = np.sort(NOW - dice.uniform(0.0, days * DAY, n))
        members[f"account:{dice.integers(2**40)}"] = imprint(times, fresh(dice, n), topics(dice, n), network=1 + i)
    return members


def people(dice: Dice, size: int, spread: float = 1.2, own: float = 0.4) -> Members:
    """Return users of one harness: one scaffold; volumes, hours and topics of their own."""
    members = {}
    for i in range(size):
        n = 4 + int(dice.poisson(30.0 * np.exp(dice.normal(0.0, spread))))
        times = sittings(dice, n, dice.uniform(6.0, 22.0))
        members[f"account:{i}"] = imprint(times, fresh(dice, n), topics(dice, n, own), network=1 + i)
    return members


def classroom(dice: Dice, size: int) -> Members:
    """Return a class: the same twenty exercises, nearly all done by everybody, in the same hours of the same days."""
    exercises, members = fresh(dice, 20), {}
    for i in range(size):
        n = int(dice.integers(16, 21))
        times = np.sort(START + 7 * DAY + dice.integers(0, 3, n) * DAY + 9 * HOUR + dice.uniform(0.0, 3 * HOUR, n))
        members[f"account:{i}"] = imprint(times, exercises[:n], topics(dice, n), network=1 + i)
    return members


def benchmark_day(dice: Dice, size: int) -> Members:
    """Return everybody who runs the same 80 items on the day a model comes out."""
    items, members = fresh(dice, 80), {}
    for i in range(size):
        times = np.sort(START + 8 * DAY + dice.uniform(0.0, 20 * HOUR) + np.arange(80) * dice.uniform(4.0, 30.0))
        members[f"account:{i}"] = imprint(times, items, topics(dice, 80), network=1 + i)
    return members


def behind_one_network(members: Members) -> Members:
    """Return the same, all behind one address: an office, or an organisation that spreads load over its own keys."""
    marks = (Mark(99, 9, START, NOW),)
    return {one: replace(life, networks=marks) for one, life in members.items()}


def reseller(dice: Dice, size: int) -> Members:
    """Return a reseller's accounts: each several people's, one frame for all."""
    return people(dice, size, spread=0.9, own=0.25)


INNOCENT: dict[str, Callable[[Dice, int], Members]] = {
    "harness": people,
    "class": classroom,
    "benchmark_day": benchmark_day,
    "organisation": lambda dice, size: behind_one_network(pool(dice, size)),
    "reseller": reseller,
    "office": lambda dice, size: behind_one_network(people(dice, size)),
}
