"""The official OpenAI SDK under every action, streamed and not."""

import base64
import struct
from functools import partial
from typing import Any

import openai
import pytest

from tests.sdk.acting import SLOW, attest, deciding
from tests.sdk.openai_asking import ASKED, Ask, chat, client, respond, streamed_text

WANTED = {"logprobs": True, "top_logprobs": 3}


def numbers(choices: Any) -> list[float]:
    """All log-probabilities, those of alternatives included."""
    tokens = [token for choice in choices if choice.logprobs for token in choice.logprobs.content or []]
    return [one.logprob for token in tokens for one in (token, *token.top_logprobs)]


def streamed(chunks: Any) -> list[Any]:
    return [choice for chunk in chunks for choice in chunk.choices]


@pytest.mark.parametrize("action", ["watch", "tag"])
def test_who_is_looked_at_notices_nothing(direct: str, guarded: str, decide: Any, action: str) -> None:
    decide(f"sk-{action}", action)
    to = client(guarded, f"sk-{action}")
    assert chat(to, **WANTED).choices == chat(client(direct), **WANTED).choices
    assert streamed(chat(to, stream=True, **WANTED)) == streamed(chat(client(direct), stream=True, **WANTED))


@pytest.mark.parametrize("stream", [False, True])
def test_fewer_alternatives(guarded: str, decide: Any, stream: bool) -> None:
    decide("sk-fewer", "trim", logprobs=False, alternatives=1, reasoning=False, samples=0)
    heard = chat(client(guarded, "sk-fewer"), stream=stream, **WANTED)
    choices = streamed(heard) if stream else heard.choices
    tokens = [token for choice in choices if choice.logprobs for token in choice.logprobs.content]
    assert tokens
    assert all(len(token.top_logprobs) == 1 for token in tokens)


def test_log_probabilities_and_a_bias_never_together(guarded: str, decide: Any) -> None:
    decide("sk-biased", "trim", logprobs=False, reasoning=False, samples=2)
    to = client(guarded, "sk-biased")
    assert numbers(chat(to, **WANTED).choices)
    assert not numbers(chat(to, logit_bias={"17": 100}, **WANTED).choices)


def test_an_excerpt_of_the_reasoning(direct: str, guarded: str, decide: Any) -> None:
    decide("sk-excerpt", "trim", reasoning_excerpt=12)
    to, wanted = client(guarded, "sk-excerpt"), {"reasoning_effort": "low"}
    whole = chat(client(direct), **wanted).choices[0].message.reasoning_content
    assert chat(to, **wanted).choices[0].message.reasoning_content == whole[:12] + "…"
    heard = streamed(chat(to, stream=True, **wanted))
    pieces = [getattr(choice.delta, "reasoning_content", None) or "" for choice in heard]
    assert "".join(pieces) == whole[:12] + "…"


@pytest.mark.parametrize("stream", [False, True])
def test_blurred_numbers(direct: str, guarded: str, decide: Any, stream: bool) -> None:
    decide("sk-blurred", "blur", digits=1, noise=0.3)
    heard = chat(client(guarded, "sk-blurred"), stream=stream, **WANTED)
    exact = chat(client(direct), stream=stream, **WANTED)
    heard, exact = (streamed(said) if stream else said.choices for said in (heard, exact))
    assert numbers(heard) == [round(number, 1) for number in numbers(heard)]
    assert numbers(heard) != [round(number, 1) for number in numbers(exact)]
    assert max(abs(a - b) for a, b in zip(numbers(heard), numbers(exact), strict=True)) <= 0.351


def test_blurred_embeddings(direct: str, guarded: str, decide: Any) -> None:
    decide("sk-blurred-vectors", "blur", embedding_noise=0.05)
    asked: Any = {"model": "text-embedding-sim", "input": ["quay", "tide"]}
    to = client(guarded, "sk-blurred-vectors")
    blurred = [row.embedding for row in to.embeddings.create(**asked).data]
    exact = [row.embedding for row in client(direct).embeddings.create(**asked).data]
    for one, other in zip(blurred, exact, strict=True):
        assert one != other
        assert sum(a * b for a, b in zip(one, other, strict=True)) > 0.99
        assert one.index(max(one)) == other.index(max(other))
    raw: Any = to.embeddings.create(encoding_format="base64", **asked)
    unpacked = struct.unpack(f"<{len(blurred[0])}f", base64.b64decode(raw.data[0].embedding))
    assert unpacked == pytest.approx(blurred[0], abs=1e-6)


@pytest.mark.parametrize("stream", [False, True])
def test_a_throttled_client_reads_what_is_left(guarded: str, decide: Any, stream: bool) -> None:
    key = f"sk-told-{stream}"
    decide(key, "throttle", requests_per_minute=60, tokens_per_minute=60_000)
    raw = client(guarded, key).chat.completions.with_raw_response.create(
        model="gpt-sim-1",
        messages=ASKED,  # type: ignore[arg-type]  # plain dictionaries, as users write them
        stream=stream,
    )
    assert raw.headers["x-ratelimit-limit-requests"] == "60"
    assert raw.headers["x-ratelimit-remaining-requests"] == "59"
    assert raw.headers["x-ratelimit-limit-tokens"] == "60000"
    assert raw.headers["ratelimit-policy"].startswith('"requests";q=60;w=60, "tokens";q=60000;w=60')


def test_a_budget_of_new_questions(guarded: str, decide: Any) -> None:
    decide("sk-budget", "throttle", payloads_per_day=2)
    to = client(guarded, "sk-budget")
    for question in ("One?", "Two?", "one?", "TWO?"):
        chat(to, messages=[{"role": "user", "content": question}])
    with pytest.raises(openai.RateLimitError) as caught:
        chat(to, messages=[{"role": "user", "content": "Three?"}])
    assert "payload" not in str(caught.value.response.headers) + caught.value.message


def test_one_answer_at_a_time(guarded: str, decide: Any) -> None:
    decide("sk-one", "throttle", concurrent=1)
    to = client(guarded, "sk-one")
    with chat(to, stream=True, extra_headers=SLOW) as first:
        next(iter(first))
        with pytest.raises(openai.RateLimitError):
            chat(to)
    patient = client(guarded, "sk-one", max_retries=5)  # the slot comes back when the first has hung up
    assert chat(patient).choices


@pytest.mark.parametrize("stream", [False, True])
def test_a_client_in_the_tarpit_gets_its_answer_late_and_whole(
    direct: str, guarded: str, decide: Any, stream: bool
) -> None:
    decide("sk-pit", "tarpit", before=0.05, between=0.001, most=0.3)
    heard = chat(client(guarded, "sk-pit"), stream=stream)
    said = streamed_text(heard) if stream else heard.choices[0].message.content
    assert said == chat(client(direct)).choices[0].message.content


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("as_asked", [False, True])
def test_another_model_answers(guarded: str, decide: Any, stream: bool, as_asked: bool) -> None:
    key = f"sk-rerouted-{as_asked}"
    decide(key, "reroute", model="gpt-sim-1-mini", as_asked=as_asked)
    heard = chat(client(guarded, key), stream=stream)
    models = {chunk.model for chunk in heard} if stream else {heard.model}
    assert models == {"gpt-sim-1" if as_asked else "gpt-sim-1-mini"}


@pytest.mark.parametrize("ask", [chat, respond, partial(chat, stream=True), partial(respond, stream=True)])
def test_a_client_that_must_verify_itself(guarded: str, decide: Any, attempts: Any, ask: Ask) -> None:
    decide("sk-unverified", "verify")
    to = client(guarded, "sk-unverified", max_retries=2, http_client=attempts(openai.DefaultHttpxClient))
    with pytest.raises(openai.PermissionDeniedError) as caught:
        ask(to)
    assert attempts.made == 1
    assert caught.value.code == "verification_required"
    link = caught.value.response.headers["stillguard-verify"]
    assert link in caught.value.message
    assert attest(guarded, link, "authorization", "Bearer sk-unverified") == "pending"


@pytest.mark.parametrize("ask", [chat, respond], ids=["chat", "responses"])
def test_a_stream_under_way_is_cut_with_an_error_that_the_sdk_raises(guarded: str, decide: Any, ask: Any) -> None:
    key = f"sk-cut-{ask.__name__}"
    heard = ask(client(guarded, key), stream=True, extra_headers=SLOW)
    with pytest.raises(openai.APIError, match="Access for this client is suspended"):
        deciding(heard, lambda: decide(key, "deny", cut=True))
