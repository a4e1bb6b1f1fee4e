from collections.abc import Iterable
from random import Random
from typing import Any

import pytest

from detectors.base import AnswerObservation, Baseline, Evidence, QueryObservation
from detectors.repetition import Repetition, RepetitionState

NOW = 1_700_000_000.0
DAY = 86_400.0
HARVEST: dict[str, Any] = {"scaffold": 5, "opening": 6}
UNBOUNDED = Repetition(ceiling=1000.0)  # what it would say if one template could condemn


def answer(at: float, tokens: int, **query: Any) -> AnswerObservation:
    return AnswerObservation(at=at + 5.0, query=QueryObservation(at=at, **query), completion_tokens=tokens)


def fold(answers: Iterable[AnswerObservation], detector: Repetition | None = None) -> RepetitionState:
    detector = detector or Repetition()
    state = detector.initial()
    for one in answers:
        state = detector.update(state, one)
    return state


def said(answers: Iterable[AnswerObservation], **numbers: float) -> Evidence:
    named = {f"repetition.{name}": value for name, value in numbers.items()}
    return UNBOUNDED.evidence(fold(answers), Baseline(numbers=named))


@pytest.mark.parametrize(
    "query",
    [{"turns": 5}, {"tools": 3}, {"tool_results": 1}],
    ids=["a conversation", "an agent with tools", "a tool loop"],
)
def test_long_answers_in_other_company_are_no_harvest(query: dict[str, Any]) -> None:
    assert said(answer(NOW + i, 900, payload=i, **HARVEST, **query) for i in range(500)).weight == 0.0


def test_a_translation_is_no_harvest() -> None:
    pages = (answer(NOW + i, 900, payload=i, payload_chars=3000, **HARVEST) for i in range(500))
    assert said(pages).weight == 0.0


def test_queries_without_a_fixed_part_share_no_template() -> None:
    dice = Random(5)
    bare = [answer(NOW + 60.0 * i, 900, payload=dice.getrandbits(64)) for i in range(1000)]
    varied = [
        answer(NOW + 60.0 * i, 900, payload=dice.getrandbits(64), opening=dice.getrandbits(64)) for i in range(1000)
    ]
    for life in (bare, varied):
        because = said(life).because
        assert (because["template_share"], because["scaffold_share"]) == (0.0, 0.0)
        assert said(life).weight == 0.0


def test_a_repeated_opening_is_a_template_without_a_fixed_part_too() -> None:
    assert said(answer(NOW + 60.0 * i, 900, payload=i, opening=6) for i in range(200)).weight > 13.8


def test_bare_queries_do_not_hide_a_harvest_among_them() -> None:
    dice = Random(6)
    mixed = [
        answer(NOW + 60.0 * i, 900, payload=dice.getrandbits(64), **(HARVEST if i % 2 else {})) for i in range(600)
    ]
    assert said(mixed, rate=0.1, scaffold_rate=0.1).weight > 13.8


def test_an_evaluation_run_again_on_the_same_items_is_no_harvest() -> None:
    assert said(answer(NOW + 60.0 * i, 900, payload=i % 100, **HARVEST) for i in range(1000)).weight == 0.0


def test_an_app_whose_users_all_begin_differently_is_no_harvest_under_its_own_scaffold_rate() -> None:
    dice = Random(1)
    app = [
        answer(NOW + 60.0 * i, 900, payload=dice.getrandbits(64), scaffold=5, opening=dice.getrandbits(64))
        for i in range(2000)
    ]
    assert said(app, scaffold_rate=0.95).weight == 0.0
    assert said(app).weight > 13.8  # without calibration one scaffold with free questions looks like a harvest


def test_a_model_that_does_not_count_is_read_by_its_characters() -> None:
    plain = QueryObservation(at=NOW, payload=1, **HARVEST)
    for chars, long in ((799, 0), (800, 1)):
        state = fold([AnswerObservation(at=NOW, query=plain, text_chars=chars)])
        assert state.answers.k == 64 * long


def test_a_sleeper_is_caught_within_a_hundred_queries() -> None:
    dice = Random(2)
    honest = [answer(NOW + i * DAY / 300, 80, payload=dice.getrandbits(64), turns=3) for i in range(3000)]
    harvest = [answer(NOW + 10.5 * DAY + i, 900, payload=dice.getrandbits(64), **HARVEST) for i in range(100)]
    assert said(honest).weight == 0.0
    assert said([*honest, *harvest]).weight > 13.8


def test_a_harvest_hidden_among_honest_answers_is_caught() -> None:
    dice = Random(3)
    mixed = [
        answer(NOW + 60.0 * i, 900, payload=dice.getrandbits(64), **HARVEST)
        if i % 10 == 0
        else answer(NOW + 60.0 * i, 90, payload=dice.getrandbits(64), turns=3)
        for i in range(1500)
    ]
    assert said(mixed, rate=0.02, scaffold_rate=0.05).weight > 13.8


def test_templates_shared_by_members_are_seen_when_they_are_merged() -> None:
    members = [fold([answer(NOW + i, 900, payload=i, **HARVEST)]) for i in range(80)]
    assert all(Repetition().evidence(state, Baseline()).weight == 0.0 for state in members)
    campaign = members[0]
    for state in members[1:]:
        campaign = Repetition().merge(campaign, state)
    assert UNBOUNDED.evidence(campaign, Baseline()).weight > 13.8


def test_a_new_week_shelves_the_last_one_and_forgets_nothing() -> None:
    weeks = [answer(NOW + 7 * DAY * w + i, 900, payload=1000 * w + i, **HARVEST) for w in range(3) for i in range(50)]
    late = [*weeks[100:], *weeks[:100]]
    assert fold(weeks).answers == fold(late).answers
    assert fold(weeks).before != fold(weeks).week
    assert said(weeks).weight == pytest.approx(said(late).weight, rel=0.1)
    assert said(weeks).because["long_single"] == 150.0


def test_members_of_different_weeks_make_the_case_that_one_client_would() -> None:
    weeks = [[answer(NOW + 7 * DAY * w + i, 900, payload=99 * w + i, **HARVEST) for i in range(50)] for w in range(2)]
    merged = Repetition().merge(fold(weeks[0]), fold(weeks[1]))
    assert merged == Repetition().merge(fold(weeks[1]), fold(weeks[0]))
    assert merged == fold([*weeks[0], *weeks[1]])


def test_errors_and_bare_queries_are_no_trials() -> None:
    query = QueryObservation(at=NOW, payload=1)
    refused = AnswerObservation(at=NOW, query=query, status=429, completion_tokens=900)
    assert fold([refused]) == Repetition().initial()
    assert Repetition().update(Repetition().initial(), query) == Repetition().initial()


def test_the_statistic_speaks_of_the_rates_it_is_calibrated_by() -> None:
    state = fold(answer(NOW + i, 900 if i % 2 else 5, payload=i, **HARVEST) for i in range(400))
    measured = Repetition().statistic(state)
    assert measured.keys() == Repetition.nulls.keys()
    assert measured["repetition.rate"] == pytest.approx(0.4, abs=0.1)  # a half, less the sketch's lower bound
    assert Repetition().statistic(Repetition().initial()) == {}


def test_what_is_long_is_a_parameter() -> None:
    strict = Repetition(long_tokens=2000, long_chars=8000)
    assert fold([answer(NOW, 900, payload=1)], strict).answers.k == 0


def test_one_template_alone_never_says_more_than_its_ceiling() -> None:
    state = fold(answer(NOW + 60.0 * i, 900, payload=i, **HARVEST) for i in range(500))
    assert Repetition().evidence(state, Baseline()).weight == Repetition().ceiling < 9.0
    assert UNBOUNDED.evidence(state, Baseline()).weight > 100.0
