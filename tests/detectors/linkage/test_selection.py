import math

import pytest

from detectors.linkage.selection import price


def test_all_prices_together_allow_one_error() -> None:
    assert sum(math.exp(-price(k)) for k in range(1, 200_000)) <= 1.0


def test_later_groups_pay_more() -> None:
    prices = [price(k) for k in range(1, 100)]
    assert prices == sorted(prices)
    assert prices[0] > 0.0


def test_groups_are_counted_from_one() -> None:
    with pytest.raises(ValueError, match="from 1"):
        price(0)
