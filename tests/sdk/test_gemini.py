"""The official Gemini SDK, straight to the model and through the guard: what it hears must not differ."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from google import genai
from google.genai import errors, types

ASKED = "How do lighthouse keepers pass a long winter?"
MODEL = "gemini-sim-1"
BOTH: Any = ["quay", "tide"]  # what the SDK takes here depends on whether an imaging library is installed
FORECAST = types.FunctionDeclaration(
    name="forecast",
    parameters=types.Schema(
        type=types.Type.OBJECT,
        properties={"place": types.Schema(type=types.Type.STRING), "days": types.Schema(type=types.Type.INTEGER)},
    ),
)
TOOLS: dict[str, Any] = {
    "tools": [types.Tool(function_declarations=[FORECAST])],
    "automatic_function_calling": types.AutomaticFunctionCallingConfig(disable=True),
}
THOUGHTS: dict[str, Any] = {"thinking_config": types.ThinkingConfig(include_thoughts=True)}
Ask = Callable[[genai.Client], Any]


def client(url: str, key: str = "AIza-honest", **options: Any) -> genai.Client:
    return genai.Client(api_key=key, http_options=types.HttpOptions(**{"base_url": url, "timeout": 20_000, **options}))


def config(script: str = "", **options: Any) -> types.GenerateContentConfig:
    if script:
        options["http_options"] = types.HttpOptions(headers={"x-model-script": script})
    return types.GenerateContentConfig(**options)


def generate(to: genai.Client, script: str = "", model: str = MODEL, **options: Any) -> Any:
    return to.models.generate_content(model=model, contents=ASKED, config=config(script, **options))


def stream(to: genai.Client, script: str = "", model: str = MODEL, **options: Any) -> list[Any]:
    return list(to.models.generate_content_stream(model=model, contents=ASKED, config=config(script, **options)))


def plainly(heard: Any) -> Any:
    """What was heard, without the transport's headers: the guard adds some of its own."""
    if isinstance(heard, list):
        return [plainly(one) for one in heard]
    return heard.model_copy(update={"sdk_http_response": None}) if hasattr(heard, "sdk_http_response") else heard


def text(heard: list[Any]) -> str:
    return "".join(one.text or "" for one in heard)


ASKS: dict[str, Ask] = {
    "generate": generate,
    "generate streamed": stream,
    "cut short": lambda to: generate(to, max_output_tokens=5),
    "with a system instruction": lambda to: generate(to, system_instruction="Be brief."),
    "several candidates": lambda to: generate(to, candidate_count=3),
    "logprobs": lambda to: generate(to, response_logprobs=True, logprobs=3),
    "logprobs streamed": lambda to: stream(to, response_logprobs=True, logprobs=2),
    "thoughts": lambda to: generate(to, **THOUGHTS),
    "thoughts streamed": lambda to: stream(to, **THOUGHTS),
    "tools": lambda to: generate(to, **TOOLS),
    "tools streamed": lambda to: stream(to, **TOOLS),
    "blocked by the model": lambda to: generate(to, "refuse"),
    "compressed": lambda to: generate(to, "gzip"),
    "compressed stream": lambda to: stream(to, "gzip"),
    "token count": lambda to: to.models.count_tokens(model=MODEL, contents=ASKED),
    "embeddings": lambda to: to.models.embed_content(model="gemini-embedding-sim", contents=BOTH),
    "models": lambda to: list(to.models.list()),
    "one model": lambda to: to.models.get(model=MODEL),
}


@pytest.mark.parametrize("name", ASKS)
def test_the_sdk_hears_the_same_through_the_guard(name: str, direct: str, guarded: str) -> None:
    heard = plainly(ASKS[name](client(guarded)))
    assert heard == plainly(ASKS[name](client(direct)))
    assert heard


def test_a_streamed_answer_is_the_unstreamed_one(base_url: str) -> None:
    to = client(base_url)
    whole = generate(to)
    assert text(stream(to)) == whole.text != ""
    assert whole.usage_metadata.candidates_token_count > 10


def test_several_candidates_differ(base_url: str) -> None:
    found = generate(client(base_url), candidate_count=3).candidates
    assert len({candidate.content.parts[0].text for candidate in found}) == 3


def test_log_probabilities_cover_the_answer(base_url: str) -> None:
    heard = generate(client(base_url), response_logprobs=True, logprobs=3)
    chosen = heard.candidates[0].logprobs_result.chosen_candidates
    assert "".join(entry.token for entry in chosen) == heard.text


def test_thoughts_are_marked_as_thoughts(base_url: str) -> None:
    parts = generate(client(base_url), **THOUGHTS).candidates[0].content.parts
    assert [bool(part.thought) for part in parts] == [True, False]
    assert parts[1].thought_signature


def test_a_function_call_carries_its_arguments(base_url: str) -> None:
    calls = generate(client(base_url), **TOOLS).function_calls
    assert calls[0].name == "forecast"
    assert calls[0].args["days"] == 3


async def test_the_async_sdk_hears_the_same(base_url: str) -> None:
    async with client(base_url).aio as to:

        async def streamed() -> str:
            chunks = await to.models.generate_content_stream(model=MODEL, contents=ASKED)
            return "".join([chunk.text or "" async for chunk in chunks])

        heard, whole = await asyncio.gather(streamed(), to.models.generate_content(model=MODEL, contents=ASKED))
    assert heard == whole.text != ""


def test_a_wrong_key_is_the_models_to_refuse(base_url: str) -> None:
    with pytest.raises(errors.ClientError) as caught:
        generate(client(base_url, "sk-wrong"))
    assert caught.value.code == 401
    assert caught.value.status == "UNAUTHENTICATED"


@pytest.mark.parametrize(
    ("status", "kind"), [(400, errors.ClientError), (429, errors.ClientError), (500, errors.ServerError)]
)
def test_the_models_own_error_arrives_untouched(base_url: str, status: int, kind: type[errors.APIError]) -> None:
    with pytest.raises(kind) as caught:
        generate(client(base_url), f"status={status}; retry-after=7")
    assert caught.value.code == status
    assert caught.value.message == "The model was told to fail."


@pytest.mark.parametrize("ask", [generate, stream])
def test_an_answer_that_is_cut_off_raises(base_url: str, ask: Any, broken: tuple[type[Exception], ...]) -> None:
    with pytest.raises((errors.APIError, *broken)):
        ask(client(base_url), "cut-after=2")


def test_an_error_in_the_middle_of_a_stream_raises(base_url: str) -> None:
    with pytest.raises(errors.ServerError, match="The model stopped answering"):
        stream(client(base_url), "error-after=4")


def test_a_denied_key_gets_one_clear_refusal(guarded: str, decide: Any) -> None:
    decision = decide("AIza-denied", "deny")
    for ask in (generate, stream):
        with pytest.raises(errors.ClientError) as caught:
            ask(client(guarded, "AIza-denied"))
        assert caught.value.code == 403
        assert caught.value.status == "PERMISSION_DENIED"
        assert decision in (caught.value.message or "")


def test_a_throttled_client_is_told_when_to_come_back(guarded: str, decide: Any) -> None:
    decision = decide("AIza-slowed", "throttle", requests_per_minute=2, burst_seconds=30)
    to = client(guarded, "AIza-slowed")
    generate(to)
    with pytest.raises(errors.ClientError) as caught:
        generate(to)
    assert caught.value.code == 429
    assert caught.value.status == "RESOURCE_EXHAUSTED"
    assert decision in (caught.value.message or "")
    waits = [one["retryDelay"] for one in caught.value.details["error"]["details"] if "retryDelay" in one]
    assert [0 < float(wait.removesuffix("s")) <= 30 for wait in waits] == [True]


def test_a_trimmed_client_gets_the_text_without_thoughts(direct: str, guarded: str, decide: Any) -> None:
    decide("AIza-trimmed", "trim", logprobs=True, reasoning=True, samples=1)
    to = client(guarded, "AIza-trimmed")
    wanted: dict[str, Any] = {**THOUGHTS, "response_logprobs": True, "logprobs": 2, "candidate_count": 3}
    plain = generate(client(direct)).text
    for heard in ([generate(to, **wanted)], stream(to, **wanted)):
        parts = [part for one in heard for part in one.candidates[0].content.parts or ()]
        assert text(heard) == plain
        assert not any(part.thought or part.thought_signature for part in parts)
        assert not any(one.candidates[0].logprobs_result for one in heard)
        assert {len(one.candidates) for one in heard} == {1}


def test_a_model_that_is_gone_is_a_bad_gateway(guarded: str) -> None:
    with pytest.raises(errors.ServerError) as caught:
        generate(client(guarded), model="gone-1")
    assert caught.value.code == 502


def test_a_model_that_is_silent_is_a_gateway_timeout(guarded: str) -> None:
    with pytest.raises(errors.ServerError) as caught:
        generate(client(guarded), "slow-head=60", model="silent-1")
    assert caught.value.code == 504
