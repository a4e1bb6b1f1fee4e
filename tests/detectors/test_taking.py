from typing import Any

import pytest

from detectors.base import AnswerObservation, QueryObservation
from detectors.taking import Worth, worth_taking


def judged(query: dict[str, Any], **answer: Any) -> bool:
    asked = QueryObservation(at=1.0, **query)
    return worth_taking(AnswerObservation(at=2.0, query=asked, **answer), Worth())


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ({}, {"completion_tokens": 200}),
        ({}, {"text_chars": 800}),
        ({"turns": 2}, {"completion_tokens": 900}),
        ({}, {"completion_tokens": 900, "choices": 4}),
        ({}, {"completion_tokens": 900, "reasoning_tokens": 850, "reasoning_chars": 3400}),
        ({"payload_chars": 600, "prompt_chars": 600}, {"prompt_tokens": 150, "completion_tokens": 300}),
        ({"payload_chars": 200, "prompt_chars": 20_200}, {"prompt_tokens": 5050, "completion_tokens": 300}),
        ({"logprobs": 5, "logit_bias": 40}, {"completion_tokens": 1}),
    ],
    ids=["long", "long, not counted", "after a greeting", "choices each long", "reasoning that is shown",
         "twice what was given", "little under a long system prompt", "probabilities through a bias"],
)  # fmt: skip
def test_worth_taking(query: dict[str, Any], answer: dict[str, Any]) -> None:
    assert judged(query, **answer)


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ({}, {"completion_tokens": 199, "text_chars": 799}),
        ({"turns": 3}, {"completion_tokens": 900}),
        ({"tools": 1}, {"completion_tokens": 900}),
        ({"tool_results": 1}, {"completion_tokens": 900}),
        ({}, {"completion_tokens": 600, "text_chars": 2400, "choices": 4}),
        ({}, {"completion_tokens": 905, "reasoning_tokens": 900}),
        ({"payload_chars": 1000}, {"text_chars": 1300}),
        ({"payload_chars": 400, "prompt_chars": 400}, {"prompt_tokens": 400, "completion_tokens": 420,
                                                       "text_chars": 1500}),
        ({"logprobs": 5}, {"completion_tokens": 1}),
        ({"payload_chars": -(2**70), "prompt_chars": 2**70}, {"completion_tokens": -5, "prompt_tokens": 2**70}),
    ],
    ids=["short", "a conversation", "tools", "a tool's result", "choices each short", "a label after hidden reasoning",
         "a translation", "a translation from Chinese", "scoring", "absurd"],
)  # fmt: skip
def test_not_worth_taking(query: dict[str, Any], answer: dict[str, Any]) -> None:
    assert not judged(query, **answer)
