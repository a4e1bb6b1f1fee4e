"""The official OpenAI SDK when things go wrong or the guard steps in: the right error, the right number of times."""

from typing import Any

import openai
import pytest

from tests.sdk.openai_asking import SUMMARY, Ask, chat, client, respond, streamed_text


@pytest.mark.parametrize("stream", [True, False])
def test_an_answer_that_is_cut_off_raises(base_url: str, stream: bool) -> None:
    with pytest.raises(openai.APIError):
        list(chat(client(base_url), stream=stream, extra_headers={"x-model-script": "cut-after=2"}))


def test_an_error_in_the_middle_of_a_stream_raises(base_url: str) -> None:
    heard = chat(client(base_url), stream=True, extra_headers={"x-model-script": "error-after=4"})
    with pytest.raises(openai.APIError, match="The model stopped answering"):
        list(heard)


def test_a_cut_response_stream_raises_through_the_guard(guarded: str) -> None:
    with pytest.raises(openai.APIError):
        list(respond(client(guarded), stream=True, extra_headers={"x-model-script": "cut-after=5"}))


@pytest.mark.parametrize("ask", [chat, respond])
def test_a_denied_key_gets_one_clear_refusal(guarded: str, decide: Any, attempts: Any, ask: Ask) -> None:
    decision = decide("sk-denied", "deny")
    with pytest.raises(openai.PermissionDeniedError) as caught:
        ask(client(guarded, "sk-denied", max_retries=2, http_client=attempts(openai.DefaultHttpxClient)))
    assert attempts.made == 1
    assert caught.value.code == "access_suspended"
    assert caught.value.response.headers["stillguard-decision-id"] == decision
    assert decision in caught.value.message
    assert caught.value.request_id


def test_other_keys_are_not_touched_by_a_denial(guarded: str, decide: Any) -> None:
    decide("sk-denied-alone", "deny")
    assert chat(client(guarded, "sk-beside-it")).choices[0].message.content


def test_a_throttled_client_waits_and_succeeds(guarded: str, decide: Any, attempts: Any) -> None:
    decide("sk-slowed", "throttle", requests_per_minute=60, burst_seconds=1)
    to = client(guarded, "sk-slowed", max_retries=2, http_client=attempts(openai.DefaultHttpxClient))
    assert chat(to).choices[0].message.content
    assert chat(to).choices[0].message.content
    assert attempts.made == 3
    assert attempts.statuses == [200, 429, 200]


def test_a_wait_that_is_too_long_is_not_retried(guarded: str, decide: Any, attempts: Any) -> None:
    decision = decide("sk-stalled", "throttle", requests_per_minute=0.2, burst_seconds=300)
    to = client(guarded, "sk-stalled", max_retries=2, http_client=attempts(openai.DefaultHttpxClient))
    chat(to)
    with pytest.raises(openai.RateLimitError) as caught:
        chat(to)
    assert attempts.statuses == [200, 429]
    assert caught.value.code == "abnormal_usage_detected"
    assert decision in caught.value.message


def test_a_trimmed_client_gets_the_text_and_nothing_else(direct: str, guarded: str, decide: Any) -> None:
    decide("sk-trimmed", "trim", logprobs=True, reasoning=True, samples=1)
    to, wanted = client(guarded, "sk-trimmed"), {"logprobs": True, "top_logprobs": 3, "reasoning_effort": "low"}
    whole = chat(to, n=4, **wanted)
    plain = chat(client(direct)).choices[0].message.content
    assert len(whole.choices) == 1
    assert whole.choices[0].message.content == plain
    assert whole.choices[0].logprobs is None
    assert not getattr(whole.choices[0].message, "reasoning_content", None)
    chunks = list(chat(to, stream=True, **wanted))
    assert streamed_text(chunks) == plain
    assert not any(chunk.choices[0].logprobs for chunk in chunks if chunk.choices)
    assert not any(getattr(c.choices[0].delta, "reasoning_content", None) for c in chunks if c.choices)


def test_a_trimmed_response_has_no_reasoning(direct: str, guarded: str, decide: Any) -> None:
    decide("sk-trimmed-responses", "trim", logprobs=True, reasoning=True, samples=1)
    to = client(guarded, "sk-trimmed-responses")
    asked = {"reasoning": SUMMARY, "include": ["reasoning.encrypted_content", "message.output_text.logprobs"]}
    plain = respond(client(direct)).output_text
    for stream in (False, True):
        heard = respond(to, stream=stream, **asked)
        final = list(heard)[-1].response if stream else heard
        assert final.output_text == plain
        for item in final.output:
            assert not getattr(item, "encrypted_content", None)
            assert not getattr(item, "summary", None)
            assert not getattr(item, "content", None) or not item.content[0].logprobs


def test_a_model_that_is_gone_is_a_bad_gateway(guarded: str) -> None:
    with pytest.raises(openai.InternalServerError) as caught:
        chat(client(guarded), model="gone-1")
    assert caught.value.status_code == 502
    assert caught.value.request_id


def test_a_model_that_is_silent_is_a_gateway_timeout(guarded: str) -> None:
    with pytest.raises(openai.InternalServerError) as caught:
        chat(client(guarded), model="silent-1", extra_headers={"x-model-script": "slow-head=60"})
    assert caught.value.status_code == 504
