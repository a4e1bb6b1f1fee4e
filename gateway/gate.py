"""Admission: the decisions that stand against a client, turned into what happens to this query."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from gateway.actions.base import Action, Charge, Forward, Refuse, Trimming
from gateway.actions.composition import together
from gateway.charging import filled, undone
from gateway.clock import now
from gateway.decisions import Decision, Subject
from gateway.exchange import Glance, Usage
from gateway.link import Link
from gateway.plugins import PluginError
from gateway.reach import memberships, reaching
from gateway.refusal import Refused
from gateway.verification.desk import Desk

_ACTIONS_KEPT = 4096  # built from decisions; when full all are built anew, as they are needed
_BUSY = "Request rate reduced for this client. Please wait before the next request."
_CLOSED = "Access for this client is suspended."
_SEAT_WAIT = 5.0  # seconds after which asking again makes sense: some exchange that was kept waiting has gone on
log = logging.getLogger("stillguard.proxy")


class Admitted(NamedTuple):
    """What was decided of one query.

    Attributes:
        action, mode: labels for metrics: of the strictest enforced decision, else of the shadow one, else none.
        decision: id of the strictest enforced decision; empty if none.
        forward: what is done to the query and its answer.
        carried: the actions that have something to settle at the end, and whose meters they charged.
        seated: it takes one of the seats of those that are kept waiting.
    """

    action: str = "none"
    mode: str = "none"
    decision: str = ""
    forward: Forward = Forward()
    carried: tuple[tuple[Subject, Action], ...] = ()
    seated: bool = False

    @property
    def trimming(self) -> Trimming:
        """What is taken out or changed."""
        return self.forward.trimming


UNTOUCHED = Admitted()


class _Taken(NamedTuple):
    """What an action has taken from meters."""

    subject: Subject
    action: Action
    charges: Sequence[Charge]


class Gate:
    """Admits queries, or refuses them, as the standing decisions say.

    Args:
        link: where decisions stand and meters are charged.
        action_of: builds the action that a decision names.
        appeal: where a refused client can complain, if its decision does not say.
        noise: secret that blurred numbers depend on.
        desk: where clients verify themselves; None: nowhere.
    """

    def __init__(
        self,
        link: Link,
        action_of: Callable[[Decision], Action],
        appeal: str,
        *,
        noise: bytes = b"",
        desk: Desk | None = None,
    ) -> None:
        self._link = link
        self._action_of = action_of
        self._appeal = appeal
        self._noise = noise
        self._desk = desk
        self._actions: dict[str, Action | None] = {}
        self._known: dict[str, Admitted] = {}
        self._seated = 0

    @property
    def decided(self) -> Mapping[Subject, Decision]:
        """All decisions that stand: another object whenever any of them changes."""
        return self._link.standing

    def standing(self, subjects: Sequence[Subject], now: float) -> tuple[Decision, ...]:
        """Return the enforced decisions on any subject, strictest first; else the strictest shadow one alone.

        What is decided on a campaign counts for each of its members.
        """
        held = self._link.standing
        return reaching(subjects, held, self._link.campaigns, now) if held else ()

    def memberships(self, subjects: Sequence[Subject]) -> Mapping[Subject, Subject]:
        """Return the campaigns that a client's subjects are members of, each with the member."""
        return memberships(subjects, self._link.campaigns)

    def known(self, decisions: Sequence[Decision]) -> Admitted | None:
        """Return what a lone decision does to every query alike, if that was found out before: asking costs 3 µs."""
        return self._known.get(decisions[0].id) if len(decisions) == 1 else None

    async def admit(self, decisions: Sequence[Decision], glance: Glance, payload: Callable[[], str]) -> Admitted:
        """Carry out decisions on one query, strictest first: nothing if they are in shadow.

        Args:
            decisions: as ``standing`` returns them; at least one.
            glance: of the query.
            payload: the fingerprint of what the query asks; called only where a meter counts distinct payloads.

        Raises AdmissionRefused if an action refuses; what others took from meters is then given back.
        """
        if decisions[0].mode != "enforce":
            shadow = UNTOUCHED._replace(action=decisions[0].action, mode=decisions[0].mode)
            return self._remembered(decisions[0].id, shadow)
        actions = [(decision, built) for decision in decisions if (built := self._action(decision)) is not None]
        if not actions:
            return UNTOUCHED
        taken: list[_Taken] = []
        try:
            forwards = [await self._forward(standing, glance, payload, taken) for standing in actions]
            carried = tuple((each.subject, each.action) for each in taken)
            admitted = self._seat(actions[0][0], self._keyed(together(forwards)), carried)
        except BaseException:
            for each in taken:
                self._link.give(each.subject, undone(each.charges))
            raise
        if len(decisions) == 1 and _alike(actions[0][1], admitted.forward):
            return self._remembered(decisions[0].id, admitted)
        return admitted

    def _remembered(self, decision: str, admitted: Admitted) -> Admitted:
        if len(self._known) >= _ACTIONS_KEPT:
            self._known.clear()
        self._known[decision] = admitted
        return admitted

    async def _forward(
        self,
        standing: tuple[Decision, Action],
        glance: Glance,
        payload: Callable[[], str],
        taken: list[_Taken],
    ) -> Forward:
        """Carry out one decision; raise AdmissionRefused if its action refuses."""
        decision, action = standing
        charges = filled(action.charges(glance), payload)
        allowances = await self._link.take(decision.subject, charges) if charges else ()
        effect = action.admit(glance, allowances)
        if isinstance(effect, Refuse):
            if effect.kind == "unverified" and self._desk and await self._desk.verified(decision.subject, now()):
                return Forward()
            raise self._refused(effect, decision)
        if charges:
            taken.append(_Taken(decision.subject, action, charges))
        return effect

    def halt(self, subjects: Sequence[Subject], now: float) -> Refuse | None:
        """Return the refusal that ends answers under way, if a decision that stands by now cuts them; else None."""
        for decision in self.standing(subjects, now):
            action = self._action(decision) if decision.mode == "enforce" else None
            if action is not None and getattr(action, "cut", False):
                effect = action.admit(Glance(), ())
                return self._addressed(effect, decision) if isinstance(effect, Refuse) else None
        return None

    def settle(self, admitted: Admitted, glance: Glance, usage: Usage | None) -> None:
        """Correct shared meters now that the true usage is known; None if nothing was served. Frees the seat."""
        self._seated -= admitted.seated
        for subject, action in admitted.carried:
            if corrections := action.settle(glance, usage):
                self._link.give(subject, corrections)

    def _seat(self, strictest: Decision, forward: Forward, carried: tuple[tuple[Subject, Action], ...]) -> Admitted:
        """Give an exchange that is kept waiting its seat, or do what is to be done when all are taken."""
        admitted = Admitted(strictest.action, "enforce", strictest.id, forward, carried)
        delay = forward.delay
        if delay is None:
            return admitted
        if self._seated < delay.seats:
            self._seated += 1
            return admitted._replace(seated=True)
        if delay.when_full == "pass":
            return admitted._replace(forward=msgspec.structs.replace(forward, delay=None))
        refuse = (
            Refuse(kind="throttled", message=_BUSY, retry_after=_SEAT_WAIT)
            if delay.when_full == "throttle"
            else Refuse(kind="denied", message=_CLOSED)
        )
        raise self._refused(refuse, strictest)

    def _keyed(self, forward: Forward) -> Forward:
        """Put the secret into the noise."""
        blur = forward.trimming.blur
        if blur is None:
            return forward
        replace = msgspec.structs.replace
        return replace(forward, trimming=replace(forward.trimming, blur=replace(blur, key=self._noise)))

    def _refused(self, refuse: Refuse, decision: Decision) -> "AdmissionRefused":
        admitted = Admitted(decision.action, "enforce", decision.id)
        return AdmissionRefused(admitted, self._addressed(refuse, decision))

    def _addressed(self, refuse: Refuse, decision: Decision) -> Refuse:
        link = self._desk.link(decision, now(), refuse.lasts) if self._desk and refuse.lasts else ""
        return msgspec.structs.replace(refuse, decision=decision.id, appeal=refuse.appeal or self._appeal, verify=link)

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


def _alike(action: Action, forward: Forward) -> bool:
    """Say whether an action does the same to every query, and nothing that has to be done for each of them."""
    return getattr(action, "constant", False) and not forward.tags and forward.delay is None
