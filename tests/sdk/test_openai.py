"""The official OpenAI SDK, straight to the model and through the guard: what it hears must not differ."""

import asyncio
import math
from typing import Any

import openai
import pytest

from tests.sdk.openai_asking import (
    ASKED,
    CHAT_TOOLS,
    FLAT_TOOL,
    RESULT,
    SUMMARY,
    Ask,
    chat,
    client,
    respond,
    streamed_text,
)

ASKS: dict[str, Ask] = {
    "chat": chat,
    "chat streamed": lambda to: list(chat(to, stream=True, stream_options={"include_usage": True})),
    "chat cut short": lambda to: chat(to, max_tokens=5),
    "chat with a system prompt": lambda to: chat(to, messages=[{"role": "system", "content": "Be brief."}, *ASKED]),
    "chat several choices": lambda to: chat(to, n=3),
    "chat several choices streamed": lambda to: list(chat(to, n=3, stream=True)),
    "chat logprobs": lambda to: chat(to, logprobs=True, top_logprobs=3),
    "chat logprobs streamed": lambda to: list(chat(to, logprobs=True, top_logprobs=2, stream=True)),
    "chat reasoning": lambda to: chat(to, reasoning_effort="low"),
    "chat reasoning streamed": lambda to: list(chat(to, reasoning_effort="low", stream=True)),
    "chat tools": lambda to: chat(to, tools=CHAT_TOOLS),
    "chat tools streamed": lambda to: list(chat(to, tools=CHAT_TOOLS, stream=True)),
    "chat tool result": lambda to: chat(to, messages=RESULT, tools=CHAT_TOOLS),
    "chat refused by the model": lambda to: chat(to, extra_headers={"x-model-script": "refuse"}),
    "chat compressed": lambda to: chat(to, extra_headers={"x-model-script": "gzip"}),
    "chat compressed stream": lambda to: list(chat(to, stream=True, extra_headers={"x-model-script": "gzip"})),
    "completions": lambda to: to.completions.create(model="gpt-sim-1", prompt="Once upon a quay", logprobs=2),
    "completions streamed": lambda to: list(
        to.completions.create(model="gpt-sim-1", prompt="Once upon a quay", stream=True)
    ),
    "responses": respond,
    "responses streamed": lambda to: list(respond(to, stream=True)),
    "responses reasoning": lambda to: respond(to, reasoning=SUMMARY, include=["reasoning.encrypted_content"]),
    "responses reasoning streamed": lambda to: list(respond(to, reasoning=SUMMARY, stream=True)),
    "responses tools": lambda to: respond(to, tools=[FLAT_TOOL]),
    "responses tools streamed": lambda to: list(respond(to, tools=[FLAT_TOOL], stream=True)),
    "responses refused by the model": lambda to: respond(to, extra_headers={"x-model-script": "refuse"}),
    "embeddings": lambda to: to.embeddings.create(model="text-embedding-sim", input=["quay", "tide"]),
    "embeddings as floats": lambda to: to.embeddings.create(
        model="text-embedding-sim", input="quay", encoding_format="float", dimensions=8
    ),
    "models": lambda to: list(to.models.list()),
    "one model": lambda to: to.models.retrieve("gpt-sim-1"),
}


@pytest.mark.parametrize("name", ASKS)
def test_the_sdk_hears_the_same_through_the_guard(name: str, direct: str, guarded: str) -> None:
    heard = ASKS[name](client(guarded))
    assert heard == ASKS[name](client(direct))
    assert heard


def test_a_streamed_answer_is_the_unstreamed_one(base_url: str) -> None:
    to = client(base_url)
    whole = chat(to)
    assert streamed_text(chat(to, stream=True)) == whole.choices[0].message.content
    assert whole.usage.completion_tokens > 10
    assert whole.choices[0].finish_reason == "stop"


def test_several_choices_arrive_whole_and_differ(base_url: str) -> None:
    to = client(base_url)
    texts = [choice.message.content for choice in chat(to, n=3).choices]
    assert len(set(texts)) == 3
    heard = ["", "", ""]
    for chunk in chat(to, n=3, stream=True):
        for choice in chunk.choices:
            heard[choice.index] += choice.delta.content or ""
    assert heard == texts


def test_log_probabilities_cover_the_answer(base_url: str) -> None:
    choice = chat(client(base_url), logprobs=True, top_logprobs=3).choices[0]
    assert "".join(entry.token for entry in choice.logprobs.content) == choice.message.content
    assert {len(entry.top_logprobs) for entry in choice.logprobs.content} == {3}


def test_a_tool_call_is_put_together_from_its_pieces(base_url: str) -> None:
    with client(base_url).chat.completions.stream(model="gpt-sim-1", messages=ASKED, tools=CHAT_TOOLS) as stream:  # type: ignore[arg-type] # plain dictionaries, as users write them
        calls = stream.get_final_completion().choices[0].message.tool_calls
    assert calls
    assert calls[0].function.name == "forecast"
    assert calls[0].function.arguments.startswith('{"place":"')


def test_a_response_stream_runs_its_full_sequence(base_url: str) -> None:
    with client(base_url).responses.stream(
        model="gpt-sim-1", input="Why do bridges hum?", reasoning={"effort": "low", "summary": "auto"}
    ) as stream:
        kinds = [event.type for event in stream]
        final = stream.get_final_response()
    assert kinds[:2] == ["response.created", "response.in_progress"]
    assert kinds[-1] == "response.completed"
    assert "response.reasoning_summary_text.delta" in kinds
    assert final.output_text
    assert final.usage
    assert final.usage.output_tokens_details.reasoning_tokens > 0


def test_embeddings_are_unit_vectors(base_url: str) -> None:
    found = client(base_url).embeddings.create(model="text-embedding-sim", input=["quay", "tide"])
    assert all(math.isclose(math.hypot(*row.embedding), 1.0, rel_tol=1e-5) for row in found.data)


async def test_the_async_sdk_hears_the_same(base_url: str) -> None:
    async with openai.AsyncOpenAI(base_url=f"{base_url}/v1", api_key="sk-honest", max_retries=0) as to:
        create: Any = to.chat.completions.create  # takes plain dictionaries, as users write them
        stream, whole, response, vectors = await asyncio.gather(
            create(model="gpt-sim-1", messages=ASKED, stream=True),
            create(model="gpt-sim-1", messages=ASKED),
            to.responses.create(model="gpt-sim-1", input="Why do bridges hum?"),
            to.embeddings.create(model="text-embedding-sim", input="quay"),
        )
        heard = "".join([chunk.choices[0].delta.content or "" async for chunk in stream if chunk.choices])
    assert heard == whole.choices[0].message.content
    assert response.output_text
    assert len(vectors.data[0].embedding) == 256


@pytest.mark.parametrize("ask", [chat, respond])
def test_a_wrong_key_is_the_models_to_refuse(base_url: str, ask: Ask) -> None:
    with pytest.raises(openai.AuthenticationError) as caught:
        ask(client(base_url, "sk-wrong"))
    assert caught.value.code == "invalid_api_key"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, openai.BadRequestError),
        (404, openai.NotFoundError),
        (429, openai.RateLimitError),
        (500, openai.InternalServerError),
    ],
)
def test_the_models_own_error_arrives_untouched(base_url: str, status: int, kind: type[openai.APIStatusError]) -> None:
    with pytest.raises(kind) as caught:
        chat(client(base_url), extra_headers={"x-model-script": f"status={status}; retry-after=7"})
    assert caught.value.message.endswith("The model was told to fail.")
    assert caught.value.response.headers["retry-after"] == "7"
    assert caught.value.request_id == "req_simulated"
