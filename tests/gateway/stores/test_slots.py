"""Slots and budgets of distinct payloads, on every store."""

from collections.abc import Callable

from gateway.actions.base import Allowance, Charge
from gateway.decisions import Subject
from gateway.stores.base import Store

ANNA = Subject("key", "anna")
Maker = Callable[..., Store]


def slot(amount: float = 1.0, most: float = 2.0) -> Charge:
    return Charge(meter="slots", amount=amount, rate=most / 100, burst=most, lease=100.0)


def payload(fingerprint: str, most: float = 2.0) -> Charge:
    return Charge(meter="payloads", amount=1.0, rate=most / 100, burst=most, distinct=True, payload=fingerprint)


class Kept:
    """The meters of one subject in a store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def take(self, *charges: Charge, at: float) -> list[Allowance]:
        return self.store.take(ANNA, charges, at)

    def give(self, *charges: Charge, at: float) -> None:
        self.store.give(ANNA, charges, at)


def test_slots_do_not_refill_and_come_back_one_by_one(make: Maker) -> None:
    kept = Kept(make())
    assert [kept.take(slot(), at=1000 + i)[0].allowed for i in range(3)] == [True, True, False]
    assert not kept.take(slot(), at=1090)[0].allowed
    kept.give(slot(-1.0), at=1091)
    back = kept.take(slot(), at=1092)[0]
    assert (back.allowed, back.limit, back.remaining) == (True, 2, 0)
    assert not kept.take(slot(), at=1093)[0].allowed


def test_slots_that_nobody_gives_back_are_free_after_the_lease(make: Maker) -> None:
    kept = Kept(make())
    kept.take(slot(), at=1000)
    kept.take(slot(), at=1001)
    assert not kept.take(slot(), at=1100)[0].allowed
    again = kept.take(slot(), at=1101.5)[0]
    assert (again.allowed, again.remaining) == (True, 1)
    kept.give(slot(-1.0), slot(-1.0), slot(-1.0), at=1102)  # two of them come too late
    assert kept.take(slot(), at=1103)[0].remaining == 1


def test_slots_survive_a_clock_that_is_set_back(make: Maker) -> None:
    kept = Kept(make())
    kept.take(slot(), slot(), at=1e9)
    assert not kept.take(slot(), at=1000)[0].allowed
    kept.give(slot(-1.0), at=1001)
    assert kept.take(slot(), at=1002)[0].allowed


def test_a_payload_is_taken_once_and_a_new_one_while_there_is_budget(make: Maker) -> None:
    kept = Kept(make())
    assert [kept.take(payload(name), at=1000)[0].allowed for name in ("a", "a", "b", "a", "c", "b")] == [
        True, True, True, True, False, True,
    ]  # fmt: skip
    assert kept.take(payload("c"), at=1050.1)[0].allowed
    assert kept.take(payload("a"), at=1050.2)[0].allowed
    assert not kept.take(payload("d"), at=1050.3)[0].allowed


def test_a_payload_that_is_refused_leaves_no_mark(make: Maker) -> None:
    kept = Kept(make())
    for name in ("a", "b", "c"):
        kept.take(payload(name), at=1000)
    assert not kept.take(payload("c"), at=1001)[0].allowed


def test_a_full_budget_of_payloads_refuses_the_request_as_a_whole(make: Maker) -> None:
    kept = Kept(make())
    request = Charge(meter="requests", amount=1.0, rate=1.0, burst=10.0)
    for name in ("a", "b", "c"):
        kept.take(request, payload(name), at=1000)
    assert kept.take(request, payload("a"), at=1000)[0].remaining == 7
