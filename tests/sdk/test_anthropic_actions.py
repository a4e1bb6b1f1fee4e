"""The official Anthropic SDK under every action, streamed and not."""

from functools import partial
from typing import Any

import anthropic
import pytest

from tests.sdk.acting import SLOW, attest, deciding
from tests.sdk.test_anthropic import THINKING, Ask, client, final, message, text

BOTH = pytest.mark.parametrize("ask", [message, final], ids=["whole", "streamed"])


@BOTH
@pytest.mark.parametrize("action", ["watch", "tag", "blur"])
def test_who_is_looked_at_notices_nothing(direct: str, guarded: str, decide: Any, action: str, ask: Any) -> None:
    decide(f"sk-ant-{action}", action)
    heard, plain = ask(client(guarded, f"sk-ant-{action}"), thinking=THINKING), ask(client(direct), thinking=THINKING)
    assert heard.content == plain.content


@BOTH
def test_thinking_is_capped(guarded: str, decide: Any, ask: Any) -> None:
    decide("sk-ant-capped", "trim", reasoning=False, reasoning_budget=512)
    assert [block.type for block in ask(client(guarded, "sk-ant-capped"), thinking=THINKING).content] == ["text"]


@BOTH
def test_a_trim_and_a_throttle_take_what_either_takes(guarded: str, decide: Any, ask: Any) -> None:
    decide("sk-ant-both", "throttle", requests_per_minute=600, reasoning=True)
    assert [block.type for block in ask(client(guarded, "sk-ant-both"), thinking=THINKING).content] == ["text"]


def test_a_throttled_client_reads_what_is_left(guarded: str, decide: Any) -> None:
    decide("sk-ant-told", "throttle", input_tokens_per_minute=6000, concurrent=4)
    raw = client(guarded, "sk-ant-told").messages.with_raw_response.create(
        model="claude-sim-1", max_tokens=64, messages=[{"role": "user", "content": "Hm?"}]
    )
    assert '"input-tokens";q=6000;w=60' in raw.headers["ratelimit-policy"]
    assert '"concurrent-requests";q=4' in raw.headers["ratelimit-policy"]


@BOTH
def test_a_client_in_the_tarpit_gets_its_answer_late_and_whole(
    direct: str, guarded: str, decide: Any, ask: Any
) -> None:
    decide("sk-ant-pit", "tarpit", before=0.05, between=0.001, most=0.3)
    assert text(ask(client(guarded, "sk-ant-pit"))) == text(ask(client(direct)))


@BOTH
@pytest.mark.parametrize("as_asked", [False, True])
def test_another_model_answers(guarded: str, decide: Any, as_asked: bool, ask: Any) -> None:
    key = f"sk-ant-rerouted-{as_asked}"
    decide(key, "reroute", model="claude-sim-1-mini", as_asked=as_asked)
    assert ask(client(guarded, key)).model == ("claude-sim-1" if as_asked else "claude-sim-1-mini")


@pytest.mark.parametrize("ask", [message, partial(message, stream=True), final])
def test_a_client_that_must_verify_itself(guarded: str, decide: Any, attempts: Any, ask: Ask) -> None:
    decide("sk-ant-unverified", "verify")
    to = client(guarded, "sk-ant-unverified", max_retries=2, http_client=attempts(anthropic.DefaultHttpxClient))
    with pytest.raises(anthropic.PermissionDeniedError) as caught:
        ask(to)
    assert attempts.made == 1
    link = caught.value.response.headers["stillguard-verify"]
    assert link in str(caught.value)
    assert attest(guarded, link, "x-api-key", "sk-ant-unverified") == "pending"


def test_a_stream_under_way_is_cut_with_an_error_that_the_sdk_raises(guarded: str, decide: Any) -> None:
    heard = message(client(guarded, "sk-ant-cut"), stream=True, extra_headers=SLOW)
    with pytest.raises(anthropic.APIStatusError, match="Access for this client is suspended"):
        deciding(heard, lambda: decide("sk-ant-cut", "deny", cut=True))
