"""What befalls accounts: keys that are revoked, models that come out, customers behind one key, two things at once."""

import pytest

from detectors.lab.habits import RELEASE
from detectors.lab.population import Tenant, population
from detectors.lab.traffic import DAY, START, Asked

EVERYONE = population(None, "judge", size=0.25)


def lives(kind: str) -> list[tuple[Tenant, list[Asked]]]:
    return [(one, list(one.exchanges())) for one in EVERYONE if one.kind == kind and (one.share in (0.0, 1.0))]


def test_a_revoked_key_is_refused_and_another_goes_on() -> None:
    for _, life in lives("failover"):
        lost = next(i for i, one in enumerate(life) if one.status == 403)
        assert {one.key for one in life[:lost]} == {0}
        after = [one for one in life[lost:] if one.status == 200]
        assert after
        assert {one.key for one in after} == {1}


@pytest.mark.parametrize("kind", ["release_pivot", "release_day"])
def test_a_release_is_taken_up_at_once_by_those_who_wait_for_it(kind: str) -> None:
    for _, life in lives(kind):
        assert all(one.model == 1 for one in life if one.at > START + (RELEASE + 0.5) * DAY)
        assert all(one.model == 0 for one in life if one.at < START + RELEASE * DAY)


def test_a_reseller_has_many_prompts_and_sometimes_names_its_customers() -> None:
    many = [life for _, life in lives("reseller")]
    assert all(len({one.system for one in life}) > 1 for life in many)
    assert {bool(life[0].user) for life in many} <= {True, False}
    assert all({one.key for one in life} == {0} for life in many)


def test_a_class_begins_together_under_one_prompt() -> None:
    clubs: dict[str, list[list[Asked]]] = {}
    for tenant, life in lives("hackathon"):
        clubs.setdefault(f"{tenant.cast.club}/{tenant.cast.says.half}", []).append(life)
    shared = [club for club in clubs.values() if len(club) > 1]
    assert shared
    for club in shared:
        assert len({life[0].system for life in club}) == 1
        assert max(life[0].at for life in club) - min(life[0].at for life in club) < 3600.0


def test_a_team_does_two_honest_things() -> None:
    for tenant, life in lives("team"):
        assert tenant.label == "benign"
        assert tenant.cast.cover is not None
        assert life
        assert not any(one.attack for one in life)


def test_slow_accounts_ask_five_to_thirty_times_a_day() -> None:
    for kind in ("slow_instructions", "slow_code", "slow_reasoning"):
        for _, life in lives(kind):
            days = (life[-1].at - life[0].at) / DAY
            assert 3 < len(life) / max(days, 1.0) < 40
            assert days > 7
