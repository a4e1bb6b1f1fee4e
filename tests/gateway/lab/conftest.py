"""Tenants and outcomes for the benchmark's tests: own-written, few and small."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import pytest

from detectors.lab.traffic import START, Asked, Said
from gateway.lab.findings import Findings
from gateway.lab.outcome import Outcome, Steps, Trace, Who, Windowed

DETECTORS = ("first", "second", "third")


class Player(NamedTuple):
    """A tenant that asks the same kind of thing over and over."""

    account: str = "anna"
    label: str = "benign"
    kind: str = "chat"
    traffic_class: str = "chat"
    source: str = "own:test"
    seen: bool = False
    hard: bool = False
    profile: str = ""
    share: float = 0.0
    plan: int = 0
    most: int = 40

    def exchanges(self) -> Iterator[Asked]:
        for i in range(self.most):
            yield Asked(
                at=START + i * 900.0, turns=(Said("user", f"Tell me of pier {i * 7919 % 1000} and its gulls."),),
                answer_chars=1200, answer_tokens=300, attack=i % 4 == 0 and self.share > 0.0, address=i % 3,
            )  # fmt: skip


def made(who: Who, alarm: int = 0, *, fused: float = 0.0, count: int = 600, score: float = 0.0) -> Outcome:
    """Return an outcome whose rival ``meter`` reaches ``score`` at exchange 50, and whose last look has ``fused``."""
    at = np.array([10, 100, count])
    weights = np.zeros((3, len(DETECTORS)), np.float32)
    weights[2, 0] = fused
    trace = Trace(at, np.array([0, 1, 2]), weights, np.array([0.0, 0.0, fused]), np.array([0, 0, 1]), np.zeros((3, 5)))
    stretches = tuple(Windowed(size, 0, who.share, fused, {"meter": score}) for size in (200, 1500) if count >= size)
    attacks = round(count * who.share)
    taken = min(attacks, alarm or attacks)
    meter = Steps(np.array([1, 50]), np.array([-1.0, score]))
    return Outcome(who, count, attacks, 3, trace, alarm, alarm, taken, {"meter": meter}, stretches)


def person(number: int, label: str = "benign", share: float = 0.0, **other: object) -> Who:
    fields: dict[str, object] = {
        "account": f"a{number}", "label": label, "kind": "chat" if label == "benign" else "harvest",
        "traffic_class": "chat", "source": "own:x", "seen": number % 2 == 0, "hard": False,
        "profile": "a" if label == "adversary" else "", "share": share, "plan": 600 if share else 0,
    }  # fmt: skip
    return Who(**(fields | other))  # type: ignore[arg-type] # as the table above has them


@pytest.fixture
def player() -> type[Player]:
    return Player


@pytest.fixture
def make() -> Callable[..., Outcome]:
    return made


@pytest.fixture
def who() -> Callable[..., Who]:
    return person


@pytest.fixture
def found() -> Findings:
    """Two hundred honest tenants, one of them alarmed; ten harvesters, nine detected; padded ones that all show."""
    honest = [made(person(i, hard=i < 20), fused=i / 100, score=float(i)) for i in range(199)]
    honest.append(made(person(199, traffic_class="app", kind="app"), 70, fused=15.0, score=199.0))
    under = [made(person(300, kind="contracted_writer"), 40, fused=20.0)]
    thieves = [
        made(person(400 + i, "adversary", 1.0), 60 + i if i else 0, fused=20.0, score=250.0 * (i > 4))
        for i in range(10)
    ]
    padded = [
        made(person(500 + i, "adversary", share), 90, fused=18.0, count=1600)
        for share in (0.25, 0.10)
        for i in range(4)
    ]
    slow = [made(person(600, "adversary", 1.0, plan=60), count=60)]
    outcomes = [*honest, *under, *thieves, *padded, *slow]
    learnt = [(one.who, one.windows[0]) for one in honest]
    left_out = {name: [(one, one.alarm) for one in outcomes] for name in ("none", *DETECTORS)}
    return Findings(outcomes, learnt, left_out, DETECTORS, 1e5)
