"""The official Gemini SDK under every action, streamed and not."""

from functools import partial
from typing import Any

import pytest
from google.genai import errors

from tests.sdk.acting import SLOW, attest, deciding
from tests.sdk.test_gemini import BOTH, MODEL, THOUGHTS, Ask, client, config, generate, stream, text

ASKS = pytest.mark.parametrize("ask", [lambda *a, **o: [generate(*a, **o)], stream], ids=["whole", "streamed"])
WANTED = {"response_logprobs": True, "logprobs": 3}


def told(heard: list[Any]) -> list[Any]:
    """What was said, thoughts and log-probabilities included."""
    return [(candidate.content, candidate.logprobs_result) for one in heard for candidate in one.candidates or []]


def numbers(heard: list[Any]) -> list[float]:
    results = [result for _, result in told(heard) if result]
    return [one.log_probability for result in results for top in result.top_candidates for one in top.candidates]


@ASKS
@pytest.mark.parametrize("action", ["watch", "tag"])
def test_who_is_looked_at_notices_nothing(direct: str, guarded: str, decide: Any, action: str, ask: Any) -> None:
    decide(f"AIza-{action}", action)
    heard = ask(client(guarded, f"AIza-{action}"), **WANTED, **THOUGHTS)
    assert told(heard) == told(ask(client(direct), **WANTED, **THOUGHTS))


@ASKS
def test_fewer_alternatives(guarded: str, decide: Any, ask: Any) -> None:
    decide("AIza-fewer", "trim", logprobs=False, alternatives=1, reasoning=False)
    results = [result for _, result in told(ask(client(guarded, "AIza-fewer"), **WANTED)) if result]
    assert results
    assert all(len(top.candidates) == 1 for result in results for top in result.top_candidates)


@ASKS
def test_blurred_numbers(direct: str, guarded: str, decide: Any, ask: Any) -> None:
    decide("AIza-blurred", "blur", digits=1, noise=0.3)
    heard, exact = numbers(ask(client(guarded, "AIza-blurred"), **WANTED)), numbers(ask(client(direct), **WANTED))
    assert heard == [round(number, 1) for number in heard]
    assert heard != [round(number, 1) for number in exact]
    assert max(abs(a - b) for a, b in zip(heard, exact, strict=True)) <= 0.351


def test_blurred_embeddings(direct: str, guarded: str, decide: Any) -> None:
    decide("AIza-blurred-vectors", "blur", embedding_noise=0.05)
    to = client(guarded, "AIza-blurred-vectors")
    blurred, exact = (
        [one.values for one in asked.models.embed_content(model="embedding-sim", contents=BOTH).embeddings or []]
        for asked in (to, client(direct))
    )
    assert blurred
    assert blurred != exact
    assert [one.index(max(one)) for one in blurred if one] == [one.index(max(one)) for one in exact if one]


@ASKS
def test_a_client_in_the_tarpit_gets_its_answer_late_and_whole(
    direct: str, guarded: str, decide: Any, ask: Any
) -> None:
    decide("AIza-pit", "tarpit", before=0.05, between=0.001, most=0.3)
    assert text(ask(client(guarded, "AIza-pit"))) == text(ask(client(direct)))


@ASKS
@pytest.mark.parametrize("as_asked", [False, True])
def test_another_model_answers_though_the_path_named_one(guarded: str, decide: Any, as_asked: bool, ask: Any) -> None:
    key = f"AIza-rerouted-{as_asked}"
    decide(key, "reroute", model="gemini-sim-1-mini", as_asked=as_asked)
    versions = {one.model_version for one in ask(client(guarded, key))}
    assert versions == {MODEL if as_asked else "gemini-sim-1-mini"}


@pytest.mark.parametrize("ask", [generate, stream])
def test_a_client_that_must_verify_itself(guarded: str, decide: Any, ask: Ask) -> None:
    decide("AIza-unverified", "verify")
    with pytest.raises(errors.ClientError) as caught:
        ask(client(guarded, "AIza-unverified"))
    assert (caught.value.code, caught.value.status) == (403, "PERMISSION_DENIED")
    link = str(caught.value.response.headers["stillguard-verify"])
    assert link in str(caught.value.message)
    assert attest(guarded, link, "x-goog-api-key", "AIza-unverified") == "pending"


def test_a_stream_under_way_is_cut_with_an_error_that_the_sdk_raises(guarded: str, decide: Any) -> None:
    to = client(guarded, "AIza-cut")
    heard = to.models.generate_content_stream(model=MODEL, contents="Hm?", config=config(SLOW["x-model-script"]))
    with pytest.raises(errors.APIError, match="Access for this client is suspended"):
        deciding(heard, partial(decide, "AIza-cut", "deny", cut=True))
