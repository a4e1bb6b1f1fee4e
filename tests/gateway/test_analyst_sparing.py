"""The analyst spares who is exempt: what it holds, counts, decides, and lifts when the exemptions change."""

import pytest

from detectors.base import Baseline
from gateway.analyst import Analyst
from gateway.config import Analysis
from gateway.decisions import Decision, Subject
from gateway.dialects.known import Dialects
from gateway.engine import unseal
from gateway.exchange import Entry
from gateway.exemptions.base import Budget, Entitlement
from gateway.exemptions.index import Exemptions
from gateway.exemptions.uses import taken
from gateway.exemptions.uses import unseal as unseal_use
from gateway.features import Features
from gateway.intake import Intake
from gateway.journals.memory import MemoryJournal
from gateway.pardons import pardon_of
from gateway.stores.base import Folded, StoreError
from gateway.stores.memory import MemoryStore
from tests.gateway.folding import ANNA, PANEL, START, AfterExchanges, entry

HOUSE = Subject("account", "house")
DAY = 86400.0


def entitlement(*subjects: Subject, **other: object) -> Entitlement:
    fields: dict[str, object] = {
        "name": "contract", "purpose": "contract", "budget": Budget(exchanges=30), "ends": START + DAY, "owner": "Jo",
        "reason": "47",
    }  # fmt: skip
    return Entitlement(subjects=subjects or (ANNA,), **(fields | other))  # type: ignore[arg-type]  # by name


class Bench:
    """An analyst over memory. Its policy acts on keys: severity 2 from 10 exchanges on, and more with every ten."""

    def __init__(self, *given: Entitlement) -> None:
        self.journal = MemoryJournal()
        self.store = MemoryStore(self.journal.acknowledge)
        self.at = START
        self.analyst = Analyst(
            self.journal, self.store, Intake(Dialects(), Features(b"salt" * 8)), PANEL, AfterExchanges(), Baseline(),
            Analysis(batch=1),
        )  # fmt: skip
        self.analyst.clock = lambda: self.at
        self.exempt(*given)

    def exempt(self, *given: Entitlement) -> None:
        self.analyst.exempt(Exemptions(given))

    def fold(self, count: int, name: str = "e") -> None:
        entries: list[Entry] = [entry(f"{name}{n}") for n in range(count)]
        self.journal.append(entries)
        while self.analyst.step():
            pass

    def decision(self, subject: Subject = ANNA) -> Decision | None:
        return {d.subject: d for d in self.store.announced(0, self.at).decisions}.get(subject)

    def standing(self, subject: Subject = ANNA) -> tuple[str, int, str] | None:
        found = self.decision(subject)
        return (found.action, found.severity, found.exempt) if found else None

    def exchanges(self, subject: Subject) -> int:
        stored = self.store.cases([subject])
        return unseal(PANEL, stored[subject]).folio.harvest.exchanges if stored else 0

    def used(self) -> int:
        return taken(unseal_use(self.store.uses([("contract", 0.0)]).get(("contract", 0.0)))).exchanges


def test_an_entitled_key_is_watched_at_most_and_its_account_not_suspected_until_the_budget_is_spent() -> None:
    bench = Bench(entitlement())
    bench.fold(30)
    assert bench.standing() == ("watch", 1, "contract")
    assert (bench.exchanges(ANNA), bench.exchanges(HOUSE), bench.used()) == (30, 0, 30)
    bench.fold(8, "f")
    found = bench.standing()
    assert found is not None
    assert (found[1] > 1, found[2]) == (True, "")
    assert (bench.exchanges(ANNA), bench.exchanges(HOUSE), bench.used()) == (38, 8, 38)


def test_an_accounts_entitlement_spares_its_keys() -> None:
    bench = Bench(entitlement(HOUSE))
    bench.fold(20)
    assert bench.standing() == ("watch", 1, "contract")
    decision = bench.decision()
    assert decision is not None
    assert decision.owners == (HOUSE,)


@pytest.mark.parametrize("subject", [ANNA, HOUSE])
def test_a_decision_on_one_newly_exempt_is_lifted_at_the_reload_though_it_asks_nothing(
    subject: Subject,
) -> None:
    bench = Bench()
    bench.fold(20)
    assert bench.standing() == ("act3", 3, "")
    bench.at += 60
    bench.exempt(entitlement(subject, starts=bench.at))  # later than the decision
    assert bench.analyst.review() == 1
    assert bench.standing() == ("watch", 1, "contract")
    bench.exempt()
    assert bench.analyst.review() == 1
    assert bench.standing() == ("act3", 3, "")


def test_what_is_not_covered_stays_as_it_was() -> None:
    bench = Bench()
    bench.fold(20)
    bench.exempt(entitlement(Subject("key", "bert")))
    assert bench.analyst.review() == 0
    assert bench.standing() == ("act3", 3, "")


def test_an_exchange_whose_commit_failed_is_counted_once() -> None:
    bench = Bench(entitlement())
    commit, bench.store.commit = bench.store.commit, _fail  # type: ignore[method-assign]
    with pytest.raises(StoreError):
        bench.fold(1)
    bench.store.commit = commit  # type: ignore[method-assign]
    bench.fold(0)
    assert bench.used() == 1


def _fail(folded: Folded) -> None:  # noqa: ARG001 - the store's word
    raise StoreError("the disk is full")


def test_a_pardoned_key_is_watched_and_not_acted_on_again_by_what_comes_next() -> None:
    bench = Bench()
    bench.fold(20)
    decision = bench.decision()
    assert decision is not None
    pardon = pardon_of(decision, at=bench.at, lasts=DAY, growth=100.0, reason="an evaluation", by="Jo")
    assert bench.store.pardon(pardon) is not None
    assert bench.standing() is None
    bench.fold(5, "f")
    assert bench.standing() == ("watch", 1, f"pardon of {decision.id}")
    bench.fold(10, "g")
    found = bench.standing()
    assert found is not None
    assert found[1] > decision.severity  # a stricter rule
