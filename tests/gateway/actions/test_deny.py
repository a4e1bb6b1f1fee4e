from gateway.actions.base import Refuse
from gateway.actions.deny import Deny
from gateway.exchange import Glance


def test_a_denial_says_where_to_complain_and_not_to_wait() -> None:
    refusal = Deny(appeal="mailto:abuse@example.com").admit(Glance(), ())
    assert isinstance(refusal, Refuse)
    assert (refusal.kind, refusal.retry_after, refusal.appeal) == ("denied", 0.0, "mailto:abuse@example.com")
