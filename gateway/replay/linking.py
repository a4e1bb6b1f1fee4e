"""Campaigns in recorded traffic: the live guard's linker, a pass for every hour of the traffic's own time.

Its store is in memory and holds the cases of members alone: accounts, and keys that no account owns. Passes are made
between two blocks, so any number of jobs comes to the same.
"""

from collections.abc import Iterator, Mapping
from math import inf
from typing import Final, NamedTuple

from msgspec.structs import replace

from gateway.app.linking import facts_of, finder, known_of
from gateway.circumstances import tagged
from gateway.config import Config
from gateway.decisions import Decision, Standing, Subject
from gateway.examining import ByCase
from gateway.exemptions.index import Exemptions
from gateway.linker import Linker
from gateway.linker import Rules as LinkerRules
from gateway.replay.changes import Change, decided, lapsed
from gateway.replay.folding import Rules, differs
from gateway.replay.reading import SALT
from gateway.stores.base import Folded
from gateway.stores.memory import MemoryStore

EVERY: Final = 3600.0  # seconds of the traffic's own time between two passes; live they are closer


class _Held(NamedTuple):
    """A decision on a campaign that stands, as it was written last."""

    decision: Decision
    members: tuple[Subject, ...]


class Linking:
    """Finds campaigns among the subjects of a replay, and decides on them.

    Args:
        config: of the replay.
        rules: what is decided by.
        exemptions: who is exempt, named as the record does.
    """

    def __init__(self, config: Config, rules: Rules, exemptions: Exemptions) -> None:
        self._store = MemoryStore(cases=config.analysis.cases, forget=config.analysis.forget)
        known = known_of(config)
        facts = facts_of(config, known, exemptions)
        examines = ByCase(rules.panel, rules.baseline, facts)
        judged = LinkerRules(rules.policy, examines, exemptions, tagged(dict(rules.tags)))
        finds = finder(config, known, facts, SALT)
        self._linker = Linker(self._store, finds, judged, config.linkage, _nameless, patience=inf)
        self._linker.clock = lambda: self._at
        self._enabled = config.linkage.enabled
        self._at = self._next = 0.0
        self._position = 0
        self._held: dict[str, _Held] = {}

    def due(self, at: float) -> bool:
        """Return whether a pass is to be made after the block that ends at that time; a clock set back waits for none.

        The first block only starts the hours.
        """
        if not self._enabled or (abs(at - self._next) < EVERY and at < self._next):
            return False
        first, self._next = not self._next, at + EVERY
        return not first

    def link(self, cases: Mapping[Subject, bytes], at: float) -> list[Change]:
        """Make a pass at a time, after these members' cases have changed; return what changed of campaigns."""
        if not self._enabled:
            return []
        self._at = at
        self._store.commit(Folded(upto=0, cases=cases, at=at))
        self._linker.step()
        found = self._store.announced(self._position, at)
        self._position = found.position
        changes = [change for decision in found.decisions if (change := self._change(decision))]
        return [*changes, *self._grown(at, {decision.subject.value for decision in found.decisions})]

    def lapse(self, at: float) -> list[Change]:
        """Return the decisions on campaigns that have ended by a time."""
        ended = [held for held in self._held.values() if held.decision.until <= at]
        for held in ended:
            del self._held[held.decision.subject.value]
        return [lapsed(held.decision, _standing(held.decision)) for held in ended]

    def _change(self, decision: Decision) -> Change | None:
        """Hold a decision; return the change that it makes, if it does not only renew what stood."""
        name = decision.subject.value
        before, now = self._held.get(name), _Held(decision, self._members(name))
        self._held[name] = now
        if before is not None and not differs(before.decision, decision) and before.members == now.members:
            return None
        return decided(decision, now.members)

    def _grown(self, at: float, told: set[str]) -> Iterator[Change]:
        """Yield a change for each standing decision that reaches others than when it was written."""
        for name, held in list(self._held.items()):
            members = self._members(name)
            if name not in told and members != held.members:
                self._held[name] = held._replace(members=members)
                yield replace(decided(held.decision, members), at=at)

    def _members(self, name: str) -> tuple[Subject, ...]:
        return tuple(sorted(one.subject for one in self._store.members(name) if one.bound))


def _nameless(_at: float) -> str:
    return ""


def _standing(decision: Decision) -> Standing:
    """Return how a campaign stood when it was last decided on."""
    return Standing(
        subject=decision.subject, at=decision.at, weight=decision.weight, families=decision.families,
        evidence=decision.evidence, harvest=decision.harvest,
    )  # fmt: skip
