"""What every action promises, tried on all that are installed."""

import dataclasses
import re
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.actions import watermark
from gateway.actions.base import STATUS, Action, Allowance, Forward, RefusalKind, Refuse
from gateway.actions.composition import together
from gateway.decisions import Decision, Subject
from gateway.exchange import Glance, Usage
from gateway.plugins import action_of, action_parameters, installed

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
CASES = [(name, parameters) for name in installed("action") for parameters in PARAMETERS.get(name, [])]
TOLD = re.compile(r"detect|score|threshold|watermark|distil|suspic|evidence|policy|weight|nats|rung", re.IGNORECASE)
COUNT = st.integers(-(2**63), 2**63 - 1)
GLANCES = st.builds(
    Glance, model=st.text(), stream=st.booleans(), user=st.text(), samples=COUNT, max_tokens=COUNT, body_bytes=COUNT
)
USAGES = st.none() | st.builds(Usage, prompt_tokens=COUNT, completion_tokens=COUNT, reasoning_tokens=COUNT)


@pytest.fixture(scope="module", autouse=True)
def _a_scheme() -> Iterator[None]:
    found = EntryPoint("plain", "tests.gateway.actions.schemes:Plain", watermark.GROUP)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(watermark, "schemes", lambda: {"plain": found})
        yield


def action(name: str, parameters: dict[str, Any]) -> Action:
    return action_of(
        Decision(id="d-1", subject=Subject("key", "k"), action=name, severity=1, at=0, until=1, parameters=parameters)
    )


def answers(tried: Action, glance: Glance, *, allowed: bool) -> list[Allowance]:
    return [
        Allowance(meter=charge.meter, allowed=allowed, limit=charge.burst, remaining=0, retry_after=9, reset=60)
        for charge in tried.charges(glance)
    ]


def test_every_installed_action_is_tried_here() -> None:
    assert set(installed("action")) == set(PARAMETERS)


every_action = pytest.mark.parametrize(("name", "parameters"), CASES)


@every_action
def test_an_action_is_called_as_its_entry_point_and_knows_its_severity(name: str, parameters: dict[str, Any]) -> None:
    tried = action(name, parameters)
    assert tried.name == name
    assert tried.severity == SEVERITIES[name]


@every_action
@settings(deadline=None)
@given(glance=GLANCES)
def test_an_action_always_decides_when_meters_allow(name: str, parameters: dict[str, Any], glance: Glance) -> None:
    tried = action(name, parameters)
    admitted = tried.admit(glance, answers(tried, glance, allowed=True))
    assert isinstance(admitted, Refuse if name in REFUSING else Forward)
    if name in {"watch", "tag"}:
        assert isinstance(admitted, Forward)
        assert admitted == Forward(tags=admitted.tags)


@every_action
@settings(deadline=None)
@given(glance=GLANCES, usage=USAGES)
def test_charges_can_be_met_and_corrections_use_the_same_meters(
    name: str, parameters: dict[str, Any], glance: Glance, usage: Usage | None
) -> None:
    tried = action(name, parameters)
    charged = {charge.meter: charge for charge in tried.charges(glance)}
    for charge in charged.values():
        assert 0 < charge.amount <= charge.burst
        assert charge.rate > 0
    for correction in tried.settle(glance, usage):
        taken = charged[correction.meter]
        assert (correction.rate, correction.burst) == (taken.rate, taken.burst)
        assert correction.amount >= -taken.amount
        assert correction.lease == taken.lease


@every_action
def test_a_refusal_tells_nothing_of_how_it_came_about(name: str, parameters: dict[str, Any]) -> None:
    tried = action(name, parameters)
    refusals = [tried.admit(Glance(), answers(tried, Glance(), allowed=allowed)) for allowed in (True, False)]
    for refusal in refusals:
        if isinstance(refusal, Refuse):
            assert not TOLD.search(refusal.message)
            assert refusal.kind in STATUS


@every_action
def test_an_action_gives_the_same_effects_again_and_does_not_change(name: str, parameters: dict[str, Any]) -> None:
    tried, glance, usage = action(name, parameters), Glance(max_tokens=10), Usage(completion_tokens=7)
    before = repr(tried)
    first = (tried.charges(glance), tried.admit(glance, ()), tried.settle(glance, usage))
    assert (tried.charges(glance), tried.admit(glance, ()), tried.settle(glance, usage)) == first
    assert repr(tried) == before
    field = next(iter(dataclasses.fields(tried)), None)  # type: ignore[arg-type]  # the protocol does not say so
    if field is not None:
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(tried, field.name, 1)


@every_action
def test_parameters_survive_the_store(name: str, parameters: dict[str, Any]) -> None:
    stored = msgspec.msgpack.decode(msgspec.msgpack.encode(action_parameters(name, parameters)))
    assert action(name, stored) == action(name, parameters)


@every_action
def test_a_parameter_that_nobody_knows_is_refused(name: str, parameters: dict[str, Any]) -> None:
    with pytest.raises(Exception, match="unknown key"):
        action(name, {**parameters, "unheard_of": 1})


@every_action
def test_an_action_that_is_added_to_itself_is_itself(name: str, parameters: dict[str, Any]) -> None:
    effect = action(name, parameters).admit(Glance(model="big"), ())
    if isinstance(effect, Forward):
        assert together([effect]) == effect
        assert together([effect, effect]) == effect
        assert together([effect, Forward()]) == effect == together([Forward(), effect])


def test_every_kind_of_refusal_has_a_status() -> None:
    assert set(STATUS) == set(get_args(RefusalKind))
