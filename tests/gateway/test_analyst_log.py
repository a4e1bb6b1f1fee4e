"""What an analyst tells the decision log, and what it drops when somebody is forgotten."""

from pathlib import Path

from detectors.base import Baseline
from gateway.analyst import Analyst
from gateway.clock import now
from gateway.decision_log.chronicle import Chronicle
from gateway.decision_log.reading import lines
from gateway.decision_log.writer import LOCK
from gateway.decisions import Standing, Verdict
from gateway.dialects.known import Dialects
from gateway.features import Features
from gateway.intake import Intake
from gateway.journals.sqlite import SqliteJournal
from gateway.stores.lease import Lease
from gateway.stores.sqlite import SqliteStore
from tests.gateway.decision_log.nursery import begin
from tests.gateway.folding import ANNA, PANEL, AfterExchanges, entry


class Never:
    """A policy that has nothing to say any more."""

    def judge(self, standing: Standing) -> Verdict | None:
        del standing
        return None


class Office:
    """An analyst on a disk, with its log."""

    def __init__(self, folder: Path) -> None:
        self.store, self.journal = SqliteStore(folder), SqliteJournal(folder)
        intake = Intake(Dialects(), Features(b"salt" * 8))
        self.analyst = Analyst(self.journal, self.store, intake, PANEL, AfterExchanges(), Baseline())
        log = begin(folder)
        log.clock = now
        self.analyst.chronicle = Chronicle(log, self.store.audit, patience=0.0)
        self.log = log

    def fold(self, count: int, prefix: str = "e") -> None:
        self.journal.append([entry(f"{prefix}{n}", at=now()) for n in range(count)])
        while self.analyst.step():
            pass
        self.analyst.tidy()

    def kinds(self) -> list[str]:
        return [line.kind for line in lines(self.log.folder) if line.kind not in {"checkpoint", "store"}]


def test_what_a_review_ends_is_told_and_that_it_was_a_review(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.fold(6)
    decided = office.kinds()
    assert set(decided) == {"decision"}
    office.analyst.reload(Never(), Baseline())
    changed = office.analyst.review()
    office.analyst.tidy()
    assert office.kinds() == [*decided, "reviewed", *["lifted"] * changed]
    told = next(line for line in lines(office.log.folder) if line.kind == "reviewed")
    assert len(told.body["changed"]) == changed > 0


def test_a_forgotten_subject_is_in_no_memory_either(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.fold(6)
    office.store.audit.note("forget", now(), {"subject": str(ANNA), "by": "dpo", "reason": "asked"})
    office.analyst.tidy()
    assert office.store.cases([ANNA]) == {}
    assert ANNA not in office.analyst._folios._held
    office.fold(1, "f")
    assert office.store.cases([ANNA])


def test_an_analyst_that_ends_signs_and_lets_others_write(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.fold(6)
    office.analyst._finish()
    assert [line.kind for line in lines(office.log.folder)][-1] == "checkpoint"
    assert Lease(office.log.folder / LOCK).take()
