"""The plays that learnt detectors are tried on, each with a small baseline: one or two weights, and an honest tail.

At the edge the highest score of an honest life has the very law that the baseline states: one in five gets as far as
the tail's start, and beyond it the excess is exponential.
"""

from random import Random
from typing import Any

from tests.detectors.bets import DAY, NOW, Exchanges, Play, exchange, spread

ALIKE, APART = bytes([90] * 8), bytes([90, 166] * 4)  # two directions at a right angle


def tail(name: str, begins: float, scale: float) -> dict[str, float]:
    return {f"{name}.tail.from": begins, f"{name}.tail.scale": scale, f"{name}.tail.share": 0.2}


def highest(dice: Random, begins: float, scale: float) -> float:
    """Draw the highest score of an honest life."""
    return begins + scale * dice.expovariate(1.0) if dice.random() < 0.2 else begins * dice.random()


def portioned(dice: Random, share: float, yes: dict[str, Any], no: dict[str, Any]) -> Exchanges:
    """Return ten days in which the share of ``yes`` comes near to ``share`` and never exceeds it."""
    for i, at in enumerate(spread(dice, 300)):
        chosen = yes if int((i + 1) * share) > int(i * share) else no
        yield exchange(at, 300, **{"payload": dice.getrandbits(64), **chosen})


def tasks(dice: Random) -> Exchanges:
    return (exchange(NOW + 20.0 * i, 500, asks=1, payload=dice.getrandbits(64)) for i in range(60))


def questions(dice: Random) -> Exchanges:
    return (exchange(NOW + 20.0 * i, 500, payload=dice.getrandbits(64)) for i in range(1000))


def tasks_edge(dice: Random) -> Exchanges:
    share = min(1.0, highest(dice, 5.0, 0.4) / 10.0)
    return portioned(dice, share, {"asks": 1, "payload": 1}, {"payload": 1})


def tap(dice: Random) -> Exchanges:
    return (exchange(NOW + 20.0 * i, 500, payload=dice.getrandbits(64)) for i in range(60))


def conversation(dice: Random) -> Exchanges:
    return (exchange(NOW + 20.0 * i, 500, payload=dice.getrandbits(64), turns=1 + i % 12) for i in range(1000))


def tap_edge(dice: Random) -> Exchanges:
    return portioned(dice, min(1.0, highest(dice, 5.0, 0.4) / 10.0), {"turns": 1}, {"turns": 5})


def clock(_dice: Random) -> Exchanges:
    return (exchange(NOW + 10.0 * i) for i in range(100))


def people(dice: Random) -> Exchanges:
    return (exchange(at) for at in spread(dice, 1000))


def bursts_edge(dice: Random) -> Exchanges:
    """Return one hour with as many questions as the drawn score says: 2^score - 1."""
    hour = (NOW // DAY + dice.randrange(10)) * DAY
    return (exchange(hour + 10.0 * i) for i in range(min(350, int(2.0 ** highest(dice, 4.0, 0.4)) - 1)))


def roaming(dice: Random) -> Exchanges:
    return (exchange(NOW + i, vector=dice.randbytes(8)) for i in range(200))


def one_subject(dice: Random) -> Exchanges:
    return (exchange(NOW + i, vector=bytes([90] * 7 + [80 + dice.randrange(20)])) for i in range(1000))


def roaming_edge(dice: Random) -> Exchanges:
    score = min(6.5, highest(dice, 4.0, 0.4))
    # of two directions, q in one: the spread is 2 q (1 - q) (1 - k) n / (n - 1), at most 2.75 q (1 - q) from n = 8 on
    share = 0.5 - (0.25 - score / 27.5) ** 0.5
    return portioned(dice, share, {"vector": APART}, {"vector": ALIKE})


def giant(dice: Random) -> Exchanges:
    return (exchange(NOW + 60.0 * i, 300, payload=dice.getrandbits(64)) for i in range(4000))


def small_job(_dice: Random) -> Exchanges:
    return (exchange(NOW + 60.0 * i, 300, payload=i % 200 + 1) for i in range(2000))


def size_edge(dice: Random) -> Exchanges:
    size = min(600, int(2.718 ** highest(dice, 4.0, 0.4) * 0.85))  # below what the sketch may add in error
    return (exchange(at, 300, payload=dice.getrandbits(64)) for at in spread(dice, size))


LEARNT = {
    "likeness": Play(
        tasks, questions, tasks_edge,
        {"likeness.marks.0.fresh": 0.0, "likeness.marks.0": 10.0} | tail("likeness", 5.0, 0.4),
        {"likeness.marks.0.fresh": 10.0} | tail("likeness", 5.0, 0.3),
    ),
    "one_way": Play(
        tap, conversation, tap_edge, tail("one_way", 5.0, 0.4), {"one_way.kept": 10.0} | tail("one_way", 5.0, 0.3)
    ),
    "rhythm": Play(
        clock, people, bursts_edge, {"rhythm.even": 0.0, "rhythm.peak": 12.0} | tail("rhythm", 4.0, 0.4),
        {"rhythm.even": 10.0} | tail("rhythm", 5.0, 0.3),
    ),
    "departure": Play(
        roaming, one_subject, roaming_edge, tail("departure", 4.0, 0.4),
        {"departure.spread": 10.0} | tail("departure", 4.0, 0.3),
    ),
    "volume": Play(
        giant, small_job, size_edge, tail("volume", 4.0, 0.4), {"volume.taken": 1.0} | tail("volume", 6.0, 0.2)
    ),
}  # fmt: skip
