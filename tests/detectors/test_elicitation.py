from collections.abc import Iterable
from random import Random

import pytest

from detectors.base import CEILING, Baseline, QueryObservation
from detectors.elicitation import Elicitation, ElicitationState

NOW = 1_700_000_000.0
WEEK = 7 * 86_400.0


def fold(queries: Iterable[tuple[float, int, bool]]) -> ElicitationState:
    state = Elicitation().initial()
    for at, scaffold, demands in queries:
        state = Elicitation().update(state, QueryObservation(at=at, scaffold=scaffold, demands_reasoning=demands))
    return state


def weight(queries: Iterable[tuple[float, int, bool]], rate: float = 0.1) -> float:
    return Elicitation().evidence(fold(queries), Baseline(numbers={"elicitation.rate": rate})).weight


@pytest.mark.parametrize("times", [1, 10, 10_000])
def test_one_template_is_never_worth_more_than_one_over_the_rate(times: int) -> None:
    assert weight((NOW + i, 7, True) for i in range(times)) < 2.31  # ln 10


def test_requests_do_not_count_templates_do() -> None:
    once = [(NOW + i, i + 1, True) for i in range(10)]
    assert weight(once) == pytest.approx(weight(once * 50), abs=1e-9)


def test_many_honest_templates_with_a_few_that_demand_say_nothing() -> None:
    dice = Random(1)
    assert weight((NOW + i, dice.getrandbits(64), i % 12 == 0) for i in range(3000)) == 0.0


def test_a_sleeper_is_caught_in_a_new_week() -> None:
    honest = [(NOW + i, i + 1, False) for i in range(5000)]
    search = [(NOW + 2 * WEEK + i, 10**6 + i, True) for i in range(20)]
    assert weight(honest) == 0.0
    assert weight([*honest, *search]) > 13.8


def test_members_of_a_campaign_with_one_template_are_one_template() -> None:
    member = fold([(NOW, 7, True)])
    campaign = member
    for i in range(50):
        campaign = Elicitation().merge(campaign, fold([(NOW + i, 7, True)]))
    assert Elicitation().evidence(campaign, Baseline()).weight < 2.31
    assert campaign.queries == 51


def test_without_a_scaffold_the_opening_tells_templates_apart() -> None:
    state = Elicitation().initial()
    for i in range(12):
        state = Elicitation().update(state, QueryObservation(at=NOW, opening=i + 1, demands_reasoning=True))
    assert Elicitation().evidence(state, Baseline()).because["demanding_templates"] == pytest.approx(12.0, rel=0.3)


def test_the_statistic_is_the_share_of_templates() -> None:
    state = fold((NOW + i, i % 8, i % 8 == 0) for i in range(100))
    assert 1 / 12 < Elicitation().statistic(state)["elicitation.rate"] <= 1 / 8  # the innocent side of the sketch
    assert Elicitation().statistic(Elicitation().initial()) == {}


def taken(insists: bool, n: int = 200, payloads: int = 2**64) -> float:
    dice, state = Random(2), Elicitation().initial()
    for i in range(n):
        asked = QueryObservation(
            at=NOW + i, scaffold=7, payload=dice.randrange(payloads), demands_reasoning=True, insists=insists
        )
        state = Elicitation().update(state, asked)
    return Elicitation().evidence(state, Baseline(numbers={"elicitation.taken_rate": 0.5})).weight


def test_new_questions_under_one_sentence_reach_the_mildest_measure_and_no_further() -> None:
    assert 8.0 < taken(insists=True, n=600) <= Elicitation().ceiling
    assert taken(insists=True, n=5000) <= Elicitation().ceiling


def test_a_sentence_in_ones_settings_stays_a_habit_however_often_one_asks() -> None:
    assert 2.31 < taken(insists=True, n=80) <= CEILING


def test_reasoning_in_tags_counts_half_and_the_same_questions_again_hardly() -> None:
    assert taken(insists=False) < 2.31
    assert taken(insists=True, payloads=5) < 2.31
