from typing import Any

import pytest

from detectors.base import AnswerObservation, Baseline, QueryObservation
from detectors.interface import Interface
from detectors.stats.tally import totals

NOW = 1_700_000_000.0


@pytest.mark.parametrize(
    ("x", "parameters"),
    [
        (0.5, {"logprobs": 9, "logit_bias": 1}),
        (0.5, {"logprobs": 5}),
        (0.5, {"logprobs": 20, "max_tokens": 17}),
        (0.25, {"logprobs": 1, "max_tokens": 500}),
        (0.0, {}),
        (0.0, {"logit_bias": 300}),
        (0.0, {"logprobs": 20, "max_tokens": 16}),
        (0.0, {"samples": 64}),
    ],
)
def test_a_question_is_worth_how_plainly_it_probes(x: float, parameters: dict[str, Any]) -> None:
    state = Interface().update(Interface().initial(), QueryObservation(at=NOW, **parameters))
    assert totals(state.queries) == (1, x)


@pytest.mark.parametrize(
    ("x", "parameters"),
    [(1.0, {"logprobs": 1, "logit_bias": 1, "max_tokens": 1}), (0.0, {"logit_bias": 300}), (0.0, {"logprobs": 20})],
)
def test_a_logit_bias_with_log_probabilities_lifts_logits(x: float, parameters: dict[str, Any]) -> None:
    state = Interface().update(Interface().initial(), QueryObservation(at=NOW, **parameters))
    assert totals(state.lifted) == (1, x)


def test_reasons_name_each_kind_of_probe_by_its_share() -> None:
    state = Interface().initial()
    probes: list[dict[str, Any]] = [{"logprobs": 5, "logit_bias": 9}, {}, {}, {}]
    for parameters in probes:
        state = Interface().update(state, QueryObservation(at=NOW, **parameters))
    assert Interface().evidence(state, Baseline()).because == {
        "queries": 4.0,
        "bias_with_logprobs_share": 0.25,
        "logprobs_over_long_text_share": 0.25,
    }


def test_answers_are_no_trials() -> None:
    answer = AnswerObservation(at=NOW, query=QueryObservation(at=NOW, logprobs=5))
    assert Interface().update(Interface().initial(), answer) == Interface().initial()


def test_a_platform_whose_honest_clients_all_probe_can_calibrate_it_away() -> None:
    state = Interface().initial()
    for _ in range(1000):
        state = Interface().update(state, QueryObservation(at=NOW, logprobs=5))
    assert 3.0 < Interface().evidence(state, Baseline()).weight < Interface().ceiling
    assert Interface(ceiling=1000.0).evidence(state, Baseline()).weight > 13.8
    assert Interface().evidence(state, Baseline(numbers={"interface.rate": 0.5})).weight == 0.0
    assert Interface().statistic(state) == {"interface.rate": 0.5, "interface.lift_rate": 0.0}


def test_the_cap_of_a_scoring_job_is_a_parameter() -> None:
    detector = Interface(scoring_tokens=64)
    state = detector.update(detector.initial(), QueryObservation(at=NOW, logprobs=5, max_tokens=64))
    assert totals(state.queries) == (1, 0.0)
