"""The linker: imprints of those who did more → groups → campaigns, weighed and decided on, each pass in one commit.

It runs beside the analyst, never on the relay's path. Everything that a pass changes is computed first, kept in one
commit, and only then believed: killed at any point, it leaves what was before or what is after. A store that is slow
or gone is waited for.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable
from typing import Final, NamedTuple

from msgspec.structs import replace

from detectors.linkage.base import Id
from gateway import clock, metrics
from gateway.campaign_pass import Before, Pass
from gateway.campaigns import Campaign, Member
from gateway.circumstances import Tags, untagged
from gateway.config import Linkage
from gateway.decisions import Policy
from gateway.enrolment import enrolled
from gateway.examining import Examines, Finds
from gateway.exemptions.index import NOBODY, Exemptions
from gateway.exemptions.sparing import Sparing
from gateway.register import Register
from gateway.reporting import Reporting
from gateway.sightings import Seen, Sightings
from gateway.stores.base import Store, StoreError

PATIENCE: Final = 3.0  # seconds of looking at groups, one at least, after which the rest wait for the next pass
PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds before the next attempt after the store failed; it doubles
log = logging.getLogger("stillguard.linker")


class Rules(NamedTuple):
    """What a pass judges by; replaced as one."""

    policy: Policy
    examines: Examines
    exemptions: Exemptions = NOBODY
    tags: Tags = untagged


class Passed(NamedTuple):
    """What a pass came to: subjects that are linked at all, groups, decisions taken, groups that still wait."""

    subjects: int
    groups: int
    decisions: int
    waiting: int


class Linker:
    """Finds campaigns and decides on them.

    Args:
        store: where cases are read, and campaigns kept.
        finds: finds groups.
        rules: what they are judged by.
        settings: of the section ``linkage``.
        names: makes the id of a decision taken at a time (``gateway.analyst.decision_id``).
        patience: seconds of a pass after which no further group is looked at: the rest wait for the next pass.

    Attributes:
        clock: seconds since the epoch.
    """

    def __init__(
        self, store: Store, finds: Finds, rules: Rules, settings: Linkage, names: Callable[[float], str],
        *, patience: float = PATIENCE,
    ) -> None:  # fmt: skip
        self._store, self._finds, self._rules, self._settings, self._names = store, finds, rules, settings, names
        self._register = Register()
        self._sparing = Sparing(store)
        self._reporting = Reporting(())
        self._sightings = Sightings(settings.subjects)
        self._members: dict[str, dict[Id, Member]] | None = None  # None: not read yet
        self._pardoned: frozenset[str] = frozenset()
        self._pause = PAUSE
        self._patience = patience
        self.clock: Callable[[], float] = clock.now

    def reload(self, rules: Rules) -> None:
        """Judge by other rules from the next pass on; any thread may call it."""
        self._rules = rules

    @property
    def rules(self) -> Rules:
        """What is judged by."""
        return self._rules

    def step(self, *, full: bool = False) -> Passed:
        """Make one pass; raises StoreError if nothing of it was kept.

        Args:
            full: read all cases, also those that were not touched since the last pass.
        """
        at, began = self.clock(), clock.monotonic()
        self._register.follow(self._store, at)
        seen = self._sightings.look(self._store, at, full=full)
        now = self._found(seen, at)
        waiting, looking, looked = now.due(self._settings.least), clock.monotonic(), 0
        while waiting and (not looked or clock.monotonic() - looking < PATIENCE):
            name, looked = waiting.pop(0), looked + 1
            policy = self._sparing.under(self._rules.policy, at)
            now.look(name, self._rules.examines, policy, self._store, self._rules.tags, self._names)
        self._store.commit(now.folded())
        self._believe(now, seen)
        return self._told(now, len(waiting), clock.monotonic() - began, full=full)

    def _found(self, seen: Seen, at: float) -> Pass:
        """Return a pass over the groups that there are now."""
        roll = self._store.roll()
        campaigns = {one.id: one for one in roll.campaigns}
        members = self._kept(campaigns)
        self._sparing = Sparing(self._store)
        self._sparing.exempt(self._rules.exemptions)
        self._sparing.begin()
        before = {name: frozenset(of) for name, of in members.items()}
        found = self._finds.find(seen.imprints, seen.gone, before)
        groups = {name: one for name, one in found.items() if len(one.members) >= self._settings.least}
        enrolment = enrolled(campaigns, members, groups, roll.born, at)
        kept = Before(campaigns, members, roll.released, self._register.decisions, self._pardoned)
        sightings = {**self._sightings.known, **seen.sightings}
        return Pass(kept, enrolment, groups, sightings, self._sparing, at)

    def _kept(self, campaigns: dict[str, Campaign]) -> dict[str, dict[Id, Member]]:
        """Return the members of campaigns, read once."""
        if self._members is None:
            rows = {name: self._store.members(name) for name in campaigns}
            self._members = {
                # Who is released the roll says at each pass.
                name: {str(one.subject): replace(one, released=0.0) for one in some if not one.gone}
                for name, some in rows.items()
            }
        return self._members

    def _believe(self, now: Pass, seen: Seen) -> None:
        self._sightings.believe(seen)
        self._members = now.members
        self._pardoned = now.pardoned
        for decision in now.decisions:
            self._reporting.decided(decision)
        for fault in now.unasked:
            self._reporting.unasked(fault)

    def _told(self, now: Pass, waiting: int, took: float, *, full: bool) -> Passed:
        metrics.LINKER_PASS.labels("full" if full else "incremental").observe(took)
        metrics.LINKER_SUBJECTS.set(len(self._sightings.known))
        metrics.LINKER_WAITING.set(waiting)
        metrics.LINKER_AT.set(clock.now())
        states = Counter("named" if one.named else "group" for one in now.campaigns.values())
        for state in ("named", "group"):
            metrics.CAMPAIGNS.labels(state).set(states[state])
        passed = Passed(len(self._sightings.known), len(now.campaigns), len(now.decisions), waiting)
        if full:  # the others are in the metrics: one line a minute would say nothing
            log.info("all cases linked", extra={"entries": passed.subjects, "seconds": round(took, 3)})
        return passed

    def run(self, stop: threading.Event) -> None:
        """Make passes until told to stop: at first a full one, then incremental ones and a full one now and then."""
        next_full = clock.monotonic()
        while not stop.is_set():
            began = clock.monotonic()
            full = began >= next_full
            try:
                passed = self.step(full=full)
            except StoreError as error:
                self._members = None  # whether the commit was kept nobody knows
                log.warning("store failed", extra={"error": str(error), "retry_in": self._pause})
                stop.wait(self._pause)
                self._pause = min(2 * self._pause, LONGEST_PAUSE)
                continue
            self._pause = PAUSE
            if full:
                next_full = began + self._settings.full
            if not passed.waiting:
                stop.wait(max(0.0, self._settings.every - (clock.monotonic() - began)))
