"""Decisions that lapsed are remembered for a time: repetition is counted from them."""

from collections.abc import Callable
from pathlib import Path

from gateway.decisions import Decision, Subject
from gateway.stores.base import MOST_TAKEN, REMEMBERED, Folded, Store, Taken
from gateway.stores.sqlite import SqliteStore

NOW = 1_800_000_000.0
ANNA, BERT = Subject("key", "anna"), Subject("key", "bert")
Maker = Callable[..., Store]


def decision(name: str, at: float, until: float, subject: Subject = ANNA) -> Decision:
    return Decision(
        id=name, subject=subject, action="trim", severity=2, at=at, until=until, policy="p", rule="r", mode="enforce"
    )


def keep(store: Store, *decisions: Decision, at: float = NOW) -> None:
    store.commit(Folded(upto=0, cases={}, decisions=decisions, at=at))


def test_what_was_taken_is_told_in_order_with_what_counting_needs(make: Maker) -> None:
    store = make()
    keep(store, decision("a", NOW, NOW + 60), decision("b", NOW + 90, NOW + 120), decision("c", NOW, NOW + 9, BERT))
    store.lift(ANNA, NOW + 100)
    first = Taken("a", NOW, NOW + 60, "p", "r", "enforce")
    second = Taken("b", NOW + 90, NOW + 120, "p", "r", "enforce")
    lifted = Taken("b", NOW + 90, NOW + 100, "p", "r", "enforce")
    assert store.taken([ANNA, Subject("key", "nobody")], NOW - 60) == {ANNA: [first, second, lifted]}
    assert store.taken([ANNA, BERT], NOW + 60) == {ANNA: [second, lifted]}


def test_only_the_newest_are_told(make: Maker) -> None:
    store = make()
    keep(store, *(decision(str(n), NOW + n, NOW + n + 1) for n in range(MOST_TAKEN + 10)))
    found = store.taken([ANNA], NOW - 60)[ANNA]
    assert [one.id for one in found] == [str(n) for n in range(10, MOST_TAKEN + 10)]


def test_a_restart_forgets_nothing(tmp_path: Path) -> None:
    before = SqliteStore(tmp_path)
    keep(before, decision("a", NOW, NOW + 60))
    before.close()
    after = SqliteStore(tmp_path)
    assert [one.id for one in after.taken([ANNA], NOW)[ANNA]] == ["a"]
    after.close()


def test_what_lapsed_long_ago_is_forgotten_and_what_was_lifted_never_comes_back(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    years = NOW + 9 * REMEMBERED
    keep(store, decision("a", NOW, NOW + 60, BERT), decision("b", NOW, years))
    store.lift(ANNA, NOW + 60)
    keep(store, at=NOW + REMEMBERED + 120)
    assert store.taken([ANNA, BERT], NOW - 60).keys() == {ANNA}
    assert store.announced(0, NOW + REMEMBERED + 120).decisions == ()
    keep(store, at=years + REMEMBERED + 60)
    assert store.taken([ANNA], NOW - 60) == {}
    store.close()
