from msgspec.structs import replace

from gateway.campaigns import Campaign, Member, Membership
from gateway.clock import now
from gateway.decisions import Decision, Subject
from gateway.register import Register
from gateway.stores.base import Folded
from gateway.stores.memory import MemoryStore

ANNA = Subject("key", "anna")


def decision(until: float, subject: Subject = ANNA) -> Decision:
    return Decision(id="dec_1", subject=subject, action="watch", severity=1, at=now(), until=until)


def test_the_register_follows_drops_what_lapsed_and_never_changes_what_it_gave_out() -> None:
    store, register = MemoryStore(), Register()
    bert = Subject("key", "bert")
    store.commit(Folded(upto=0, cases={}, decisions=[decision(10.0), decision(20.0, bert)], at=1.0))
    assert register.follow(store, 1.0)
    given = register.decisions
    assert set(given) == {ANNA, bert}
    assert not register.follow(store, 9.9)
    assert register.follow(store, 10.0)
    assert set(register.decisions) == {bert}
    assert set(given) == {ANNA, bert}
    store.commit(Folded(upto=0, cases={}, decisions=[decision(30.0)], at=11.0))
    assert register.follow(store, 20.0)
    assert set(register.decisions) == {ANNA}


def enrolled(store: MemoryStore, name: str, *subjects: Subject) -> None:
    found = Campaign(id=name, born=1, at=1.0, named=1.0, seen=1.0)
    members = [Member(campaign=name, subject=subject, since=1.0) for subject in subjects]
    store.commit(Folded(upto=0, cases={}, campaigns=[found], members=members, at=1.0))


def test_the_register_follows_who_joins_and_leaves_and_both_mappings_are_replaced() -> None:
    store, register = MemoryStore(), Register(members=True)
    bert, one, two = Subject("key", "bert"), Subject("campaign", "camp_1"), Subject("campaign", "camp_2")
    assert not register.follow(store, 1.0)
    enrolled(store, "camp_1", ANNA, bert)
    before = register.decisions, register.campaigns
    assert register.follow(store, 1.0)
    assert register.campaigns == {ANNA: (one,), bert: (one,)}
    assert register.decisions is not before[0]
    assert before[1] == {}
    assert not register.follow(store, 1.0)
    enrolled(store, "camp_2", ANNA)
    register.follow(store, 1.0)
    assert register.campaigns[ANNA] == (one, two)
    store.release(Membership("camp_1", ANNA), 2.0)
    store.release(Membership("camp_1", bert), 2.0)
    register.follow(store, 2.0)
    assert register.campaigns == {ANNA: (two,)}


def test_a_register_that_is_told_all_anew_forgets_what_it_knew() -> None:
    store, register = MemoryStore(), Register(members=True)
    enrolled(store, "camp_1", ANNA)
    register.follow(store, 1.0)
    store._campaigns["camp_1"] = replace(store._campaigns["camp_1"], seen=-1e9)
    enrolled(store, "camp_2", Subject("key", "bert"))
    register.follow(store, 1.0)
    assert set(register.campaigns) == {Subject("key", "bert")}


def test_only_who_asks_for_members_follows_them() -> None:
    store, register = MemoryStore(), Register()
    enrolled(store, "camp_1", ANNA)
    assert not register.follow(store, 1.0)
    assert register.campaigns == {}
