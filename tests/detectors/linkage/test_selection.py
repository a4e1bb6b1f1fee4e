import math

import pytest

from detectors.linkage.selection import price


@pytest.mark.parametrize("groups", [1, 7, 1000])
def test_the_groups_of_a_pass_share_one_e_value(groups: int) -> None:
    assert groups * math.exp(-price(groups)) == pytest.approx(1.0)


def test_more_groups_pay_more_each() -> None:
    assert price(1) == 0.0
    assert price(2) < price(20) < price(200)


def test_who_is_examined_is_one_at_least() -> None:
    with pytest.raises(ValueError, match="one at least"):
        price(0)
