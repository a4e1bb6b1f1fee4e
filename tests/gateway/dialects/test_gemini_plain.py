"""The quick readers and the patient ones agree on every body that the quick ones take."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.dialects import gemini_answer, gemini_plain, gemini_query
from gateway.dialects.gemini_query import snake
from gateway.exchange import Query

ODD = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 2**70), st.floats(), st.text(max_size=8), st.just([]), st.just({}),
    st.just([{}]), st.just([{"name": "f"}, 1]), st.just({"includeThoughts": True}), st.just({"name": "f"}),
    st.just({"mimeType": "image/png"}), st.just({"blockReason": "SAFETY"}),
)  # fmt: skip


def either(*names: str) -> dict[str, st.SearchStrategy[Any]]:
    return dict.fromkeys([spelt for name in names for spelt in (name, snake(name))], ODD)


MANY = {"optional": either("thought", "thoughtSignature", "functionCall", "toolCall", "functionResponse", "inlineData")}
PART = st.fixed_dictionaries({}, optional={"text": st.one_of(st.text(max_size=9), ODD), **MANY["optional"]})
PLAIN_PART = st.fixed_dictionaries({"text": st.text(max_size=9)})
PARTS = st.one_of(st.lists(PLAIN_PART, max_size=3), st.lists(PART, max_size=3), PART, ODD)
CONTENT = st.fixed_dictionaries(
    {}, optional={"parts": PARTS, "role": st.one_of(st.sampled_from(["user", "model", "function", "", "robot"]), ODD)}
)
CONFIG = either("maxOutputTokens", "candidateCount", "responseLogprobs", "logprobs", "temperature", "thinkingConfig")
ASKED = {
    **either("generateContentRequest", "systemInstruction", "requests", "content"),
    "contents": st.one_of(st.lists(CONTENT, max_size=3), CONTENT),
    "systemInstruction": st.one_of(CONTENT, ODD),
    "generationConfig": st.one_of(st.fixed_dictionaries({}, optional=CONFIG), ODD),
    "tools": st.one_of(st.lists(st.fixed_dictionaries({}, optional=either("functionDeclarations")), max_size=2), ODD),
}
CANDIDATE = {
    "content": st.one_of(CONTENT, ODD),
    "index": st.one_of(st.integers(-1, 2), ODD),
    "finishReason": st.one_of(st.sampled_from(["STOP", "MAX_TOKENS", "SAFETY", "OTHER", "NEW_WORD", ""]), ODD),
    **either("avgLogprobs", "logprobsResult"),
    "finish_reason": ODD,
}
COUNTS = either("promptTokenCount", "toolUsePromptTokenCount", "candidatesTokenCount", "thoughtsTokenCount")
WHOLE = {
    "candidates": st.lists(st.fixed_dictionaries({}, optional=CANDIDATE), max_size=3),
    "usageMetadata": st.one_of(st.fixed_dictionaries({}, optional=COUNTS), ODD),
    **either("promptFeedback", "error", "embedding", "embeddings", "totalTokens"),
}


def patient(body: bytes) -> Query:
    return msgspec.structs.replace(gemini_query.read(body), model="m", stream=True)


@given(st.fixed_dictionaries({}, optional=ASKED))
@example(
    {"contents": [{"parts": [{"text": "hello"}, {"text": ""}]}], "tools": [{}, {"functionDeclarations": [{}, {}]}]}
)
@example({"contents": [], "systemInstruction": "Be brief.", "generationConfig": {"responseLogprobs": True}})
def test_a_query_is_read_alike(asked: dict[str, Any]) -> None:
    body = json.dumps(asked).encode()
    assert gemini_plain.read(body, "m", stream=True) in {None, patient(body)}


@given(st.fixed_dictionaries({}, optional=WHOLE))
@example({"candidates": [{"content": {"parts": [{"text": "a"}]}, "finishReason": "STOP", "avgLogprobs": -0.1}, {}]})
@example({"candidates": []})
def test_an_answer_is_heard_alike(whole: dict[str, Any]) -> None:
    body = json.dumps(whole).encode()
    assert gemini_plain.hear(body) in {None, gemini_answer.hear(body)}


@given(st.binary(max_size=60))
def test_any_bytes_are_taken_alike_or_left(body: bytes) -> None:
    assert gemini_plain.read(body, "m", stream=True) in {None, patient(body)}
    assert gemini_plain.hear(body) in {None, gemini_answer.hear(body)}


def test_an_everyday_exchange_is_read_quickly() -> None:
    asked = {"contents": [{"role": "user", "parts": [{"text": "u"}]}], "generationConfig": {"maxOutputTokens": 9}}
    said = {"candidates": [{"content": {"role": "model", "parts": [{"text": "a"}]}, "finishReason": "STOP"}],
            "usageMetadata": {"promptTokenCount": 3}}  # fmt: skip
    assert gemini_plain.read(json.dumps(asked).encode(), "m", stream=False) is not None
    assert gemini_plain.hear(json.dumps(said).encode()) is not None


@pytest.mark.parametrize("body", [b"", b"data: {}\n\n", b"[]", b"null", b"{}", b'{"candidates": [{"index": 1}]}'])
def test_what_is_not_plain_is_left_to_the_patient_reader(body: bytes) -> None:
    assert gemini_plain.hear(body) is None
