"""Who is left out: at most the stated share, and only who convinces."""

import math

from hypothesis import given
from hypothesis import strategies as st

from gateway.calibration.sifting import CONVINCES, suspects, suspicion
from tests.gateway.calibration import kit


@given(st.lists(st.floats(0.0, 50.0), max_size=100), st.floats(0.0, 0.25))
def test_no_more_than_the_share_and_only_who_convinces(suspicions: list[float], share: float) -> None:
    out = suspects(suspicions, share)
    assert len(out) <= share * len(suspicions) + 1e-6
    assert all(suspicions[i] >= CONVINCES for i in out)
    left = [suspicions[i] for i in range(len(suspicions)) if i not in out]
    assert all(suspicions[i] >= max(left, default=0.0) for i in out) or not out


def test_all_who_convince_go_where_the_share_allows() -> None:
    assert suspects([0.0] * 95 + [9.0] * 5, 0.05) == {95, 96, 97, 98, 99}
    assert suspects([0.0] * 95 + [9.0] * 5, 0.0) == set()


def test_a_harvester_is_suspicious_and_an_honest_subject_is_not() -> None:
    assert suspicion(kit.PANEL, kit.TAUGHT, kit.life(kit.harvest, 1)) > math.log(1e4)
    assert suspicion(kit.PANEL, kit.TAUGHT, kit.life(kit.chat, 1)) < CONVINCES
    assert suspicion(kit.PANEL, kit.TAUGHT, kit.life(kit.labelling, 1)) < CONVINCES
