"""What every action promises, tried on all that are shipped."""

from collections.abc import Iterator
from importlib.metadata import EntryPoint
from typing import Any, get_args

import pytest

from gateway.actions import watermark
from gateway.actions.base import STATUS, Forward, RefusalKind, Refuse
from gateway.contracts.actions import ActionContract, action
from gateway.exchange import Glance
from gateway.installed import shipped

PARAMETERS: dict[str, list[dict[str, Any]]] = {
    "watch": [{}],
    "trim": [
        {},
        {"logprobs": False, "samples": 2, "max_tokens": 256, "reasoning": False},
        {"logprobs": False, "alternatives": 2, "reasoning_budget": 512, "reasoning_excerpt": 80},
    ],
    "throttle": [
        {"requests_per_minute": 6},
        {"tokens_per_minute": 4000, "estimate": 900},
        {"requests_per_minute": 0.5, "tokens_per_minute": 1, "burst_seconds": 0.5, "max_tokens": 64, "samples": 1},
        {"input_tokens_per_minute": 900, "concurrent": 2, "payloads_per_day": 50, "headers": False},
    ],
    "deny": [{}, {"appeal": "mailto:abuse@example.com"}, {"cut": True}],
    "tag": [{}, {"tag": "slow-lane", "header": "x-lane"}],
    "blur": [{}, {"digits": -1, "noise": 0.5, "embedding_digits": -1, "embedding_noise": 0.1, "alternatives": 2}],
    "watermark": [{"scheme": "plain"}, {"scheme": "plain", "strength": 0.25}],
    "tarpit": [{}, {"before": 0, "between": 0.5, "most": 30, "seats": 5, "when_full": "deny"}],
    "reroute": [{"model": "small"}, {"route": "spare", "as_asked": True}],
    "verify": [{}, {"link_hours": 1.5, "appeal": "mailto:abuse@example.com"}],
}
SEVERITIES = {
    "watch": 1, "tag": 1, "trim": 2, "blur": 2, "watermark": 2, "throttle": 3, "tarpit": 3, "reroute": 4, "verify": 4,
    "deny": 5,
}  # fmt: skip
REFUSING = {"verify", "deny"}
CASES = [(name, parameters) for name in shipped("action") for parameters in PARAMETERS.get(name, [])]
every_action = pytest.mark.parametrize(("name", "parameters"), CASES)


@pytest.fixture(scope="module", autouse=True)
def _a_scheme() -> Iterator[None]:
    found = EntryPoint("plain", "tests.gateway.actions.schemes:Plain", watermark.GROUP)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(watermark, "schemes", lambda: {"plain": found})
        yield


def test_every_shipped_action_is_tried_here() -> None:
    assert set(shipped("action")) == set(PARAMETERS)


@every_action
class TestShippedActions(ActionContract):
    pass


@every_action
def test_a_shipped_action_has_its_severity_and_refuses_only_if_it_is_there_to(
    name: str, parameters: dict[str, Any]
) -> None:
    assert action(name, parameters).severity == SEVERITIES[name]
    assert isinstance(action(name, parameters).admit(Glance(), ()), Refuse if name in REFUSING else Forward)


def test_every_kind_of_refusal_has_a_status() -> None:
    assert set(STATUS) == set(get_args(RefusalKind))
