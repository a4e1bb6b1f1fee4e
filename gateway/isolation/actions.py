"""An action of another package: when it fails, a milder one lets the query pass, a stricter one refuses it.

Up to throttle (severity 3) an action that fails leaves the client untouched: an honest one must not suffer for a
broken package. From verify (4) on it refuses, neutrally: whoever had the strictest measures taken against them must
not be let through by making the action fail. An action may say otherwise of itself in ``on_failure``.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar, cast

from gateway.actions.base import Action, Allowance, Charge, Forward, Refuse
from gateway.exchange import Glance, Usage
from gateway.isolation.telling import NonsenseError, Tell, failed

T = TypeVar("T")
CLOSED_FROM: Final = 4  # severity
_REFUSED: Final = "This request cannot be served for this client at present."


class IsolatedAction:
    """Wraps one action; what is not of the contract's three methods is the action's own.

    Args:
        inner: the action.
        name: as its entry point.
        tell: told of each failure.
    """

    constant = False  # it is asked each time: one failure must not decide for all

    def __init__(self, inner: Any, name: str, tell: Tell = failed) -> None:
        self._inner = inner
        self._tell = tell
        self.name, self.severity = name, int(inner.severity)
        usual = "refuse" if self.severity >= CLOSED_FROM else "pass"
        self.on_failure = getattr(inner, "on_failure", usual)

    def __getattr__(self, name: str) -> Any:
        """Return what is the action's own."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._inner, name)

    def charges(self, glance: Glance) -> tuple[Charge, ...]:
        """Return what must be taken from meters; nothing if that failed."""
        return self._guarded((), lambda: _all_charges(self._inner.charges(glance)))

    def admit(self, glance: Glance, allowances: Sequence[Allowance]) -> Forward | Refuse:
        """Decide on one query; by ``on_failure`` if that failed."""
        refuses = self.on_failure == "refuse"
        instead: Forward | Refuse = Refuse(kind="denied", message=_REFUSED) if refuses else Forward()
        return self._guarded(instead, lambda: _an_effect(self._inner.admit(glance, allowances)))

    def settle(self, glance: Glance, usage: Usage | None) -> tuple[Charge, ...]:
        """Return the corrections; none if that failed."""
        return self._guarded((), lambda: _all_charges(self._inner.settle(glance, usage)))

    def _guarded(self, fallback: T, call: Callable[[], T]) -> T:
        try:
            return call()
        except Exception as error:  # noqa: BLE001 - whatever another's code may raise
            self._tell("action", self.name, error)
            return fallback


def isolated(inner: Any, name: str) -> Action:
    """Return an action that cannot fail an exchange."""
    return cast("Action", IsolatedAction(inner, name))


def _all_charges(value: Any) -> tuple[Charge, ...]:
    if not (isinstance(value, tuple) and all(isinstance(one, Charge) for one in value)):
        raise NonsenseError("charges are no tuple of Charge")
    return value


def _an_effect(value: Any) -> Forward | Refuse:
    if not isinstance(value, Forward | Refuse):
        raise NonsenseError(f"an effect is {type(value).__name__}, neither Forward nor Refuse")
    return value
