"""Lines have the members of recorded traffic, whatever happened in the exchange."""

import json

from msgspec.structs import replace

from detectors.lab.population import Tenant, population
from detectors.lab.replay_line import line
from detectors.lab.traffic import Asked, Said

TENANTS = population(None, "judge", size=0.05)
ASKED = Asked(
    at=1.5, turns=(Said("user", "hello"),), choices=("two words",), answer_chars=9, answer_tokens=2, finish="stop"
)
OPENAI = next(one for one in TENANTS if not one.anthropic)
ANTHROPIC = next(one for one in TENANTS if one.anthropic)


def request(tenant: Tenant, asked: Asked) -> dict[str, object]:
    found = line(tenant, asked)["request"]
    assert isinstance(found, dict)
    return found


def test_a_line_is_json_with_the_members_of_the_format() -> None:
    for tenant in (OPENAI, ANTHROPIC):
        recorded = json.loads(json.dumps(line(tenant, ASKED)))
        assert {
            "at",
            "account",
            "key",
            "address",
            "headers",
            "path",
            "request",
            "status",
            "response",
            "took",
        } == recorded.keys()
    assert line(OPENAI, replace(ASKED, user="u1"))["user"] == "u1"


def test_a_failed_exchange_has_an_error_for_a_response() -> None:
    recorded = line(OPENAI, replace(ASKED, status=503, choices=()))
    assert recorded["status"] == 503
    assert "error" in recorded["response"]


def test_what_only_one_dialect_can_say_is_said_in_it() -> None:
    odd = replace(ASKED, samples=2, choices=("a", "b"), logprobs=5, logit_bias=3, temperature=0.0)
    for tenant in (OPENAI, ANTHROPIC):
        assert line(tenant, odd)["path"] == "/v1/chat/completions"
        assert request(tenant, odd)["n"] == 2
        assert len(line(tenant, odd)["response"]["choices"]) == 2
    assert line(ANTHROPIC, ASKED)["path"] == "/v1/messages"
    assert "max_tokens" in request(ANTHROPIC, ASKED)
    assert "temperature" not in request(OPENAI, ASKED)


def test_keys_and_addresses_follow_the_exchange_and_some_addresses_are_shared() -> None:
    assert line(OPENAI, ASKED)["key"] != line(OPENAI, replace(ASKED, key=1))["key"]
    seen: dict[str, set[str]] = {}
    for tenant in population(None, "judge"):
        for which in range(3):
            recorded = line(tenant, replace(ASKED, address=which))
            seen.setdefault(recorded["address"], set()).add(tenant.account)
    assert max(len(accounts) for accounts in seen.values()) > 5
    assert sum(len(accounts) == 1 for accounts in seen.values()) > 0.8 * len(seen)
