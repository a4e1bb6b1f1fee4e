"""What every action promises.

    @pytest.mark.parametrize(("name", "parameters"), [("curt", {"tokens": 64})])
    class TestCurt(ActionContract): ...

``name`` is the entry point: the action is found and built as the guard finds and builds it.
"""

import dataclasses
import re
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.actions.base import STATUS, Action, Allowance, Forward, Refuse
from gateway.actions.composition import together
from gateway.exchange import Glance, Usage
from gateway.plugins import action_parameters, build

TOLD = re.compile(r"detect|score|threshold|watermark|distil|suspic|evidence|policy|weight|nats|rung", re.IGNORECASE)
COUNT = st.integers(-(2**63), 2**63 - 1)
GLANCES = st.builds(
    Glance, model=st.text(), stream=st.booleans(), user=st.text(), samples=COUNT, max_tokens=COUNT, body_bytes=COUNT
)
USAGES = st.none() | st.builds(Usage, prompt_tokens=COUNT, completion_tokens=COUNT, reasoning_tokens=COUNT)
tried = settings(deadline=None, suppress_health_check=[HealthCheck.differing_executors])


def action(name: str, parameters: dict[str, Any]) -> Action:
    """Return the action, as its package made it."""
    made: Action = build("action", name, parameters)
    return made


def answers(tried: Action, glance: Glance, *, allowed: bool) -> list[Allowance]:
    """Return what meters answer that all allow, or all do not."""
    return [
        Allowance(meter=charge.meter, allowed=allowed, limit=charge.burst, remaining=0, retry_after=9, reset=60)
        for charge in tried.charges(glance)
    ]


class ActionContract:
    """The promises."""

    def test_an_action_is_called_as_its_entry_point_and_knows_its_severity(
        self, name: str, parameters: dict[str, Any]
    ) -> None:
        tried = action(name, parameters)
        assert tried.name == name
        assert 1 <= tried.severity <= 5

    @tried
    @given(glance=GLANCES)
    def test_an_action_always_decides_when_meters_allow(
        self, name: str, parameters: dict[str, Any], glance: Glance
    ) -> None:
        tried = action(name, parameters)
        admitted = tried.admit(glance, answers(tried, glance, allowed=True))
        assert isinstance(admitted, Forward | Refuse)
        if tried.severity <= 3:
            assert isinstance(admitted, Forward)
        if tried.severity == 1 and isinstance(admitted, Forward):
            assert admitted == Forward(tags=admitted.tags), "from severity 2 on the client may notice"

    @tried
    @given(glance=GLANCES, usage=USAGES)
    def test_charges_can_be_met_and_corrections_use_the_same_meters(
        self, name: str, parameters: dict[str, Any], glance: Glance, usage: Usage | None
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

    def test_a_refusal_tells_nothing_of_how_it_came_about(self, name: str, parameters: dict[str, Any]) -> None:
        tried = action(name, parameters)
        refusals = [tried.admit(Glance(), answers(tried, Glance(), allowed=allowed)) for allowed in (True, False)]
        for refusal in refusals:
            if isinstance(refusal, Refuse):
                assert not TOLD.search(refusal.message)
                assert refusal.kind in STATUS

    def test_an_action_gives_the_same_effects_again_and_does_not_change(
        self, name: str, parameters: dict[str, Any]
    ) -> None:
        tried, glance, usage = action(name, parameters), Glance(max_tokens=10), Usage(completion_tokens=7)
        before = repr(tried)
        first = (tried.charges(glance), tried.admit(glance, ()), tried.settle(glance, usage))
        assert (tried.charges(glance), tried.admit(glance, ()), tried.settle(glance, usage)) == first
        assert repr(tried) == before
        field = next(iter(dataclasses.fields(tried)), None)  # type: ignore[arg-type]  # the protocol does not say so
        if field is not None:
            with pytest.raises(dataclasses.FrozenInstanceError):
                setattr(tried, field.name, 1)

    @tried
    @given(glance=GLANCES, other=GLANCES)
    def test_an_action_that_calls_itself_constant_is(
        self, name: str, parameters: dict[str, Any], glance: Glance, other: Glance
    ) -> None:
        tried = action(name, parameters)
        if getattr(tried, "constant", False):
            assert tried.charges(glance) == tried.charges(other) == ()
            assert tried.admit(glance, ()) == tried.admit(other, ())
            assert tried.settle(glance, None) == tried.settle(other, Usage(completion_tokens=9)) == ()

    def test_an_action_that_is_added_to_itself_is_itself(self, name: str, parameters: dict[str, Any]) -> None:
        effect = action(name, parameters).admit(Glance(model="big"), ())
        if isinstance(effect, Forward):
            assert together([effect]) == effect
            assert together([effect, effect]) == effect
            assert together([effect, Forward()]) == effect == together([Forward(), effect])

    def test_parameters_survive_the_store(self, name: str, parameters: dict[str, Any]) -> None:
        stored = msgspec.msgpack.decode(msgspec.msgpack.encode(action_parameters(name, parameters)))
        assert action(name, stored) == action(name, parameters)

    def test_a_parameter_that_nobody_knows_is_refused(self, name: str, parameters: dict[str, Any]) -> None:
        with pytest.raises(Exception, match="unknown key"):
            action(name, {**parameters, "unheard_of": 1})
