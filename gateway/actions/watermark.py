"""Watermark: the text of answers carries a mark by which a leak can be proven later.

This is the place where a scheme is put in: a package names it under the entry point group ``stillguard.watermarks``. A
scheme marks while the model samples, so what reaches it are members of the query, for a plug-in of the model server
(``vllm_xargs``, say). Without a scheme the action is refused where a policy names it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, ClassVar, Protocol

from gateway.actions.base import Allowance, Charge, Forward, Refuse, Trimming
from gateway.exchange import Glance, Usage

GROUP = "stillguard.watermarks"


class Scheme(Protocol):
    """How text is marked: pure."""

    def members(self, strength: float) -> Mapping[str, Any]:
        """Return the members to set in a query, JSON by name, for a strength between 0 and 1.

        Raises ValueError where the scheme has no such strength.
        """
        ...


@cache
def schemes() -> Mapping[str, EntryPoint]:
    """Return the schemes that are installed, by name; none is imported yet."""
    return {entry.name: entry for entry in entry_points(group=GROUP)}


@dataclass(frozen=True)
class Watermark:
    """Have answers marked.

    Attributes:
        scheme: name of an installed scheme.
        strength: how strong the mark is, more than 0 to 1: the scheme says what that costs the text.
    """

    name: ClassVar[str] = "watermark"
    severity: ClassVar[int] = 2

    scheme: str = ""
    strength: float = 0.5

    def __post_init__(self) -> None:
        if not 0 < self.strength <= 1:
            raise ValueError("strength: more than 0, at most 1")
        if self.scheme not in schemes():
            known = ", ".join(sorted(schemes())) or "none is installed"
            raise ValueError(f"scheme: no watermark scheme is called {self.scheme!r} ({known})")
        self._members()

    def charges(self, glance: Glance) -> tuple[Charge, ...]:  # noqa: ARG002 - the contract's word
        """Return no charges."""
        return ()

    def admit(self, glance: Glance, allowances: Sequence[Allowance]) -> Forward | Refuse:  # noqa: ARG002 - the same
        """Forward, with the members that the scheme asks for."""
        return Forward(trimming=Trimming(members=dict(self._members())))

    def settle(self, glance: Glance, usage: Usage | None) -> tuple[Charge, ...]:  # noqa: ARG002 - the same
        """Return no corrections."""
        return ()

    def _members(self) -> Mapping[str, Any]:
        try:
            scheme: Scheme = _scheme(self.scheme)
        except (ImportError, AttributeError) as error:
            raise ValueError(f"scheme: {self.scheme} cannot be imported: {error}") from error
        return scheme.members(self.strength)


@cache
def _scheme(name: str) -> Any:
    return schemes()[name].load()()
