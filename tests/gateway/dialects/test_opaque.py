from gateway.actions.base import Refuse, Trimming
from gateway.dialects.opaque import SURFACE, Opaque
from gateway.dialects.openai import OpenAI
from gateway.exchange import Answer, Glance, Query

BODY = b'{"model": "m", "messages": [{"role": "user", "content": "Hello?"}], "logprobs": true}'
FULL = Trimming(logprobs=True, reasoning=True, samples=1, max_tokens=1)


def test_nothing_is_read_and_nothing_touched() -> None:
    opaque = Opaque(OpenAI())
    assert opaque.claims("BREW", "/pot") == SURFACE
    assert opaque.glance(SURFACE, BODY) == Glance(body_bytes=len(BODY))
    assert opaque.read(SURFACE, BODY) == Query()
    assert opaque.hear(SURFACE, "application/json", BODY) == Answer()
    assert opaque.write(SURFACE, BODY, FULL) is BODY
    assert opaque.rewriter(SURFACE, "application/json", FULL) is None


def test_a_refusal_is_in_the_dialect_that_it_speaks() -> None:
    refusal = Refuse(kind="denied", message="No.")
    assert Opaque(OpenAI()).refuse(refusal, "r") == OpenAI().refuse(refusal, "r")
    assert Opaque(OpenAI()).interrupt(SURFACE, refusal, "r") == OpenAI().interrupt(SURFACE, refusal, "r")
