"""Reroute: another model answers, cheaper to lose; the client sees which, unless the operator says otherwise.

The query keeps its dialect: another model's name is written where the dialect has it, in the body or in the path. Which
upstream that goes to, the routes say, by the new name; ``route`` names one outright.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from gateway.actions.base import Allowance, Charge, Forward, Refuse, Trimming
from gateway.exchange import Glance, Usage


@dataclass(frozen=True)
class Reroute:
    """Send queries elsewhere.

    Attributes:
        model: the name to ask by; empty: the client's.
        route: name of a route of the configuration; empty: the first that fits.
        as_asked: answers show the model's name that the client asked by. Off by default: whoever pays for a model
            should see which one answered, and some contracts and laws say so.
    """

    name: ClassVar[str] = "reroute"
    severity: ClassVar[int] = 4

    model: str = ""
    route: str = ""
    as_asked: bool = False

    def __post_init__(self) -> None:
        if not (self.model or self.route):
            raise ValueError("model: this sends nothing elsewhere; name a model or a route")
        if not self.model.isprintable():
            raise ValueError("model: printable characters only")

    def charges(self, glance: Glance) -> tuple[Charge, ...]:  # noqa: ARG002 - the contract's word
        """Return no charges."""
        return ()

    def admit(self, glance: Glance, allowances: Sequence[Allowance]) -> Forward | Refuse:  # noqa: ARG002 - the same
        """Forward, with the other model's name."""
        shown = glance.model if self.as_asked else ""
        return Forward(trimming=Trimming(model=self.model, model_shown=shown), route=self.route)

    def settle(self, glance: Glance, usage: Usage | None) -> tuple[Charge, ...]:  # noqa: ARG002 - the same
        """Return no corrections."""
        return ()
