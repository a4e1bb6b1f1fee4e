import pytest

from gateway.actions.base import Refuse
from gateway.actions.verify import Verify
from gateway.exchange import Glance


def test_a_query_is_refused_with_a_link_that_lasts_and_no_wait() -> None:
    effect = Verify(link_hours=2, appeal="mailto:a@example.org").admit(Glance(), ())
    assert isinstance(effect, Refuse)
    assert (effect.kind, effect.lasts, effect.retry_after, effect.appeal) == (
        "unverified", 7200.0, 0.0, "mailto:a@example.org",
    )  # fmt: skip


@pytest.mark.parametrize("hours", [0.0, -1.0, 721.0])
def test_a_link_lasts_some_time_and_not_for_ever(hours: float) -> None:
    with pytest.raises(ValueError, match=r"^link_hours: "):
        Verify(link_hours=hours)
