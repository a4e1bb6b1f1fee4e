"""The quick readers and the patient ones agree on every body that the quick ones take."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.dialects import openai_answers, openai_plain
from gateway.dialects.openai_chat import read_chat
from gateway.dialects.wire import document
from tests.gateway.dialects.samples.openai_chat import PLAIN

ODD = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 2**70), st.floats(), st.text(max_size=8), st.just([]), st.just({}),
    st.just([{"type": "text", "text": "part"}]), st.just({"reasoning_tokens": 3}), st.just([{"data": "c2VhbGVk"}]),
)  # fmt: skip
MESSAGE = {
    "role": st.sampled_from(["system", "developer", "user", "assistant", "tool", "function", "", "robot"]),
    "content": st.one_of(st.none(), st.text(max_size=20)),
    **dict.fromkeys(["name", "refusal", "tool_calls", "reasoning_details", "thinking_blocks", "audio"], ODD),
}
ASKED = {
    "messages": st.lists(st.fixed_dictionaries({}, optional=MESSAGE), max_size=5),
    **dict.fromkeys(
        ["model", "max_tokens", "max_completion_tokens", "n", "logprobs", "top_logprobs", "logit_bias", "temperature",
         "stream", "tools", "functions", "include_reasoning", "reasoning", "thinking", "chat_template_kwargs"],
        ODD,
    ),
}  # fmt: skip
CHOICE = {
    "index": st.integers(-1, 3),
    "message": st.fixed_dictionaries(
        {},
        optional={
            "content": st.one_of(st.none(), st.text(max_size=20)),
            "refusal": st.one_of(st.none(), st.text(max_size=5)),
            **dict.fromkeys(["audio", "tool_calls", "function_call", "reasoning_content", "reasoning"], ODD),
            **dict.fromkeys(["reasoning_details", "thinking_blocks"], ODD),
        },
    ),
    "finish_reason": st.one_of(st.none(), st.sampled_from(["stop", "length", "eos_token", "content_filter", ""])),
    **dict.fromkeys(["text", "delta", "logprobs", "prompt_logprobs", "reasoning"], ODD),
}
USAGE = dict.fromkeys(
    ["prompt_tokens", "input_tokens", "completion_tokens", "output_tokens", "completion_tokens_details",
     "output_tokens_details"],
    ODD,
)  # fmt: skip
WHOLE = {
    "choices": st.lists(st.fixed_dictionaries({}, optional=CHOICE), max_size=3),
    "usage": st.one_of(ODD, st.fixed_dictionaries({}, optional=USAGE)),
    **dict.fromkeys(["error", "data", "prompt_logprobs"], ODD),
}


@given(st.fixed_dictionaries({}, optional=ASKED))
@example({"messages": [{"role": "user", "content": "hello"}], "n": 0, "top_logprobs": 3})
@example({"messages": [{"role": "assistant", "content": None}, {"role": "tool", "content": "7"}]})
def test_a_query_is_read_alike(asked: dict[str, Any]) -> None:
    body = json.dumps(asked).encode()
    assert openai_plain.read_chat(body) in {None, read_chat(document(body))}


@given(st.fixed_dictionaries({}, optional=WHOLE))
@example({"choices": [{"message": {"content": "a"}}, {"message": {"content": "b"}, "finish_reason": "stop"}]})
@example({"choices": []})
def test_an_answer_is_heard_alike(whole: dict[str, Any]) -> None:
    body = json.dumps(whole).encode()
    assert openai_plain.hear(body) in {None, openai_answers.hear(body)}


@given(st.binary(max_size=60))
def test_any_bytes_are_taken_alike_or_left(body: bytes) -> None:
    assert openai_plain.read_chat(body) in {None, read_chat(document(body))}
    assert openai_plain.hear(body) in {None, openai_answers.hear(body)}


def test_an_everyday_exchange_is_read_quickly() -> None:
    asked = {"model": "m", "messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}], "n": 2}
    assert openai_plain.read_chat(json.dumps(asked).encode()) is not None
    assert openai_plain.hear(PLAIN.response) == PLAIN.answer


@pytest.mark.parametrize("body", [b"", b"data: {}\n\n", b"[]", b"null", b'{"choices": [{"index": 1, "message": {}}]}'])
def test_what_is_not_plain_is_left_to_the_patient_reader(body: bytes) -> None:
    assert openai_plain.hear(body) is None
