import logging
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

import pytest

from detectors.base import AnswerObservation, Baseline, QueryObservation
from gateway.analyst import Analyst, decision_id
from gateway.circumstances import tagged
from gateway.config import Analysis
from gateway.decisions import Decision, Judgement, Policy, RuleFault, Standing, Subject, Verdict
from gateway.dialects.known import Dialects
from gateway.engine import unseal
from gateway.exchange import Entry, Exchange
from gateway.features import Features
from gateway.intake import Intake
from gateway.journals.memory import MemoryJournal
from gateway.metrics import DETECTOR_ERRORS, JOURNAL_CORRUPT, OBSERVATIONS, POLICY_FAULTS
from gateway.stores.base import Folded, StoreError
from gateway.stores.memory import MemoryStore
from tests.gateway.folding import ANNA, MARK, PANEL, START, AfterExchanges, entry


class Bench:
    """An analyst over memory, at a clock that the test sets."""

    def __init__(self, store: Callable[..., MemoryStore] = MemoryStore, **options: object) -> None:
        self.journal = MemoryJournal()
        self.store = store(self.journal.acknowledge)
        self.at = START
        self.intake = Intake(Dialects(), Features(b"salt" * 8))
        self.options = options
        self.policy: Policy = AfterExchanges()
        self.analyst = self.another()

    def another(self) -> Analyst:
        analysis = Analysis.model_validate(self.options)
        analyst = Analyst(self.journal, self.store, self.intake, PANEL, self.policy, Baseline(), analysis)
        analyst.clock = lambda: self.at
        return analyst

    def fold(self, *entries: Entry) -> list[Decision]:
        before = self.store.announced(0, self.at).position
        self.journal.append(entries)
        while self.analyst.step():
            pass
        return list(self.store.announced(before, self.at).decisions) if before else self.standing()

    def standing(self) -> list[Decision]:
        return list(self.store.announced(0, self.at).decisions)

    def exchanges(self, subject: Subject = ANNA) -> int:
        stored = self.store.cases([subject])
        return unseal(PANEL, stored[subject]).folio.harvest.exchanges if stored else 0


def many(count: int, prefix: str = "e", **other: object) -> list[Entry]:
    return [entry(f"{prefix}{n}", **other) for n in range(count)]  # type: ignore[arg-type]  # by name


def test_every_entry_is_folded_into_each_configured_scope() -> None:
    bench = Bench()
    bench.fold(*many(3), *many(2, "f", key="bert"))
    assert bench.exchanges() == 3
    assert bench.exchanges(Subject("key", "bert")) == 2
    assert bench.exchanges(Subject("account", "house")) == 5
    assert bench.store.size() == 3  # campaign is no scope that clients have
    assert bench.journal.depth() == 0


def test_scopes_that_are_not_configured_have_no_case() -> None:
    bench = Bench(scopes=["account"])
    bench.fold(*many(3))
    assert bench.store.size() == 1


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500])
def test_refused_and_failed_exchanges_reach_no_case(status: int) -> None:
    bench = Bench()
    bench.fold(*many(3, status=status))
    assert bench.store.size() == 0
    assert bench.journal.depth() == 0


def test_surfaces_without_text_reach_no_case() -> None:
    bench = Bench()
    bench.fold(*many(3, surface="opaque", request=b"", response=b"\x00\x01"))
    assert bench.store.size() == 0


def test_an_entry_that_came_twice_counts_once() -> None:
    bench = Bench()
    bench.fold(*many(3), *many(3))
    assert bench.exchanges() == 3


def test_cases_outlive_the_analyst() -> None:
    bench = Bench()
    bench.fold(*many(3))
    bench.analyst = bench.another()
    bench.fold(*many(4, "f"))
    assert bench.exchanges() == 7


def test_cases_that_left_memory_come_back_from_the_store() -> None:
    bench = Bench(cases_in_memory=10)
    for turn in range(3):
        bench.fold(*(entry(f"{turn}-{key}", key=f"k{key}") for key in range(30)))
    assert [bench.exchanges(Subject("key", f"k{key}")) for key in range(30)] == [3] * 30
    assert len(bench.analyst._folios) == 10


def test_a_case_untouched_for_too_long_begins_anew_though_it_is_in_memory() -> None:
    bench = Bench(forget="1h")
    bench.fold(*many(3))
    bench.at += 7200
    bench.fold(*many(1, "f", at=bench.at))
    assert bench.exchanges() == 1


def test_batches_of_any_size_come_to_the_same_case() -> None:
    whole, single = Bench(), Bench(batch=1)
    entries = [entry(f"e{n}", at=START + n) for n in range(40)]
    whole.fold(*entries)
    for one in entries:
        single.fold(one)
    assert whole.store.cases([ANNA]) == single.store.cases([ANNA])


# decisions


def test_a_decision_is_taken_once_renewed_late_and_raised_at_once() -> None:
    bench = Bench()
    assert bench.fold(*many(4)) == []
    (first,) = bench.fold(*many(1, "a"))
    assert (first.subject, first.severity) == (ANNA, 1)
    assert START + 95 <= first.until <= START + 100
    assert bench.fold(*many(1, "b")) == []
    bench.at += 60
    (renewed,) = bench.fold(*many(1, "c"))
    assert renewed.severity == 1
    assert renewed.until == pytest.approx(first.until + 60)
    (raised,) = bench.fold(*many(3, "d"))
    assert raised.severity == 2
    assert bench.standing() == [raised]
    assert len({first.id, renewed.id, raised.id}) == 3


def test_a_restarted_analyst_knows_what_stands() -> None:
    bench = Bench()
    bench.fold(*many(6))
    bench.analyst = bench.another()
    assert bench.fold(*many(1, "a")) == []


def test_a_lifted_decision_stands_no_more_for_the_analyst_either() -> None:
    bench = Bench()
    bench.fold(*many(6))
    bench.store.lift(ANNA, bench.at)
    assert [d.severity for d in bench.fold(*many(1, "a"))] == [1]


def test_a_lapsed_decision_is_over_until_the_subject_is_seen_again() -> None:
    bench = Bench()
    bench.fold(*many(6))
    bench.at += 100
    bench.analyst.tidy()
    assert bench.analyst.standing == {}
    assert bench.standing() == []
    assert len(bench.fold(*many(1, "a"))) == 1


def test_other_rules_hold_from_the_next_batch_on() -> None:
    bench = Bench()
    bench.fold(*many(3))
    bench.analyst.reload(AfterExchanges(exchanges=2), Baseline())
    assert len(bench.fold(*many(1, "a"))) == 1


def test_ids_are_26_characters_sort_by_time_and_differ() -> None:
    ids = [decision_id(START + n, bytes) for n in range(100)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 100
    assert {len(name) for name in ids} == {30}
    assert decision_id(START, lambda size: b"a" * size) != decision_id(START, lambda size: b"b" * size)


def test_each_decision_is_one_log_line_without_text(caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench()
    with caplog.at_level(logging.INFO, "stillguard.analyst"):
        (decision,) = bench.fold(*many(6))
    (line,) = [record for record in caplog.records if record.message == "decision"]
    assert line.__dict__["decision"] == decision.id
    assert line.__dict__["subject"] == "key:anna"
    assert MARK not in str(line.__dict__)


# faults


class Raising:
    """Features that fail on one entry."""

    def __init__(self, fault: Exception) -> None:
        self.fault = fault
        self.real = Features(b"salt" * 8)

    def observe_all(self, exchanges: Sequence[Exchange]) -> Sequence[tuple[QueryObservation, AnswerObservation]]:
        if any(seen.id == "bad" for _, _, seen in exchanges):
            raise self.fault
        return self.real.observe_all(exchanges)


@pytest.mark.parametrize("fault", [ValueError("x"), KeyError("x"), RecursionError(), TypeError(), OverflowError()])
def test_one_entry_that_cannot_be_read_is_counted_and_the_rest_is_folded(fault: Exception) -> None:
    bench = Bench()
    bench.intake = Intake(Dialects(), Raising(fault))
    bench.analyst = bench.another()
    failed = DETECTOR_ERRORS.labels("intake")._value.get()
    bench.fold(*many(3), entry("bad"), *many(2, "f"))
    assert bench.exchanges() == 5
    assert DETECTOR_ERRORS.labels("intake")._value.get() == failed + 1


@pytest.mark.parametrize(
    "broken",
    [
        {"request": b"\xff\xfe not json", "response": b"\x00"},
        {"request": b"[" * 5000, "response": b"{" * 5000},
        {"request_encoding": "br", "response_encoding": "gzip"},
        {"request_encoding": "rot13"},
        {"surface": ""},
        {"surface": "openai.nothing"},
        {"at": float("nan")},
        {"at": float("inf"), "took": float("-inf")},
        {"response_bytes": 2**62, "truncated": True},
    ],
)
def test_nothing_that_a_client_sends_stops_the_analyst(broken: dict[str, object]) -> None:
    bench = Bench()
    bench.fold(*many(2), *many(2, "b", **broken), *many(2, "f"))
    assert bench.exchanges() >= 4
    assert bench.journal.depth() == 0


def test_a_commit_that_fails_counts_nothing_and_is_made_up_for() -> None:
    class Failing(MemoryStore):
        failing = True

        def commit(self, folded: Folded) -> None:
            if self.failing:
                raise StoreError("commit: disk is full")
            super().commit(folded)

    bench = Bench(Failing)
    counted = OBSERVATIONS.labels("answer")._value.get()
    bench.journal.append(many(6))
    for _ in range(3):
        with pytest.raises(StoreError, match="full"):
            bench.analyst.step()
    assert len(bench.analyst._folios) == 0
    assert bench.analyst.standing == {}
    bench.store.failing = False  # type: ignore[attr-defined]  # of the class above
    assert bench.analyst.step() == 6
    assert bench.exchanges() == 6
    assert OBSERVATIONS.labels("answer")._value.get() == counted + 6


def test_corrupt_entries_are_counted_once() -> None:
    bench = Bench()
    corrupt = JOURNAL_CORRUPT._value.get()
    bench.journal.append(many(2))
    position, row = bench.journal._rows[0]
    bench.journal._rows[0] = (position, row._replace(body=b"\xc1"))
    bench.fold(*many(2, "f"))
    assert bench.exchanges() == 2
    assert JOURNAL_CORRUPT._value.get() == corrupt + 1


class Counting:
    """Asks for strikes, tags and models, and has a rule that cannot be asked."""

    counts = True
    windows: ClassVar[Mapping[str, float]] = {"p/r": 3600.0}

    def judge(self, standing: Standing) -> Verdict | None:
        return self.judgement(standing).verdict

    def judgement(self, standing: Standing) -> Judgement:
        if standing.subject != ANNA or standing.harvest.exchanges < 5:
            return Judgement(None)
        before = standing.strikes.get("p/r", 0)
        names = {"models": list(standing.models), "tags": list(standing.tags)}
        verdict = Verdict(
            action="act", severity=2 + before, lasts=60.0, policy="p", rule="r", mode="enforce", parameters=names
        )
        return Judgement(verdict, (RuleFault("p", "broken", "divide by zero"),))


def test_a_rule_decided_again_after_it_lapsed_is_told_how_often_and_remembers_it_over_a_restart() -> None:
    bench = Bench()
    bench.policy = Counting()
    bench.analyst = bench.another()
    bench.analyst.tags = tagged({"house": ("research",)})
    found = []
    for turn in range(3):
        found += bench.fold(*many(8, f"{turn}-", at=bench.at))
        bench.at += 120
        bench.analyst = bench.another()
        bench.analyst.tags = tagged({"house": ("research",)})
    assert [one.severity for one in found] == [2, 3, 4]
    assert [one.strikes.get("p/r", 0) for one in found] == [0, 1, 2]
    assert found[0].parameters == {"models": ["m"], "tags": ["research"]}
    assert (found[0].models, found[0].tags) == (("m",), ("research",))


def test_a_rule_that_cannot_be_evaluated_is_counted_each_time_and_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench()
    bench.policy = Counting()
    bench.analyst = bench.another()
    counter = POLICY_FAULTS.labels("p", "broken")
    before = counter._value.get()
    with caplog.at_level(logging.WARNING, "stillguard.analyst"):
        bench.fold(*many(8))
        bench.fold(*many(24, "f"))
    assert counter._value.get() == before + 2
    assert [record.__dict__["fault"] for record in caplog.records] == ["divide by zero"]
    bench.analyst.review()
    with caplog.at_level(logging.WARNING, "stillguard.analyst"):
        bench.fold(*many(64, "g"))
    assert len(caplog.records) == 2
