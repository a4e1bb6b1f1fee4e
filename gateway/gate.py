"""Admission: the decision that stands against a client, turned into what happens to this query."""

import logging
from collections.abc import Callable, Iterable
from typing import NamedTuple

import msgspec

from gateway.actions.base import NO_TRIMMING, Action, Charge, Refuse, Trimming
from gateway.decisions import Decision, Subject
from gateway.exchange import Glance, Usage
from gateway.link import Link
from gateway.plugins import PluginError
from gateway.refusal import Refused

_ACTIONS_KEPT = 4096  # built from decisions; when full all are built anew, as they are needed
log = logging.getLogger("stillguard.proxy")


class Admitted(NamedTuple):
    """What was decided of one query.

    Attributes:
        action, mode: labels for metrics: of the enforced decision, else of the shadow one, else none.
        decision: id of the enforced decision; empty if none.
        subject: whose meters were charged.
        trimming: what is to be taken out.
        charges: taken from shared meters; settled at the end.
        carried: the action, if it has something to settle.
    """

    action: str = "none"
    mode: str = "none"
    decision: str = ""
    subject: Subject | None = None
    trimming: Trimming = NO_TRIMMING
    charges: tuple[Charge, ...] = ()
    carried: Action | None = None


UNTOUCHED = Admitted()


class Gate:
    """Admits queries, or refuses them, as the standing decisions say."""

    def __init__(self, link: Link, action_of: Callable[[Decision], Action], appeal: str) -> None:
        self._link = link
        self._action_of = action_of
        self._appeal = appeal
        self._actions: dict[str, Action | None] = {}

    def standing(self, subjects: Iterable[Subject], now: float) -> Decision | None:
        """Return the strictest enforced decision on any of the subjects, else the strictest shadow one, else None."""
        held = self._link.standing
        if not held:
            return None
        found = [d for s in subjects if (d := held.get(s)) is not None and d.until > now and d.mode != "off"]
        return max(found, key=_strictness, default=None)

    async def admit(self, decision: Decision, glance: Glance) -> Admitted:
        """Carry out a decision on one query: nothing if it is in shadow.

        Raises AdmittedRefusal if the action refuses.
        """
        action = self._action(decision) if decision.mode == "enforce" else None
        if action is None:
            return UNTOUCHED._replace(action=decision.action, mode="shadow") if decision.mode == "shadow" else UNTOUCHED
        charges = action.charges(glance)
        allowances = await self._link.take(decision.subject, charges) if charges else ()
        effect = action.admit(glance, allowances)
        admitted = Admitted(
            decision.action, "enforce", decision.id, decision.subject, NO_TRIMMING, charges, action if charges else None
        )
        if isinstance(effect, Refuse):
            raise AdmissionRefused(admitted, self._addressed(effect, decision))
        return admitted._replace(trimming=effect.trimming)

    def settle(self, admitted: Admitted, glance: Glance, usage: Usage | None) -> None:
        """Correct shared meters now that the true usage is known; None if nothing was served."""
        if admitted.carried is None or admitted.subject is None:
            return
        corrections = admitted.carried.settle(glance, usage)
        if corrections:
            self._link.give(admitted.subject, corrections)

    def _addressed(self, refuse: Refuse, decision: Decision) -> Refuse:
        return msgspec.structs.replace(refuse, decision=decision.id, appeal=refuse.appeal or self._appeal)

    def _action(self, decision: Decision) -> Action | None:
        """Return the decision's action; None if this process cannot carry it out: then nobody is touched."""
        if decision.id in self._actions:
            return self._actions[decision.id]
        if len(self._actions) >= _ACTIONS_KEPT:
            self._actions.clear()
        action: Action | None = None
        try:
            action = self._action_of(decision)
        except PluginError:
            log.exception("a decision cannot be carried out", extra={"decision": decision.id})
        self._actions[decision.id] = action
        return action


class AdmissionRefused(Refused):
    """The action behind a decision refuses the query."""

    def __init__(self, admitted: Admitted, refuse: Refuse) -> None:
        super().__init__(refuse)
        self.admitted = admitted


def _strictness(decision: Decision) -> tuple[bool, int, float]:
    return decision.mode == "enforce", decision.severity, decision.until
