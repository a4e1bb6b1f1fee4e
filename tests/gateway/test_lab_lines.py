"""The lab's accounts as recorded traffic: what the dialects read of a line is what the account did."""

import json

import pytest

from detectors.lab.population import Tenant, population
from detectors.lab.replay_line import line
from detectors.lab.traffic import Asked
from gateway.config import Config
from gateway.dialects.known import Dialects
from gateway.exchange import Answer, Query
from gateway.features import Features
from gateway.rehearsal import exchange
from gateway.replay.reading import SALT, Block, Reader
from gateway.shape import shape

TENANTS = [*{(one.kind, one.anthropic): one for one in population(None, "judge", size=0.1)}.values()]


def wire(tenant: Tenant, asked: Asked) -> tuple[Query, Answer]:
    recorded = json.loads(json.dumps(line(tenant, asked)))
    dialect, surface = Dialects().find("POST", recorded["path"], [])
    assert surface.generates
    query = dialect.read(surface, json.dumps(recorded["request"]).encode())
    return query, dialect.hear(surface, "application/json", json.dumps(recorded["response"]).encode())


@pytest.mark.parametrize("tenant", TENANTS, ids=lambda one: f"{one.kind}-{'anthropic' if one.anthropic else 'openai'}")
def test_the_dialects_read_of_a_line_what_was_asked_and_answered(tenant: Tenant) -> None:
    for asked in [*tenant.exchanges()][:40]:
        query, answer = wire(tenant, asked)
        expected, said, _ = exchange(asked)
        assert query.system == expected.system
        assert [(turn.role, turn.text) for turn in query.turns if turn.text] == [
            (turn.role, turn.text) for turn in expected.turns if turn.text
        ]
        assert query.samples == expected.samples
        assert query.model == expected.model
        assert (query.logprobs, query.logit_bias, query.tools) == (
            expected.logprobs,
            expected.logit_bias,
            expected.tools,
        )
        assert query.tool_results == expected.tool_results
        assert query.reasoning_blobs == expected.reasoning_blobs
        assert answer.text == said.text
        assert answer.reasoning_blobs == said.reasoning_blobs
        assert answer.tool_calls == (said.tool_calls if asked.choices else 0)
        if asked.choices:
            assert answer.usage.completion_tokens == asked.answer_tokens
            assert answer.finish == said.finish


@pytest.mark.parametrize(
    "tenant", TENANTS[::3], ids=lambda one: f"{one.kind}-{'anthropic' if one.anthropic else 'openai'}"
)
def test_a_line_is_marked_as_its_rehearsal_is(tenant: Tenant) -> None:
    config = Config.model_validate({"routes": [{"upstream": "http://127.0.0.1"}], "policies": "p"})
    asked = next(one for one in tenant.exchanges() if one.choices)
    (group,) = Reader(config).read(Block(0, json.dumps(line(tenant, asked)).encode(), "f", 1)).groups
    read = group.answers[0].query
    query, answer, entry = exchange(asked, tenant)
    rehearsed, _ = Features(SALT).observe(query, answer, entry)
    assert query.shape == shape(json.dumps(line(tenant, asked)["request"]).encode())
    assert read.client
    assert read.habit
    for name in ("scaffold", "frame", "model", "network", "client", "tls", "presented"):
        assert getattr(read, name) == getattr(rehearsed, name), name


def test_a_line_names_the_account_and_nothing_that_gives_it_away() -> None:
    for tenant in TENANTS[::5]:
        recorded = line(tenant, next(tenant.exchanges()))
        text = json.dumps(
            {name: value for name, value in recorded.items() if name not in ("request", "response", "path")}
        )
        assert recorded["account"] == tenant.account
        for word in (tenant.kind, tenant.label, tenant.source, "attack"):
            assert word not in text
