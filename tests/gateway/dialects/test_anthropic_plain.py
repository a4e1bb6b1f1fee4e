"""The quick readers and the patient ones agree on every body that the quick ones take."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.dialects import anthropic_answer, anthropic_plain, anthropic_query

ODD = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 2**70), st.floats(), st.text(max_size=8), st.just([]), st.just({}),
    st.just([{"type": "text", "text": "part"}]), st.just({"type": "enabled"}), st.just({"thinking_tokens": 3}),
)  # fmt: skip
BLOCK = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(
            ["text", "text", "text", "tool_use", "tool_result", "image", "thinking", "document", ""]
        ),
        "text": st.one_of(st.text(max_size=9), ODD),
        **dict.fromkeys(["content", "thinking", "signature", "data", "source", "cache_control"], ODD),
    },
)
PLAIN_BLOCK = st.fixed_dictionaries({"type": st.just("text"), "text": st.text(max_size=9)})
CONTENT = st.one_of(st.text(max_size=20), st.lists(PLAIN_BLOCK, max_size=3), st.lists(BLOCK, max_size=3), ODD)
MESSAGE = {"role": st.sampled_from(["user", "assistant", "system", "", "robot"]), "content": CONTENT}
ASKED = {
    "messages": st.lists(st.fixed_dictionaries({}, optional=MESSAGE), max_size=4),
    "system": CONTENT,
    **dict.fromkeys(["model", "max_tokens", "max_tokens_to_sample", "temperature", "tools", "stream", "thinking"], ODD),
}
COUNTS = dict.fromkeys(
    ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "output_tokens",
     "output_tokens_details"],
    ODD,
)  # fmt: skip
WHOLE = {
    "content": CONTENT,
    "stop_reason": st.one_of(st.sampled_from(["end_turn", "max_tokens", "refusal", "tool_use", "new_word", ""]), ODD),
    "usage": st.one_of(ODD, st.fixed_dictionaries({}, optional=COUNTS)),
    **dict.fromkeys(["error", "completion", "stop_details"], ODD),
}


@given(st.fixed_dictionaries({}, optional=ASKED))
@example({"messages": [{"role": "user", "content": "hello"}], "max_tokens": 5, "tools": [{}, 1]})
@example({"messages": [{"role": "", "content": [{"type": "text", "text": ""}]}, {"role": "system", "content": "s"}]})
def test_a_query_is_read_alike(asked: dict[str, Any]) -> None:
    body = json.dumps(asked).encode()
    assert anthropic_plain.read(body) in {None, anthropic_query.read_message(body)}


@given(st.fixed_dictionaries({}, optional=WHOLE))
@example({"content": [], "error": None})
@example({"content": [{"type": "text", "text": "a"}], "stop_reason": None, "usage": {"cache_read_input_tokens": 7}})
def test_an_answer_is_heard_alike(whole: dict[str, Any]) -> None:
    body = json.dumps(whole).encode()
    assert anthropic_plain.hear(body) in {None, anthropic_answer.hear(body)}


@given(st.binary(max_size=60))
def test_any_bytes_are_taken_alike_or_left(body: bytes) -> None:
    assert anthropic_plain.read(body) in {None, anthropic_query.read_message(body)}
    assert anthropic_plain.hear(body) in {None, anthropic_answer.hear(body)}


def test_an_everyday_exchange_is_read_quickly() -> None:
    asked = {"model": "m", "system": "s", "max_tokens": 9, "messages": [{"role": "user", "content": "u"}]}
    said = {"type": "message", "content": [{"type": "text", "text": "a"}], "stop_reason": "end_turn",
            "usage": {"input_tokens": 3, "output_tokens": 4}}  # fmt: skip
    assert anthropic_plain.read(json.dumps(asked).encode()) is not None
    assert anthropic_plain.hear(json.dumps(said).encode()) is not None


@pytest.mark.parametrize("body", [b"", b"event: ping\n\n", b"[]", b"null", b"{}", b'{"content": [], "error": null}'])
def test_what_is_not_plain_is_left_to_the_patient_reader(body: bytes) -> None:
    assert anthropic_plain.hear(body) is None
