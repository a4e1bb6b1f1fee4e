"""A store or journal of another package: whatever it raises is a StoreError, which every caller gets over.

So is an answer of another kind than the contract's: a proxy's thread to the store and the analyst wait and try
again, while traffic passes under the decisions that they know.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from gateway.campaigns import Memberships, Roll
from gateway.isolation.telling import NonsenseError, Tell, failed
from gateway.journals.base import Batch
from gateway.stores.base import Announced, StoreError, Touched

T = TypeVar("T")
_ANSWERS: Final[dict[str, type[Any]]] = {
    "announced": Announced, "append": int, "cases": dict, "depth": int, "heaviest": list, "read": Batch, "scrub": bool,
    "size": int, "take": list, "touched": Touched, "roll": Roll, "members": list, "memberships": Memberships,
}  # fmt: skip


class Isolated:
    """Wraps one open store or journal.

    Args:
        inner: the store or journal.
        name: of the plug-in.
        tell: told of each failure.
    """

    def __init__(self, inner: Any, name: str, tell: Tell = failed) -> None:
        self._inner, self._name, self._tell = inner, name, tell

    def __getattr__(self, call: str) -> Any:
        """Return the call of that name, guarded."""
        if call.startswith("_"):
            raise AttributeError(call)
        made = getattr(self._inner, call)
        if not callable(made):
            return made
        expected = _ANSWERS.get(call)

        def guarded(*given: Any, **named: Any) -> Any:
            return asked(self._name, call, lambda: _typed(made(*given, **named), expected), self._tell)

        return guarded


def asked(name: str, call: str, ask: Callable[[], T], tell: Tell = failed) -> T:
    """Return the answer of a store.

    Raises:
        StoreError: the store raised it, or anything else.
    """
    try:
        return ask()
    except StoreError:
        raise
    except Exception as error:
        tell("store", name, error)
        raise StoreError(f"store {name}: {call} failed: {type(error).__name__}") from error


def _typed(answer: Any, expected: type[Any] | None) -> Any:
    if expected is not None and not isinstance(answer, expected):
        raise NonsenseError(f"an answer is {type(answer).__name__}, not {expected.__name__}")
    return answer
