import pytest

from gateway.actions.base import Delay, Forward
from gateway.actions.tarpit import Tarpit
from gateway.exchange import Glance


def test_it_never_waits_longer_than_in_all() -> None:
    effect = Tarpit(before=30, between=1, most=10, seats=3, when_full="deny").admit(Glance(), ())
    assert effect == Forward(delay=Delay(before=10, between=1, most=10, seats=3, when_full="deny"))


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"before": -1}, "before"),
        ({"before": 61}, "before"),
        ({"between": 5.5}, "between"),
        ({"most": 601}, "most"),
        ({"seats": 0}, "seats"),
        ({"before": 0, "between": 0}, "before"),
        ({"most": 0}, "before"),
    ],
)
def test_parameters_that_mean_nothing_are_refused(parameters: dict[str, float], field: str) -> None:
    with pytest.raises(ValueError, match=f"^{field}: "):
        Tarpit(**parameters)  # type: ignore[arg-type]  # the table mixes whole numbers and fractions
