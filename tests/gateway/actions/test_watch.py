from gateway.actions.base import NO_TRIMMING, Forward
from gateway.actions.watch import Watch
from gateway.exchange import Glance, Usage


def test_who_is_watched_notices_nothing() -> None:
    assert Watch().admit(Glance(), ()) == Forward(trimming=NO_TRIMMING)
    assert Watch().charges(Glance()) == ()
    assert Watch().settle(Glance(), Usage(completion_tokens=10)) == ()
