import pytest

from gateway.actions.base import Blurring, Forward, Trimming
from gateway.actions.blur import Blur
from gateway.exchange import Glance


def test_the_decision_holds_no_secret() -> None:
    blurring = Blurring(digits=2, noise=0.3, embedding_digits=4, embedding_noise=0.01)
    effect = Blur(digits=2, noise=0.3, embedding_digits=4, embedding_noise=0.01, alternatives=3).admit(Glance(), ())
    assert effect == Forward(trimming=Trimming(blur=blurring, alternatives=3))
    assert blurring.key == b""


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"digits": -2}, "digits"),
        ({"digits": 9}, "digits"),
        ({"embedding_digits": 9}, "embedding_digits"),
        ({"noise": -0.1}, "noise"),
        ({"noise": 6.0}, "noise"),
        ({"embedding_noise": 0.6}, "embedding_noise"),
        ({"alternatives": -1}, "alternatives"),
    ],
)
def test_parameters_that_mean_nothing_are_refused(parameters: dict[str, float], field: str) -> None:
    with pytest.raises(ValueError, match=f"^{field}: "):
        Blur(**parameters)  # type: ignore[arg-type]  # the table mixes whole numbers and fractions
