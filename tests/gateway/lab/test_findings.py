"""Who counts where, and what every detector may cost the honest."""

import math
from collections.abc import Callable

import pytest

from gateway.lab.findings import Findings, detected, false_alarms, kind, queries, windows
from gateway.lab.outcome import Outcome, Who


def test_every_tenant_is_in_one_group(found: Findings) -> None:
    groups = [found.honest(), found.contracted(), found.single(), found.padded(), found.slow()]
    assert [len(group) for group in groups] == [200, 1, 10, 8, 1]
    assert sum(map(len, groups)) == len(found.outcomes)
    assert len(found.thieves()) == 19


def test_rivals_may_alarm_as_many_as_the_policy_did(found: Findings) -> None:
    assert found.rate() == pytest.approx(0.005)
    limits = found.limits(found.rate())
    assert sum(one.rivals["meter"].reaches(limits["meter"]) > 0 for one in found.honest()) == 1
    worse = found._replace(outcomes=[one._replace(alarm=5) for one in found.outcomes])
    assert worse.rate() == pytest.approx(1.0)


def test_only_rises_count_as_alarms(make: Callable[..., Outcome], who: Callable[..., Who]) -> None:
    one = make(who(1), fused=10.0)
    assert (false_alarms([one, one], 1e4), false_alarms([one], 1e5)) == (2, 0)
    twice = one._replace(trace=one.trace._replace(fused=one.trace.fused[[2, 0, 2]]))
    assert false_alarms([twice], 1e4) == 2
    held = one._replace(trace=one.trace._replace(fused=one.trace.fused[[2, 2, 2]]))
    assert false_alarms([held], 1e4) == 1


def test_padded_ones_are_a_kind_for_each_share(found: Findings) -> None:
    assert {kind(one) for one in found.thieves()} == {"harvest", "padded_10", "padded_25"}


def test_never_is_no_number_of_queries() -> None:
    assert queries([0, 0, 5]) == math.inf
    assert queries([0, 4, 5]) == pytest.approx(5.0)
    assert detected([0, 4, 5, 6]) == pytest.approx(0.75)
    assert detected([]) == pytest.approx(0.0)


def test_windows_without_attack_do_not_count(make: Callable[..., Outcome], who: Callable[..., Who]) -> None:
    one = make(who(1, "adversary", 0.25))
    bare = one._replace(windows=(one.windows[0]._replace(attack=0.05),))
    assert len(windows([one, bare], 200)) == 1
