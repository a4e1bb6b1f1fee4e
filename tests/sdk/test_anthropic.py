"""The official Anthropic SDK, straight to the model and through the guard: what it hears must not differ."""

import asyncio
from collections.abc import Callable
from typing import Any

import anthropic
import pytest

ASKED = [{"role": "user", "content": "How do bakers keep a sourdough culture alive over summer?"}]
THINKING = {"type": "enabled", "budget_tokens": 1024}
TOOL = {
    "name": "forecast",
    "description": "Weather of the coming days.",
    "input_schema": {"type": "object", "properties": {"place": {"type": "string"}, "days": {"type": "integer"}}},
}
RESULT = [
    *ASKED,
    {"role": "assistant", "content": [{"type": "tool_use", "id": "toolu_1", "name": "forecast", "input": {}}]},
    {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "Hot and dry."}]},
]
Ask = Callable[[anthropic.Anthropic], Any]


def client(url: str, key: str = "sk-ant-honest", **options: Any) -> anthropic.Anthropic:
    return anthropic.Anthropic(base_url=url, api_key=key, **{"max_retries": 0, "timeout": 20.0, **options})


def message(to: anthropic.Anthropic, **options: Any) -> Any:
    return to.messages.create(**{"model": "claude-sim-1", "max_tokens": 2048, "messages": ASKED, **options})


def final(to: anthropic.Anthropic, **options: Any) -> Any:
    asked: dict[str, Any] = {"model": "claude-sim-1", "max_tokens": 2048, "messages": ASKED, **options}
    with to.messages.stream(**asked) as stream:
        return stream.get_final_message()


def text(said: Any) -> str:
    return "".join(block.text for block in said.content if block.type == "text")


ASKS: dict[str, Ask] = {
    "message": message,
    "message streamed": lambda to: list(message(to, stream=True)),
    "message put together": final,
    "message cut short": lambda to: message(to, max_tokens=5),
    "message with a system prompt": lambda to: message(to, system="Be brief."),
    "thinking": lambda to: message(to, thinking=THINKING),
    "thinking streamed": lambda to: list(message(to, thinking=THINKING, stream=True)),
    "thinking put together": lambda to: final(to, thinking=THINKING),
    "tools": lambda to: message(to, tools=[TOOL]),
    "tools put together": lambda to: final(to, tools=[TOOL]),
    "tool result": lambda to: message(to, messages=RESULT, tools=[TOOL]),
    "refused by the model": lambda to: message(to, extra_headers={"x-model-script": "refuse"}),
    "compressed": lambda to: message(to, extra_headers={"x-model-script": "gzip"}),
    "compressed stream": lambda to: list(message(to, stream=True, extra_headers={"x-model-script": "gzip"})),
    "token count": lambda to: to.messages.count_tokens(model="claude-sim-1", messages=ASKED),  # type: ignore[arg-type] # plain dictionaries, as users write them
    "models": lambda to: list(to.models.list()),
    "one model": lambda to: to.models.retrieve("claude-sim-1"),
}


@pytest.mark.parametrize("name", ASKS)
def test_the_sdk_hears_the_same_through_the_guard(name: str, direct: str, guarded: str) -> None:
    heard = ASKS[name](client(guarded))
    assert heard == ASKS[name](client(direct))
    assert heard


def test_a_streamed_answer_is_the_unstreamed_one(base_url: str) -> None:
    to = client(base_url)
    whole = message(to)
    heard = final(to)
    assert text(heard) == text(whole) != ""
    assert heard.usage.output_tokens == whole.usage.output_tokens > 10
    assert heard.stop_reason == whole.stop_reason == "end_turn"


def test_thinking_arrives_with_its_signature(base_url: str) -> None:
    thought, said = final(client(base_url), thinking=THINKING).content
    assert thought.type == "thinking"
    assert thought.thinking
    assert thought.signature
    assert said.text


def test_a_tool_call_is_put_together_from_its_pieces(base_url: str) -> None:
    heard = final(client(base_url), tools=[TOOL])
    assert heard.stop_reason == "tool_use"
    assert heard.content[0].name == "forecast"
    assert heard.content[0].input["days"] == 3


async def test_the_async_sdk_hears_the_same(base_url: str) -> None:
    asked: dict[str, Any] = {"model": "claude-sim-1", "max_tokens": 2048, "messages": ASKED}
    async with anthropic.AsyncAnthropic(base_url=base_url, api_key="sk-ant-honest", max_retries=0) as to:

        async def streamed() -> Any:
            async with to.messages.stream(**asked) as stream:
                return await stream.get_final_message()

        heard, whole = await asyncio.gather(streamed(), to.messages.create(**asked))
    assert text(heard) == text(whole) != ""


def test_a_wrong_key_is_the_models_to_refuse(base_url: str) -> None:
    with pytest.raises(anthropic.AuthenticationError) as caught:
        message(client(base_url, "sk-wrong"))
    assert caught.value.type == "authentication_error"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, anthropic.BadRequestError),
        (429, anthropic.RateLimitError),
        (500, anthropic.InternalServerError),
        (529, anthropic.InternalServerError),
    ],
)
def test_the_models_own_error_arrives_untouched(
    base_url: str, status: int, kind: type[anthropic.APIStatusError]
) -> None:
    with pytest.raises(kind) as caught:
        message(client(base_url), extra_headers={"x-model-script": f"status={status}; retry-after=7"})
    assert caught.value.status_code == status
    assert "The model was told to fail." in caught.value.message
    assert caught.value.response.headers["retry-after"] == "7"


@pytest.mark.parametrize("stream", [True, False])
def test_an_answer_that_is_cut_off_raises(base_url: str, stream: bool, broken: tuple[type[Exception], ...]) -> None:
    with pytest.raises((anthropic.APIError, *broken)):
        list(message(client(base_url), stream=stream, extra_headers={"x-model-script": "cut-after=2"}))


def test_a_stream_that_is_cut_off_raises_the_sdks_own_error_through_the_guard(guarded: str) -> None:
    with pytest.raises(anthropic.APIError):
        list(message(client(guarded), stream=True, extra_headers={"x-model-script": "cut-after=5"}))


def test_an_error_in_the_middle_of_a_stream_raises(base_url: str) -> None:
    heard = message(client(base_url), stream=True, extra_headers={"x-model-script": "error-after=4"})
    with pytest.raises(anthropic.APIStatusError, match="The model stopped answering") as caught:
        list(heard)
    assert caught.value.type == "overloaded_error"


def test_a_denied_key_gets_one_clear_refusal(guarded: str, decide: Any, attempts: Any) -> None:
    decision = decide("sk-ant-denied", "deny")
    to = client(guarded, "sk-ant-denied", max_retries=2, http_client=attempts(anthropic.DefaultHttpxClient))
    with pytest.raises(anthropic.PermissionDeniedError) as caught:
        message(to)
    assert attempts.made == 1
    assert caught.value.type == "permission_error"
    assert caught.value.response.headers["stillguard-decision-id"] == decision
    assert decision in caught.value.message
    assert caught.value.request_id


def test_a_throttled_client_waits_and_succeeds(guarded: str, decide: Any, attempts: Any) -> None:
    decide("sk-ant-slowed", "throttle", requests_per_minute=60, burst_seconds=1)
    to = client(guarded, "sk-ant-slowed", max_retries=2, http_client=attempts(anthropic.DefaultHttpxClient))
    assert text(message(to)) == text(message(to)) != ""
    assert attempts.statuses == [200, 429, 200]


def test_a_wait_that_is_too_long_is_not_slept_through(guarded: str, decide: Any, attempts: Any) -> None:
    decision = decide("sk-ant-stalled", "throttle", requests_per_minute=0.2, burst_seconds=300)
    to = client(guarded, "sk-ant-stalled", max_retries=2, http_client=attempts(anthropic.DefaultHttpxClient))
    message(to)
    with pytest.raises(anthropic.RateLimitError) as caught:
        message(to)
    assert attempts.statuses == [200, 429]
    assert caught.value.type == "rate_limit_error"
    assert decision in caught.value.message


def test_a_trimmed_client_gets_the_text_without_the_thinking(direct: str, guarded: str, decide: Any) -> None:
    decide("sk-ant-trimmed", "trim", logprobs=True, reasoning=True, samples=1)
    to = client(guarded, "sk-ant-trimmed")
    plain = text(message(client(direct)))
    for heard in (message(to, thinking=THINKING), final(to, thinking=THINKING)):
        assert [block.type for block in heard.content] == ["text"]
        assert text(heard) == plain
        assert heard.stop_reason == "end_turn"


def test_a_model_that_is_gone_is_a_bad_gateway(guarded: str) -> None:
    with pytest.raises(anthropic.InternalServerError) as caught:
        message(client(guarded), model="gone-1")
    assert caught.value.status_code == 502
    assert caught.value.type == "api_error"


def test_a_model_that_is_silent_is_a_gateway_timeout(guarded: str) -> None:
    with pytest.raises(anthropic.APIStatusError) as caught:
        message(client(guarded), model="silent-1", extra_headers={"x-model-script": "slow-head=60"})
    assert caught.value.status_code == 504
    assert caught.value.type == "timeout_error"
