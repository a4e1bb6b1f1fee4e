import pytest

from gateway.actions.base import Forward, Trimming
from gateway.actions.trim import Trim
from gateway.exchange import Glance


def test_by_default_the_richest_parts_go_and_the_text_stays_whole() -> None:
    admitted = Trim().admit(Glance(), ())
    assert admitted == Forward(trimming=Trimming(logprobs=True, samples=1, max_tokens=0, reasoning=True))


@pytest.mark.parametrize("parameters", [{"samples": -1}, {"max_tokens": -1}])
def test_negative_caps_are_refused(parameters: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=f"^{next(iter(parameters))}: "):
        Trim(**parameters)  # type: ignore[arg-type]  # all of the table are whole numbers


def test_a_trim_that_trims_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="trims nothing"):
        Trim(logprobs=False, samples=0, max_tokens=0, reasoning=False)
