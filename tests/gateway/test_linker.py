"""Passes of the linker, with a finder and an examiner that say what a test wants: who is bound, and by what."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from gateway import linker as module
from gateway.campaigns import Membership
from gateway.decisions import Decision, Subject
from gateway.exemptions.base import Budget, Entitlement
from gateway.exemptions.index import Exemptions
from gateway.linker import Rules
from gateway.pardons import pardon_of
from gateway.stores.base import Folded, StoreError
from gateway.stores.memory import MemoryStore
from tests.gateway.linked import NOW, ByScaffold, Denies, Says, bound, group, keep, keys, linker

CAMPAIGN = Subject("campaign", "camp_a")


def standing(store: MemoryStore, at: float = NOW) -> list[Decision]:
    return list(store.announced(0, at).decisions)


def test_a_group_that_is_decided_on_is_a_campaign_and_binds_its_members() -> None:
    store, examines = MemoryStore(), Says()
    keep(store, *keys(3), "account:acme")
    passed = linker(store, examines=examines).step(full=True)
    assert passed == (4, 1, 1, 0)
    (decision,) = standing(store)
    assert (decision.subject, decision.action, decision.members) == (CAMPAIGN, "deny", 4)
    assert bound(store) == ["account:acme", *keys(3)]
    (campaign,) = store.roll().campaigns
    assert (campaign.born, campaign.named, campaign.size, campaign.weight) == (1, NOW, 4, 20.0)
    assert [one.reasons[0].kind for one in store.members("camp_a") if one.to] == ["scaffold"] * 3
    assert set(examines.asked[0].cases) == {"account:acme", *keys(3)}


def test_a_group_that_says_nothing_is_kept_and_binds_nobody() -> None:
    store = MemoryStore()
    keep(store, *keys(3))
    assert linker(store, examines=Says(weight=5.0)).step(full=True).decisions == 0
    assert (bound(store), store.roll().born, store.roll().campaigns[0].named) == ([], 1, 0.0)


def test_too_few_are_no_group_and_cost_nobody_anything() -> None:
    store = MemoryStore()
    keep(store, *keys(2))
    assert linker(store).step(full=True).groups == 0
    assert store.roll().born == 0


def test_subjects_that_hardly_asked_are_not_linked() -> None:
    store, finds = MemoryStore(), ByScaffold()
    keep(store, *keys(3))
    keep(store, *keys(5, 10), exchanges=2)
    linker(store, finds).step(full=True)
    assert finds.read == keys(3)


def test_who_links_later_inherits_the_decision_and_nobody_is_decided_on_anew() -> None:
    store, finds = MemoryStore(), ByScaffold()
    keep(store, *keys(3))
    made = linker(store, finds)
    made.step(full=True)
    made.clock = lambda: NOW + 300
    keep(store, *keys(1, 3), at=NOW + 300)
    assert made.step().decisions == 0
    assert finds.read == keys(1, 3)
    assert bound(store) == keys(4)
    assert len(standing(store, NOW + 300)) == 1


def test_nobody_is_bound_before_it_was_looked_at_whether_it_belongs_there() -> None:
    store, examines = MemoryStore(), Says(spared={"key:03": "first"})
    keep(store, *keys(3))
    made = linker(store, examines=examines)
    made.step(full=True)
    keep(store, *keys(1, 3), at=NOW + 60)
    made.step()
    assert bound(store) == keys(3)
    assert [one.spared for one in store.members("camp_a")] == ["", "", "", "first"]


class ByThrees:
    """Every three subjects are a group."""

    def find(self, changed: Any, gone: Any, before: Any) -> Any:
        del gone
        found = sorted({*changed, *(one for of in before.values() for one in of)})
        return {f"camp_{n}": group(found[n : n + 3]) for n in range(0, len(found), 3)}


def test_one_group_is_looked_at_even_without_time_and_the_others_wait_unbound(monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStore()
    keep(store, *keys(6))
    made = linker(store, ByThrees())
    monkeypatch.setattr(module, "PATIENCE", -1.0)
    assert made.step(full=True).waiting == 1
    assert bound(store) == keys(3)
    assert [one.spared for one in store.members("camp_3")] == ["new"] * 3
    assert made.step().waiting == 0
    assert bound(store) == keys(6)


def test_a_quiet_campaign_is_not_looked_at_again_and_a_busy_one_is_renewed() -> None:
    store, examines = MemoryStore(), Says()
    keep(store, *keys(3))
    made = linker(store, examines=examines)
    made.step(full=True)
    made.clock = lambda: NOW + 2400
    made.step(full=True)
    assert len(examines.asked) == 1
    keep(store, *keys(3), exchanges=20, at=NOW + 2400)
    made.step()
    assert len(examines.asked) == 2
    (decision,) = standing(store, NOW + 2400)
    assert decision.at == NOW + 2400


def test_a_released_member_stays_free_and_is_no_part_of_the_case() -> None:
    store, examines = MemoryStore(), Says()
    keep(store, *keys(4))
    made = linker(store, examines=examines)
    made.step(full=True)
    assert store.release(Membership("camp_a", Subject("key", "01")), NOW)
    keep(store, *keys(4), exchanges=40, at=NOW + 60)
    made.step()
    assert bound(store) == ["key:00", "key:02", "key:03"]
    assert examines.asked[-1].group.members == ("key:00", "key:02", "key:03")
    assert store.release(Membership("camp_a", Subject("key", "01")), 0.0)
    made.step()
    assert bound(store) == keys(4)


def test_a_release_holds_over_a_restart() -> None:
    store = MemoryStore()
    keep(store, *keys(4))
    linker(store).step(full=True)
    store.release(Membership("camp_a", Subject("key", "01")), NOW)
    again = linker(store)
    again.step(full=True)
    assert bound(store) == ["key:00", "key:02", "key:03"]
    store.release(Membership("camp_a", Subject("key", "01")), 0.0)
    again.step()
    assert bound(store) == keys(4)


def test_a_restart_goes_on_with_the_same_campaign_at_the_same_price() -> None:
    store, examines = MemoryStore(), Says()
    keep(store, *keys(3))
    linker(store).step(full=True)
    before = store.roll()
    linker(store, examines=examines).step(full=True)
    assert store.roll() == before
    assert examines.asked == []


def test_who_is_there_no_more_is_a_member_no_more() -> None:
    store = MemoryStore(forget=3600.0)
    keep(store, *keys(1))
    keep(store, *keys(3, 1), at=NOW + 3000)
    made = linker(store)
    made.step(full=True)
    assert bound(store) == keys(4)
    keep(store, at=NOW + 4000)
    made.clock = lambda: NOW + 4000
    made.step(full=True)
    assert bound(store) == keys(3, 1)


def entitled(subject: Subject, **changed: Any) -> Exemptions:
    given = Entitlement(
        name="acme", subjects=(subject,), purpose="contract", budget=Budget(), ends=NOW + 1e6, owner="o", reason="r"
    )
    return Exemptions([replace(given, **changed)], revision="1")


def test_a_member_with_an_entitlement_is_not_touched_until_that_ends() -> None:
    store, examines = MemoryStore(), Says()
    keep(store, *keys(4))
    made = linker(store, examines=examines, exemptions=entitled(Subject("key", "01"), ends=NOW + 60))
    made.step(full=True)
    assert bound(store) == ["key:00", "key:02", "key:03"]
    assert "key:01" not in examines.asked[0].group.members
    made.clock = lambda: NOW + 61
    made.step()
    assert bound(store) == keys(4)


def test_a_campaign_of_which_too_few_are_left_is_not_decided_on() -> None:
    store = MemoryStore()
    keep(store, *keys(3))
    made = linker(store, exemptions=entitled(Subject("key", "01")))
    assert made.step(full=True).decisions == 0
    assert bound(store) == []


def test_a_pardon_of_the_campaign_holds_until_it_is_taken_back() -> None:
    store = MemoryStore()
    keep(store, *keys(3))
    made = linker(store)
    made.step(full=True)
    (decision,) = standing(store)
    pardon = pardon_of(decision, at=NOW + 1, lasts=86400.0, growth=5.0, reason="wrong", by="ann")
    assert store.pardon(pardon)
    made.clock = lambda: NOW + 2
    keep(store, *keys(3), exchanges=30, at=NOW + 2)
    made.step()
    assert [(one.action, one.exempt) for one in standing(store, NOW + 2)] == [("watch", f"pardon of {decision.id}")]
    store.pardon(replace(pardon, at=NOW + 3, until=NOW + 3))
    made.clock = lambda: NOW + 4
    made.step()
    assert [one.action for one in standing(store, NOW + 4)] == ["deny"]


def test_a_pardon_ends_when_the_evidence_has_grown() -> None:
    store, examines = MemoryStore(), Says()
    keep(store, *keys(3))
    made = linker(store, examines=examines)
    made.step(full=True)
    pardon = pardon_of(standing(store)[0], at=NOW + 1, lasts=86400.0, growth=5.0, reason="wrong", by="ann")
    store.pardon(pardon)
    examines.weight = 25.0
    made.clock = lambda: NOW + 2
    keep(store, *keys(3), exchanges=30, at=NOW + 2)
    made.step()
    assert [one.action for one in standing(store, NOW + 2)] == ["deny"]


def test_members_that_are_refused_are_told_as_bans() -> None:
    store, examines = MemoryStore(), Says()
    own = Decision(
        id="dec_1", subject=Subject("key", "01"), action="deny", severity=5, at=NOW - 9, until=NOW + 9, mode="enforce"
    )
    store.commit(Folded(upto=0, cases={}, decisions=[own], at=NOW - 9))
    keep(store, *keys(3))
    made = linker(store, examines=examines)
    made.step(full=True)
    assert [(ban.member, ban.at) for ban in examines.asked[0].bans] == [("key:01", NOW - 9)]
    keep(store, *keys(3), exchanges=30, at=NOW + 2)
    made.clock = lambda: NOW + 2
    made.step()
    assert [ban.member for ban in examines.asked[1].bans] == keys(3)


def test_the_decision_log_is_told_who_is_reached() -> None:
    store = MemoryStore()
    told: list[Any] = []
    commit = store.commit

    def noting(folded: Folded) -> None:
        told.extend(folded.notes)
        commit(folded)

    store.commit = noting  # type: ignore[method-assign]
    keep(store, *keys(3))
    made = linker(store)
    made.step(full=True)
    keep(store, *keys(1, 3), at=NOW + 60)
    made.step()
    store.release(Membership("camp_a", Subject("key", "01")), NOW)
    made.step()
    assert [(note.kind, note.body["change"], note.body["members"]) for note in told] == [
        ("campaign", "named", keys(3)),
        ("campaign", "joined", keys(1, 3)),
    ]


def test_beyond_the_most_those_that_did_least_are_passed_over() -> None:
    store, finds = MemoryStore(), ByScaffold()
    keep(store, *keys(8), exchanges=9)
    keep(store, *keys(4, 20), exchanges=4)
    made = linker(store, finds, subjects=10)
    assert made.step(full=True).subjects == 10
    assert finds.read[:8] == keys(8)


def test_other_rules_hold_from_the_next_pass_on() -> None:
    store, quiet = MemoryStore(), Says(weight=1.0)
    keep(store, *keys(3))
    made = linker(store, examines=quiet)
    made.step(full=True)
    made.reload(Rules(Denies(), Says()))
    keep(store, *keys(3), exchanges=30, at=NOW + 60)
    assert made.step().decisions == 1


class Failing(MemoryStore):
    """Fails now and then, after or before it has kept what it was given."""

    def __init__(self, when: Callable[[int], str]) -> None:
        super().__init__()
        self.when, self.calls = when, 0

    def commit(self, folded: Folded) -> None:
        how = self.when(self.calls)
        self.calls += 1
        if how == "before":
            raise StoreError("gone")
        super().commit(folded)
        if how == "after":
            raise StoreError("no answer")


@pytest.mark.parametrize("how", ["before", "after"])
def test_a_pass_whose_commit_failed_is_made_again_and_nothing_is_decided_twice(how: str) -> None:
    store = Failing(lambda call: how if call == 1 else "")
    keep(store, *keys(3))
    made = linker(store)
    with pytest.raises(StoreError):
        made.step(full=True)
    made._members = None  # as ``run`` does
    made.step(full=True)
    assert bound(store) == keys(3)
    assert (len(store._decisions), store.roll().born) == (1, 1)


def test_a_store_that_fails_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE", 0.001)
    stop = threading.Event()
    store = Failing(lambda call: "before" if call < 4 else "")
    made = linker(store)
    made._pause = 0.001
    finds = made._finds

    class Stopping:
        def find(self, *given: Any) -> Any:
            if store.calls >= 4:
                stop.set()
            return finds.find(*given)

    made._finds = Stopping()
    made.run(stop)
    assert store.calls >= 4
