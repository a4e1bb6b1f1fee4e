"""What every store promises of meters, tried on each of them, and on the algorithm itself."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.actions.base import Allowance, Charge
from gateway.decisions import Subject
from gateway.stores import meters
from gateway.stores.base import Store
from gateway.stores.memory import MemoryStore
from gateway.stores.meters import Meter
from gateway.stores.sqlite import SqliteStore

NOW = 1_800_000_000.0
ANNA, BERT = Subject("key", "anna"), Subject("key", "bert")
Maker = Callable[..., Store]


def charge(amount: float = 1, *, rate: float = 1.0, burst: float = 10.0, meter: str = "requests") -> Charge:
    return Charge(meter=meter, amount=amount, rate=rate, burst=burst)


def test_a_burst_passes_and_the_next_waits_for_one_refill(make: Maker) -> None:
    store = make()
    answers = [store.take(ANNA, [charge()], NOW)[0] for _ in range(11)]
    assert [a.allowed for a in answers] == [True] * 10 + [False]
    assert [a.remaining for a in answers[:10]] == pytest.approx([9, 8, 7, 6, 5, 4, 3, 2, 1, 0], abs=1e-3)
    assert answers[10].retry_after == pytest.approx(1.0, abs=1e-3)
    assert answers[10].reset == pytest.approx(10.0, abs=1e-3)
    assert answers[10].limit == 10
    assert store.take(ANNA, [charge()], NOW + 1)[0].allowed
    assert store.take(BERT, [charge()], NOW)[0].remaining == pytest.approx(9)


def test_all_meters_are_charged_or_none(make: Maker) -> None:
    store = make()
    store.take(ANNA, [charge(10, meter="tokens")], NOW)
    both = [charge(4), charge(1, meter="tokens")]
    for _ in range(3):
        answer = store.take(ANNA, both, NOW)
        assert [a.allowed for a in answer] == [True, False]
        assert answer[0].remaining == pytest.approx(10)
    assert store.take(ANNA, [charge(10)], NOW)[0].allowed


def test_more_than_a_burst_passes_only_from_a_full_meter_and_is_owed_in_full(make: Maker) -> None:
    store = make()
    assert store.take(ANNA, [charge(25)], NOW)[0].allowed
    late = store.take(ANNA, [charge(1)], NOW + 15)
    assert not late[0].allowed
    assert store.take(ANNA, [charge(1)], NOW + 16.1)[0].allowed
    assert not store.take(ANNA, [charge(25)], NOW + 20)[0].allowed
    assert store.take(ANNA, [charge(25)], NOW + 26.2)[0].allowed


def test_what_was_given_back_can_be_taken_again_and_never_more_than_a_burst(make: Maker) -> None:
    store = make()
    store.take(ANNA, [charge(10)], NOW)
    store.give(ANNA, [charge(-4)], NOW)
    assert store.take(ANNA, [charge(4)], NOW)[0].allowed
    assert not store.take(ANNA, [charge(1)], NOW)[0].allowed
    store.give(ANNA, [charge(-400)], NOW)
    assert store.take(ANNA, [charge(1)], NOW)[0].remaining == pytest.approx(9)


def test_a_debt_settled_afterwards_is_paid_before_anything_passes(make: Maker) -> None:
    store = make()
    store.give(ANNA, [charge(30)], NOW)
    assert not store.take(ANNA, [charge(1)], NOW + 20)[0].allowed
    assert store.take(ANNA, [charge(1)], NOW + 21.1)[0].allowed


def test_a_clock_set_back_locks_nobody_out_for_longer_than_a_refill(make: Maker) -> None:
    store = make()
    store.take(ANNA, [charge(10)], NOW)
    back = NOW - 86400
    (told,) = store.take(ANNA, [charge(1)], back)
    assert not told.allowed
    assert told.retry_after <= 10
    assert store.take(ANNA, [charge(10)], back + 10)[0].allowed


def test_a_meter_that_never_refills_refuses(make: Maker) -> None:
    assert not make().take(ANNA, [charge(rate=0.0)], NOW)[0].allowed


@settings(max_examples=60)
@given(
    steps=st.lists(st.tuples(st.floats(0, 30), st.floats(0.1, 25)), min_size=1, max_size=40),
    rate=st.floats(0.1, 50),
    burst=st.floats(1, 20),
)
def test_over_any_time_no_more_passes_than_the_burst_and_the_refill(
    steps: list[tuple[float, float]], rate: float, burst: float
) -> None:
    store = MemoryStore()
    at, passed, largest = NOW, 0.0, 0.0
    for wait, amount in steps:
        at += wait
        (answer,) = store.take(ANNA, [charge(amount, rate=rate, burst=burst)], at)
        assert 0 <= answer.remaining <= burst + 1e-9
        assert answer.allowed == (answer.retry_after == 0)
        if answer.allowed:
            passed += amount
            largest = max(largest, amount)
        assert passed <= max(burst, largest) + rate * (at - NOW) + 0.01


@settings(max_examples=60)
@given(st.lists(st.tuples(st.floats(-100, 100), st.floats(-5, 25)), min_size=1, max_size=30), st.floats(0.1, 50))
def test_waiting_as_long_as_was_told_is_enough_whatever_the_clock_did_before(
    steps: list[tuple[float, float]], rate: float
) -> None:
    kept: dict[str, Meter] = {}
    at = NOW
    for drift, amount in steps:
        at += drift
        kept.update(meters.take(kept, [charge(amount, rate=rate)], at).meters)
    asked = meters.take(kept, [charge(1, rate=rate)], at)
    told = asked.allowances[0]
    kept.update({} if told.allowed else asked.meters)
    assert meters.take(kept, [charge(1, rate=rate)], at + told.retry_after).allowances[0].allowed
    assert told.reset <= max(10, 25) / rate + 1e-6


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["take", "give"]), st.floats(-5, 70), st.floats(-3, 15)), max_size=25))
def test_both_stores_answer_the_same(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, float, float]]
) -> None:
    memory, sqlite = MemoryStore(), SqliteStore(tmp_path_factory.mktemp("store"))
    at = NOW
    for call, drift, amount in steps:
        at += drift
        answers: list[list[Allowance]] = []
        for store in (memory, sqlite):
            if call == "take":
                answers.append(store.take(ANNA, [charge(amount), charge(1, meter="tokens")], at))
            else:
                store.give(ANNA, [charge(amount)], at)
        assert len(answers) in (0, 2)
        assert not answers or answers[0] == answers[1]
    sqlite.close()
