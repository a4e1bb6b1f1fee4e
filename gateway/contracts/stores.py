"""What every store promises of cases, decisions and meters. ``gateway.contracts.storages`` holds a plug-in to it."""

from collections.abc import Callable
from typing import Final, TypeAlias

import msgspec
import pytest

from gateway.actions.base import Charge
from gateway.contracts.campaigns import CampaignContract
from gateway.decisions import Decision, Subject
from gateway.stores.base import Folded, Store

NOW: Final = 1_800_000_000.0  # seconds since the epoch
ANNA, BERT = Subject("key", "anna"), Subject("key", "bert")
Maker: TypeAlias = Callable[..., Store]


def decision(subject: Subject = ANNA, *, at: float = NOW, until: float = NOW + 60, severity: int = 1) -> Decision:
    """Return a decision to watch somebody."""
    return Decision(id=f"dec_{at}_{severity}", subject=subject, action="watch", severity=severity, at=at, until=until)


def keep(
    store: Store, *subjects: Subject, at: float = NOW, rank: int = 0, decisions: tuple[Decision, ...] = ()
) -> None:
    """Keep a case of each of these subjects, and decisions."""
    cases = dict.fromkeys(subjects, b"case")
    store.commit(Folded(upto=0, cases=cases, ranks=dict.fromkeys(subjects, rank), decisions=decisions, at=at))


def charge(amount: float = 1, *, meter: str = "requests") -> Charge:
    """Return a charge to a meter of ten that refills one a second."""
    return Charge(meter=meter, amount=amount, rate=1.0, burst=10.0)


class StoreContract(CampaignContract):
    """What a store promises; the fixture ``make`` opens one with limits by keyword."""

    # cases

    def test_a_case_comes_back_as_it_was_kept(self, make: Maker) -> None:
        store = make()
        store.commit(Folded(upto=0, cases={ANNA: b"\x00one", BERT: b"two"}, at=NOW))
        store.commit(Folded(upto=0, cases={ANNA: b"three"}, at=NOW))
        assert store.cases([ANNA, BERT, Subject("user", "anna")]) == {ANNA: b"three", BERT: b"two"}
        assert store.size() == 2

    def test_an_untouched_case_is_forgotten_and_a_touched_one_is_not(self, make: Maker) -> None:
        store = make(forget=3600.0)
        keep(store, ANNA, BERT, at=NOW)
        keep(store, BERT, at=NOW + 3000)
        keep(store, at=NOW + 4000)
        assert set(store.cases([ANNA, BERT])) == {BERT}
        assert store.size() == 1

    def test_a_flood_of_new_keys_pushes_out_itself_and_not_a_heavy_harvester(self, make: Maker) -> None:
        store = make(cases=100)
        keep(store, ANNA, at=NOW, rank=9)
        for minute in range(1, 21):
            keep(store, *(Subject("key", f"{minute}-{n}") for n in range(30)), at=NOW + 60 * minute)
        assert store.size() == 100
        assert store.cases([ANNA])
        newest = [Subject("key", f"20-{n}") for n in range(30)]
        assert len(store.cases(newest)) == 30
        assert not store.cases([Subject("key", f"1-{n}") for n in range(30)])

    def test_a_case_that_grows_in_rank_is_kept_by_its_new_rank(self, make: Maker) -> None:
        store = make(cases=100)
        keep(store, ANNA, BERT, at=NOW)
        keep(store, ANNA, at=NOW, rank=3)
        keep(store, *(Subject("key", str(n)) for n in range(100)), at=NOW + 60)
        assert set(store.cases([ANNA, BERT])) == {ANNA}

    # decisions

    def test_a_decision_is_announced_once_after_each_position(self, make: Maker) -> None:
        store = make()
        assert store.announced(0, NOW).position == 0
        keep(store, decisions=(decision(), decision(BERT)))
        first = store.announced(0, NOW)
        assert [d.subject for d in first.decisions] == [ANNA, BERT]
        assert store.announced(first.position, NOW).decisions == ()
        keep(store, decisions=(decision(severity=2),))
        second = store.announced(first.position, NOW)
        assert [d.severity for d in second.decisions] == [2]
        assert second.position > first.position
        assert store.announced(second.position, NOW) == msgspec.structs.replace(second, decisions=())

    def test_from_the_start_only_the_newest_standing_decision_of_a_subject_is_announced(self, make: Maker) -> None:
        store = make()
        keep(store, decisions=(decision(severity=1), decision(severity=3), decision(BERT, until=NOW + 1)))
        assert [(d.subject, d.severity) for d in store.announced(0, NOW).decisions] == [(ANNA, 3), (BERT, 1)]
        assert [d.subject for d in store.announced(0, NOW + 1).decisions] == [ANNA]

    def test_an_earlier_longer_decision_does_not_come_back_when_the_newest_has_lapsed(self, make: Maker) -> None:
        store = make()
        keep(store, decisions=(decision(until=NOW + 900), decision(severity=3, until=NOW + 10)))
        assert store.announced(0, NOW + 20).decisions == ()

    def test_a_lifted_decision_is_announced_as_lapsed_and_stands_no_more(self, make: Maker) -> None:
        store = make()
        keep(store, decisions=(decision(),))
        position = store.announced(0, NOW).position
        lifted = store.lift(ANNA, NOW + 5)
        assert lifted is not None
        assert (lifted.id, lifted.until) == (decision().id, NOW + 5)
        assert store.announced(position, NOW + 5).decisions == (lifted,)
        assert store.announced(0, NOW + 5).decisions == ()
        assert store.lift(ANNA, NOW + 6) is None
        assert store.lift(BERT, NOW) is None

    def test_a_decision_keeps_every_field(self, make: Maker) -> None:
        store = make()
        whole = msgspec.structs.replace(
            decision(), parameters={"rate": 0.5, "names": ["a"]}, families={"content": 3.5}, mode="enforce", rule="r"
        )
        keep(store, decisions=(whole,))
        assert store.announced(0, NOW).decisions == (whole,)

    # meters

    def test_a_burst_passes_and_the_next_waits_for_one_refill(self, make: Maker) -> None:
        store = make()
        answers = [store.take(ANNA, [charge()], NOW)[0] for _ in range(11)]
        assert [a.allowed for a in answers] == [True] * 10 + [False]
        assert answers[10].retry_after == pytest.approx(1.0, abs=1e-3)
        assert store.take(ANNA, [charge()], NOW + 1)[0].allowed
