import numpy as np
import pytest
from msgspec.structs import replace

from detectors.base import Baseline
from detectors.linkage.base import Facts, Id, Imprint, Partner
from detectors.linkage.context import Context
from detectors.linkage.pivot import Pivot
from detectors.linkage.ties import Ties
from tests.detectors.linkage.crowd import NOW, people


def weight(members: dict[Id, Imprint], facts: dict[Id, Facts] | None = None) -> float:
    marks = {one: i + 1 for i, one in enumerate(sorted(members))}
    return Ties().evidence(members, Context(imprints=members, marks=marks, facts=facts or {}), Baseline()).weight


def presenting(kind: str, many: int, of: int = 1, count: int = 5) -> dict[Id, Imprint]:
    members: dict[Id, Imprint] = dict(people(np.random.default_rng(1), 30))
    partner = (Partner(of, kind, count, NOW),)
    names = sorted(members)[1:]
    return members | {one: replace(members[one], partners=partner) for one in names[:many]}


@pytest.mark.parametrize(("kind", "many"), [("reasoning", 5), ("recirculation", 10)])
def test_members_that_present_what_another_was_served_are_tied(kind: str, many: int) -> None:
    assert weight(presenting(kind, many)) > 4.6


def test_one_presenter_a_stranger_or_an_accident_ties_nobody() -> None:
    assert weight(presenting("reasoning", 1)) < 1.0
    assert weight(presenting("reasoning", 20, of=12345)) == 0.0
    assert weight(presenting("reasoning", 20, count=1)) == 0.0


def test_kin_may_hand_each_other_anything() -> None:
    members = presenting("reasoning", 20)
    assert weight(members, dict.fromkeys(members, Facts(kin="house"))) == 0.0


def test_without_a_release_nothing_pivots() -> None:
    members = people(np.random.default_rng(2), 30)
    assert Pivot().evidence(members, Context(imprints=members), Baseline()).weight == 0.0
