"""An action of another package that fails lets pass, or refuses, by its severity."""

from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from gateway.actions.base import Charge, Forward, Refuse
from gateway.exchange import Glance
from gateway.isolation.actions import IsolatedAction
from gateway.isolation.telling import NonsenseError

CHARGE = Charge(meter="requests", amount=1, rate=1, burst=1)


@dataclass(frozen=True)
class Odd:
    """Answers whatever it is told to."""

    severity: int
    answer: Any

    name: ClassVar[str] = "odd"

    def _said(self, *_: Any) -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    charges = admit = settle = _said


class Firm(Odd):
    on_failure = "refuse"


class Lenient(Odd):
    on_failure = "pass"


def tried(inner: Odd) -> tuple[IsolatedAction, list[Exception]]:
    told: list[Exception] = []
    return IsolatedAction(inner, "odd", lambda _kind, _name, error: told.append(error)), told


@pytest.mark.parametrize("answer", [OSError("out of order"), None, "no", (1, 2)])
@pytest.mark.parametrize(
    ("kind", "severity", "refuses"),
    [(Odd, 1, False), (Odd, 3, False), (Odd, 4, True), (Odd, 5, True), (Firm, 2, True), (Lenient, 5, False)],
)
def test_a_failure_passes_or_refuses(kind: type[Odd], severity: int, refuses: bool, answer: Any) -> None:
    action, told = tried(kind(severity, answer))
    effect = action.admit(Glance(), ())
    assert isinstance(effect, Refuse) if refuses else effect == Forward()
    assert action.charges(Glance()) == ()
    assert action.settle(Glance(), None) == ()
    assert len(told) == 3
    if not isinstance(answer, Exception):
        assert {type(error) for error in told} == {NonsenseError}


def test_what_is_sound_passes_through() -> None:
    assert tried(Odd(2, (CHARGE,)))[0].charges(Glance()) == (CHARGE,)
    assert tried(Odd(2, Forward(route="spare")))[0].admit(Glance(), ()) == Forward(route="spare")
    assert tried(Odd(2, Forward()))[0].answer == Forward()
    with pytest.raises(AttributeError):
        _ = tried(Odd(2, ()))[0].cut
