"""Caps on alternatives and thinking, excerpts of reasoning, and the bias that never goes with log-probabilities."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.actions.base import NO_TRIMMING, Trimming
from gateway.dialects.known import Dialects

BIAS = {"logit_bias": {"17": 50}}
TRIMMINGS = st.builds(
    Trimming,
    logprobs=st.booleans(),
    alternatives=st.integers(0, 5),
    samples=st.integers(0, 2),
    max_tokens=st.integers(0, 9),
    reasoning=st.booleans(),
    model=st.sampled_from(["", "small"]),
    members=st.just({}),
    blur=st.none(),
    model_shown=st.just(""),
    reasoning_budget=st.integers(0, 99),
    reasoning_excerpt=st.just(0),
)
ASKS: list[tuple[str, dict[str, Any]]] = [
    ("/v1/chat/completions", {"logprobs": True, "top_logprobs": 5}),
    ("/v1/chat/completions", {"LogProbs": True, "top_logprobs": 0}),
    ("/v1/chat/completions", {"prompt_logprobs": 2}),
    ("/v1/completions", {"logprobs": 0}),
    ("/v1/responses", {"top_logprobs": 3}),
    ("/v1/responses", {"include": ["message.output_text.logprobs"]}),
]


def written(path: str, body: Any, trimming: Trimming) -> Any:
    dialect, surface = Dialects().find("POST", path, [])
    return json.loads(dialect.write(surface, json.dumps(body).encode(), trimming))


def asks_for_logprobs(body: dict[str, Any]) -> bool:
    named = any(key.lower() in {"logprobs", "top_logprobs", "prompt_logprobs"} for key in body)
    return named or "message.output_text.logprobs" in body.get("include", [])


@pytest.mark.parametrize(("path", "asked"), ASKS)
@given(trimming=TRIMMINGS.filter(lambda trimming: trimming != NO_TRIMMING))
def test_a_bias_never_goes_with_log_probabilities(path: str, asked: dict[str, Any], trimming: Trimming) -> None:
    sent = written(path, {"model": "m", **asked, **BIAS}, trimming)
    assert not ("logit_bias" in sent and asks_for_logprobs(sent))


@pytest.mark.parametrize(("path", "asked"), ASKS)
def test_either_of_them_alone_stays_where_they_are_not_taken_out(path: str, asked: dict[str, Any]) -> None:
    mild = Trimming(samples=4)
    assert written(path, {"model": "m", **asked}, mild) == {"model": "m", **asked}
    assert written(path, {"model": "m", **BIAS}, mild) == {"model": "m", **BIAS}


@pytest.mark.parametrize(
    ("path", "asked", "left"),
    [
        ("/v1/chat/completions", {"logprobs": True, "top_logprobs": 20}, {"logprobs": True, "top_logprobs": 2}),
        ("/v1/chat/completions", {"logprobs": True, "top_logprobs": "20"}, {"logprobs": True, "top_logprobs": 2}),
        ("/v1/chat/completions", {"logprobs": True, "top_logprobs": 1}, {"logprobs": True, "top_logprobs": 1}),
        ("/v1/completions", {"logprobs": 5}, {"logprobs": 2}),
        ("/v1/responses", {"top_logprobs": 9}, {"top_logprobs": 2}),
        (
            "/v1beta/models/m:generateContent",
            {"generationConfig": {"responseLogprobs": True, "logprobs": 9}},
            {"generationConfig": {"responseLogprobs": True, "logprobs": 2}},
        ),
    ],
)
def test_fewer_alternatives_are_asked_for(path: str, asked: Any, left: Any) -> None:
    assert written(path, asked, Trimming(alternatives=2)) == left


@pytest.mark.parametrize(
    ("path", "asked", "left"),
    [
        ("/v1/chat/completions", {"reasoning_effort": "high"}, {"reasoning_effort": "low"}),
        ("/v1/chat/completions", {"reasoning_effort": "minimal"}, {"reasoning_effort": "minimal"}),
        ("/v1/chat/completions", {"thinking_budget": 9000}, {"thinking_budget": 2000}),
        ("/v1/responses", {"reasoning": {"effort": "medium"}}, {"reasoning": {"effort": "low"}}),
        (
            "/v1/messages",
            {"max_tokens": 9000, "thinking": {"type": "enabled", "budget_tokens": 8000}},
            {"max_tokens": 9000, "thinking": {"type": "enabled", "budget_tokens": 2000}},
        ),
        ("/v1/messages", {"output_config": {"effort": "max"}}, {"output_config": {"effort": "low"}}),
        (
            "/v1beta/models/m:generateContent",
            {"generationConfig": {"thinkingConfig": {"thinkingBudget": -1}}},
            {"generationConfig": {"thinkingConfig": {"thinkingBudget": 2000}}},
        ),
        (
            "/v1beta/models/m:generateContent",
            {"generation_config": {"thinking_config": {"thinking_level": "HIGH"}}},
            {"generation_config": {"thinking_config": {"thinking_level": "low"}}},
        ),
    ],
)
def test_thinking_is_capped_in_the_dialects_own_words(path: str, asked: Any, left: Any) -> None:
    assert written(path, asked, Trimming(reasoning_budget=2000)) == left


def test_a_budget_that_the_api_would_refuse_is_no_thinking_at_all() -> None:
    asked = {"max_tokens": 9000, "thinking": {"type": "enabled", "budget_tokens": 8000}}
    assert written("/v1/messages", asked, Trimming(reasoning_budget=500)) == {"max_tokens": 9000}


EXCERPT = Trimming(reasoning=True, reasoning_excerpt=10)


def said(*thoughts: str) -> str:
    """Return the reasoning that a client reads of a stream of these pieces."""
    dialect, surface = Dialects().find("POST", "/v1/chat/completions", [])
    rewriter = dialect.rewriter(surface, "text/event-stream", EXCERPT)
    assert rewriter is not None
    heard = b""
    for thought in thoughts:
        chunk = {"choices": [{"index": 0, "delta": {"reasoning_content": thought}}]}
        heard += rewriter.feed(b"data: " + json.dumps(chunk).encode() + b"\n\n")
    heard += rewriter.finish()
    chunks = [json.loads(line[6:]) for line in heard.splitlines() if line]
    return "".join(chunk["choices"][0]["delta"]["reasoning_content"] for chunk in chunks)


@given(thoughts=st.lists(st.text("abc ", min_size=1, max_size=7), min_size=1))
def test_an_excerpt_is_the_first_characters_however_they_come(thoughts: list[str]) -> None:
    whole = "".join(thoughts)
    heard = said(*thoughts)
    assert heard.removesuffix("…") == whole[:10]
    assert heard.endswith("…") == (len(whole) > 10)


def test_an_excerpt_leaves_no_sealed_reasoning() -> None:
    dialect, surface = Dialects().find("POST", "/v1/chat/completions", [])
    rewriter = dialect.rewriter(surface, "application/json", EXCERPT)
    assert rewriter is not None
    message = {"content": "Hi", "reasoning": "abc", "reasoning_details": [{"data": "sealed"}]}
    out = rewriter.feed(json.dumps({"choices": [{"message": message}]}).encode()) + rewriter.finish()
    assert json.loads(out) == {"choices": [{"message": {"content": "Hi", "reasoning": "abc"}}]}
