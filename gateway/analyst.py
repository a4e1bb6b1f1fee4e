"""The analyst: journal entries → observations → cases → decisions, each batch in one transaction.

Everything that a batch changes is computed first, kept in one commit, and only then believed: if the commit fails,
or the process dies, the same entries are read again and nothing was counted twice. One bad entry, one failing
detector or a failing store never ends it.
"""

import base64
import logging
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence

from detectors.base import Baseline, Observation, Panel
from gateway import clock
from gateway.candidate import Candidate
from gateway.circumstances import Tags, completed, owned, untagged
from gateway.config import Analysis
from gateway.deciding import decide
from gateway.decision_log.chronicle import Chronicle
from gateway.decisions import Decision, Policy, RuleFault, Standing, Subject
from gateway.engine import Folio, seal
from gateway.exchange import Entry
from gateway.exemptions.index import Exemptions
from gateway.exemptions.sparing import Sparing
from gateway.folios import Folios
from gateway.intake import Intake
from gateway.journals.base import Journal
from gateway.ledger import Ledgers, noted_reads
from gateway.policies.judging import judgement
from gateway.register import Register
from gateway.reporting import Found, Reporting
from gateway.review import BY_HAND, reviewed
from gateway.rounds import Moment, Rules, folded
from gateway.stores.base import Folded, Store, StoreError

IDLE = 0.02  # seconds between two looks at an empty journal
TIDY = 1.0  # seconds between two scrubs: so much longer a prompt may outlive its folding
PAUSE, LONGEST_PAUSE = 0.05, 2.0  # seconds before the next attempt after the store failed; it doubles
log = logging.getLogger("stillguard.analyst")


def decision_id(at: float, dice: Callable[[int], bytes]) -> str:
    """Return ``dec_`` and 26 characters: 6 bytes of time (milliseconds), so that they sort, and 10 of chance."""
    whole = (int(at * 1000) & (2**48 - 1)).to_bytes(6, "big") + dice(10)
    return "dec_" + base64.b32hexencode(whole).decode().rstrip("=")


class Analyst:
    """Folds the journal. Of several, one works and the others stand by: the journal lets only one read.

    Attributes:
        clock: seconds since the epoch; a replay sets its own.
        dice: random bytes for decision ids; a replay sets its own.
        candidate: a policy that is tried beside the live one; it decides nothing.
        tags: tells the tags of a subject; it may be replaced at any time.
        chronicle: keeps the decision log abreast of the store; None where nothing is to be logged.
        ledgers: tell what a question hands in that was served to others; None where none are kept.
    """

    def __init__(
        self,
        journal: Journal,
        store: Store,
        intake: Intake,
        panel: Panel,
        policy: Policy,
        baseline: Baseline,
        analysis: Analysis = Analysis(),  # noqa: B008 - frozen
    ) -> None:
        self._journal, self._store, self._intake, self._panel = journal, store, intake, panel
        self._rules = (policy, baseline)  # replaced as one
        self._edited = True  # the policies may have been edited while nobody ran
        self._batch = analysis.batch
        self._scopes = frozenset(analysis.scopes)
        self._folios = Folios(panel, analysis.cases_in_memory, analysis.forget)
        self._register = Register()
        self._sparing = Sparing(store)
        self._reporting = Reporting(panel)
        self._unscrubbed = True  # a predecessor may have died between its commit and its scrub
        self._pause = PAUSE
        self._began = clock.now()
        self._noticed: frozenset[str] = frozenset()
        self.clock: Callable[[], float] = clock.now
        self.dice: Callable[[int], bytes] = secrets.token_bytes
        self.candidate = Candidate()
        self.tags: Tags = untagged
        self.chronicle: Chronicle | None = None
        self.ledgers: Ledgers | None = None

    @property
    def standing(self) -> Mapping[Subject, Decision]:
        """Decisions that stood at the last look."""
        return self._register.decisions

    def reload(self, policy: Policy, baseline: Baseline) -> None:
        """Judge by other rules from the next batch on, and what stands at the next look; any thread may call it."""
        self._rules = (policy, baseline)
        self._edited = True

    @property
    def exemptions(self) -> Exemptions:
        """Those in force."""
        return self._sparing.exemptions

    def exempt(self, exemptions: Exemptions) -> None:
        """Spare by other exemptions from the next batch on; any thread may call it."""
        self._sparing.exempt(exemptions)
        self._edited = True

    def review(self) -> int:
        """Judge what stands by the rules as they are now; return how many decisions that changed."""
        self._edited = False
        self._reporting.edited()
        at = self.clock()
        self._register.follow(self._store, at)
        self._sparing.begin()
        standing = list(self._register.decisions.values())
        changed = reviewed(standing, self._sparing.under(self._rules[0], at), at, lambda: decision_id(at, self.dice))
        if changed:
            self._store.commit(Folded(upto=0, cases={}, decisions=changed, at=at))
            log.info("standing decisions reviewed", extra={"entries": len(changed)})
            if self.chronicle:
                self.chronicle.tell("reviewed", at, {"changed": [decision.id for decision in changed]})
        return len(changed)

    def step(self) -> int:
        """Fold one batch and return how many entries it held; raises StoreError if nothing of it was kept."""
        batch = self._journal.read(self._batch)
        if not batch.upto:
            return 0
        at = self.clock()
        policy, baseline = self._rules
        self._register.follow(self._store, at)
        self._sparing.begin()
        groups, observations, faults = self._observe(batch.entries)
        folios, standings = self._fold(groups, baseline, at, faults)
        standings = completed(standings, batch.entries, self.tags, self.candidate.beside(policy), self._store)
        decisions, unasked = self._decide(standings, self._sparing.under(policy, at))
        kept = Folded(
            upto=batch.upto,
            cases={subject: seal(folio) for subject, folio in folios.items()},
            ranks={subject: folio.rank for subject, folio in folios.items()},
            decisions=decisions,
            owned=owned(batch.entries),
            uses=self._sparing.sealed(),
            at=at,
        )
        self._store.commit(kept)
        self._sparing.keep()
        if self.ledgers:
            self.ledgers.keep()
        self._unscrubbed = True
        self._folios.keep(folios)
        self.candidate.watch(standings, policy)
        found = Found(batch.entries, observations, standings, decisions, faults, batch.corrupt, unasked)
        self._reporting.batch(found, at)
        return len(batch.entries)

    def _observe(
        self, entries: Sequence[Entry]
    ) -> tuple[dict[Subject, list[Observation]], list[Observation], list[str]]:
        """Read entries; return observations by subject, all of them, and faults. An id seen twice counts once."""
        groups: dict[Subject, list[Observation]] = {}
        everything: list[Observation] = []
        faults: list[str] = []
        once = list({entry.id: entry for entry in entries}.values())
        self._intake.prepare(once)
        reads = self._intake.read_all(once)
        for entry, read in zip(once, noted_reads(self.ledgers, once, reads) if self.ledgers else reads, strict=True):
            if read.failed:
                faults.append("intake")
            if read.observations:
                everything += read.observations
                for subject in self._sparing.count(entry.subjects, read.observations, entry.at):
                    if subject.scope in self._scopes:
                        groups.setdefault(subject, []).extend(read.observations)
        return groups, everything, faults

    def _fold(
        self, groups: Mapping[Subject, Sequence[Observation]], baseline: Baseline, at: float, faults: list[str]
    ) -> tuple[dict[Subject, Folio], list[Standing]]:
        """Return the new folios, and how those subjects stand that it is time to weigh."""
        folios, damaged = self._folios.open(list(groups), self._store, at)
        found = folded(Rules(self._panel, baseline), groups, Moment(folios, self._register.decisions, at))
        faults += damaged + found.faults
        return found.folios, found.standings

    def _decide(self, standings: Sequence[Standing], policy: Policy) -> tuple[list[Decision], list[RuleFault]]:
        decisions: list[Decision] = []
        unasked: list[RuleFault] = []
        for standing in map(self._sparing.owned, standings):
            verdict, faults = judgement(policy, standing)
            unasked += faults
            if verdict is not None:
                current = self._register.decisions.get(standing.subject)
                decision = decide(standing, verdict, current, decision_id(standing.at, self.dice))
                decisions += [decision] if decision else []
        return decisions, unasked

    def tidy(self) -> None:
        """Bring the decision log abreast, scrub what was folded from the files, and set the gauges."""
        for subject in self.chronicle.follow() if self.chronicle else ():
            self._folios.drop(subject)
            if self.ledgers:
                self.ledgers.forget(subject)
            self._unscrubbed = True
        if self._unscrubbed and self._store.scrub():
            self._unscrubbed = False
        self._register.follow(self._store, self.clock())
        self._notice()
        self.candidate.tell(self.clock())
        if self.ledgers:
            self.ledgers.tend(self.clock())
        self._reporting.levels(self.standing.values(), self._store.size(), self._journal.depth())

    def _notice(self) -> None:
        """Tell of decisions that operators took since the analyst began: nobody else in the guard does."""
        own = [d for d in self.standing.values() if d.policy == BY_HAND and d.at >= self._began]
        for decision in own:
            if decision.id not in self._noticed:
                self._reporting.decided(decision)
        self._noticed = frozenset(decision.id for decision in own)

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop; then fold what is there and scrub, so that nothing waits for the next start."""
        next_tidy = 0.0
        while not stop.is_set():
            try:
                if self._edited or self._sparing.starts(self.clock()):
                    self.review()
                folded = self.step()
                if clock.monotonic() >= next_tidy:
                    self.tidy()
                    next_tidy = clock.monotonic() + TIDY
            except StoreError as error:
                self._wait(error, stop)
                continue
            self._pause = PAUSE
            if not folded:
                stop.wait(IDLE)
        self._finish()

    def _wait(self, error: StoreError, stop: threading.Event) -> None:
        log.warning("store failed", extra={"error": str(error), "retry_in": self._pause})
        stop.wait(self._pause)
        self._pause = min(2 * self._pause, LONGEST_PAUSE)

    def _finish(self) -> None:
        try:
            waiting = self._journal.depth()  # what arrives from now on waits for the next start
            while waiting > 0 and (folded := self.step()):
                waiting -= folded
            self.tidy()
        except StoreError as error:
            log.warning("store failed at the end", extra={"error": str(error)})
        if self.chronicle:
            self.chronicle.close()
        if self.ledgers:
            self.ledgers.close()
