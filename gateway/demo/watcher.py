"""Reads what the guard thinks, through its admin API, and says which of the demo's clients it thinks it of."""

from collections.abc import Mapping, Sequence

import msgspec

from gateway.clock import now
from gateway.decisions import SEVERITY_TOUCHES_CLIENT, Decision, Standing, Subject
from gateway.demo.call import call
from gateway.demo.cast import Role
from gateway.demo.letters import credentials
from gateway.identity import Identity
from gateway.upstream import Upstream
from gateway.upstream_wire import UpstreamError

_SHARED = {"network"}  # all clients of the demo come from one machine
_PEER = "127.0.0.1"
_STANDINGS = msgspec.json.Decoder(list[Standing])
_DECISIONS = msgspec.json.Decoder(list[Decision])


class Thought(msgspec.Struct, frozen=True):
    """What the guard holds against one client: its strongest standing, and the strictest decision that stands."""

    standing: Standing | None = None
    decision: Decision | None = None


class Milestone(msgspec.Struct, frozen=True):
    """A measure that a client came under, and how many answers it had taken by then."""

    role: str
    action: str
    severity: int
    answers: int


def subjects_of(role: Role, users: Sequence[str], identity: Identity) -> set[Subject]:
    """Return every subject under which the guard may hold something against a client alone."""
    shown = [(name.encode(), value.encode()) for name, value in credentials(role.dialect, role.key)]
    found = {subject for user in ("", *users) for subject in identity.identify(shown, _PEER, user).subjects}
    return {subject for subject in found if subject.scope not in _SHARED}


class Watcher:
    """Looks again and again, and remembers the first time of each measure."""

    def __init__(self, admin: Upstream, owners: Mapping[Subject, str]) -> None:
        self._admin = admin
        self._owners = owners
        self.thoughts: dict[str, Thought] = {}
        self.milestones: dict[tuple[str, str], Milestone] = {}

    async def look(self) -> None:
        """Read standings and decisions; a guard that is still starting is asked again next time."""
        try:
            standings = _STANDINGS.decode((await call(self._admin, "GET", "/subjects?limit=1000")).body)
            decisions = _DECISIONS.decode((await call(self._admin, "GET", "/decisions")).body)
        except (UpstreamError, msgspec.DecodeError):
            return
        self.take(standings, decisions)

    def take(self, standings: Sequence[Standing], decisions: Sequence[Decision]) -> None:
        """Take in one look."""
        strongest: dict[str, Standing] = {}
        for standing in sorted(standings, key=lambda one: one.weight):
            if role := self._owners.get(standing.subject):
                strongest[role] = standing
        strictest: dict[str, Decision] = {}
        for decision in sorted(decisions, key=lambda one: one.severity):
            if (role := self._owners.get(decision.subject)) and decision.until > now() and decision.mode == "enforce":
                strictest[role] = decision
                self._remember(role, decision)
        roles = {*strongest, *strictest}
        self.thoughts = {role: Thought(strongest.get(role), strictest.get(role)) for role in roles}

    def _remember(self, role: str, decision: Decision) -> None:
        at = (role, decision.action)
        if at not in self.milestones:
            self.milestones[at] = Milestone(role, decision.action, decision.severity, decision.harvest.exchanges)

    def of(self, role: str) -> list[Milestone]:
        """Return the measures that a client came under, mildest first."""
        return sorted((one for one in self.milestones.values() if one.role == role), key=lambda one: one.severity)

    def touched(self, role: str) -> bool:
        """Whether any measure changed what the client got."""
        return any(one.severity >= SEVERITY_TOUCHES_CLIENT for one in self.of(role))
