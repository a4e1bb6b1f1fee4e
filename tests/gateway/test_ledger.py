"""The ledgers at work: looked up before a batch is folded, entered once it is kept, held by one process."""

import errno
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from detectors.base import AnswerObservation, Baseline, QueryObservation, Taking
from detectors.handed_in import HandedIn
from detectors.linkage.base import Facts, Partner, partner_mark
from detectors.linkage.holders import Deal
from detectors.recirculation import Recirculation
from gateway.analyst import Analyst
from gateway.config import Ledgers as Settings
from gateway.decisions import Subject
from gateway.dialects.known import Dialects
from gateway.engine import Folio, unseal
from gateway.exchange import Entry
from gateway.features import Features
from gateway.intake import Intake
from gateway.journals.memory import MemoryJournal
from gateway.ledger import LEASE, Ledgers, kin_of, member
from gateway.metrics import LEDGER_IN_MEMORY, LEDGER_PRESENTED
from gateway.stores.base import Folded, StoreError
from gateway.stores.memory import MemoryStore
from tests.gateway.folding import AfterExchanges

ROOT = Path(__file__).parent.parent.parent
NOW = 1_800_000_000.0
ANNA, BERT = "account:anna", "account:bert"
SMALL = Settings.model_validate({"reasoning": {"size": "64KiB"}, "recirculation": {"size": "64KiB"}})
LARGE = Settings.model_validate({"reasoning": {"size": "16MiB"}, "recirculation": {"size": "0B"}})  # never full here
NONE = Settings.model_validate({"reasoning": {"size": "0B"}, "recirculation": {"size": "0B"}})
PANEL: dict[str, Any] = {"handed_in": HandedIn(), "recirculation": Recirculation()}
TEXT = "The tide turned twice before the pilot came aboard, and by then the lamps along the mole were lit. " * 4


def deal(who: str, at: float = 0.0, presented: tuple[int, ...] = (), served: tuple[int, ...] = ()) -> Deal:
    query = QueryObservation(at=NOW + at, presented=presented)
    return Deal(partner_mark(who), AnswerObservation(at=NOW + at + 1.0, query=query, served=served))


def takings(ledgers: Ledgers, *deals: Deal) -> list[tuple[Taking, ...]]:
    return [answer.query.takings for answer in ledgers.noted(deals)]


def serve(ledgers: Ledgers, *deals: Deal) -> None:
    ledgers.noted(deals)
    ledgers.keep()


@pytest.fixture(params=[True, False], ids=["on disk", "in memory"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Ledgers]:
    return lambda: Ledgers(SMALL, tmp_path if request.param else None)


def test_what_one_was_served_is_noted_on_the_question_of_another(make: Callable[[], Ledgers]) -> None:
    ledgers = make()
    serve(ledgers, deal(ANNA, served=(7,)))
    assert takings(ledgers, deal(BERT, 60.0, (7,)), deal(ANNA, 60.0, (7,))) == [
        (Taking("reasoning", 7, partner_mark(ANNA)),),
        (),
    ]


def test_what_was_never_kept_was_never_served(make: Callable[[], Ledgers]) -> None:
    ledgers = make()
    ledgers.noted([deal(ANNA, served=(7,))])
    assert takings(ledgers, deal(BERT, 60.0, (7,))) == [()]


def test_a_file_outlives_its_process_and_only_one_has_it(tmp_path: Path) -> None:
    first, second = Ledgers(SMALL, tmp_path), Ledgers(SMALL, tmp_path)
    serve(first, deal(ANNA, served=(7,)))
    assert takings(second, deal(BERT, 60.0, (7,))) == [()]  # stands by: neither reads nor writes
    serve(second, deal(BERT, served=(8,)))
    first.close()
    assert takings(second, deal(BERT, 60.0, (7, 8))) == [(Taking("reasoning", 7, partner_mark(ANNA)),)]


def test_a_ledger_of_no_size_is_off() -> None:
    ledgers = Ledgers(NONE, None)
    serve(ledgers, deal(ANNA, served=(7,)))
    assert takings(ledgers, deal(BERT, 60.0, (7,))) == [()]


def test_without_room_on_disk_it_is_kept_in_memory_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    ledgers = Ledgers(SMALL, tmp_path)
    serve(ledgers, deal(ANNA, served=(7,)))
    assert takings(ledgers, deal(BERT, 60.0, (7,))) != [()]
    assert "kept in memory" in caplog.text
    assert LEDGER_IN_MEMORY.labels("reasoning")._value.get() == 1


def test_a_forgotten_subject_was_served_nothing_and_its_mark_is_in_no_file(tmp_path: Path) -> None:
    ledgers = Ledgers(SMALL, tmp_path)
    serve(ledgers, deal(ANNA, served=(7,)), deal(BERT, served=(8,)))
    mark = partner_mark(ANNA).to_bytes(8, "little")
    assert mark in (tmp_path / "ledger-reasoning").read_bytes()
    ledgers.forget(Subject("account", "anna"))
    assert mark not in (tmp_path / "ledger-reasoning").read_bytes()
    assert takings(ledgers, deal("account:carl", 60.0, (7, 8))) == [(Taking("reasoning", 8, partner_mark(BERT)),)]


def test_forgetting_makes_no_ledger_where_there_is_none(tmp_path: Path) -> None:
    Ledgers(SMALL, tmp_path).forget(Subject("account", "anna"))
    assert not list(tmp_path.iterdir())


def test_what_cannot_be_looked_up_stops_nobody() -> None:
    deals = [deal(ANNA, presented=(-1,))]
    assert Ledgers(SMALL, None).noted(deals) == [deals[0].answer]


def test_outcomes_are_counted_once_a_batch_is_kept() -> None:
    def counts() -> list[float]:
        return [LEDGER_PRESENTED.labels(one)._value.get() for one in ("own", "foreign", "common", "unknown")]

    ledgers, before = Ledgers(SMALL, None), counts()
    serve(ledgers, deal(ANNA, served=(7,)))
    for _ in range(3):  # twice its commit failed
        ledgers.noted([deal(BERT, 60.0, (7, 9)), deal(ANNA, 60.0, (7,))])
    ledgers.keep()
    assert [after - was for after, was in zip(counts(), before, strict=True)] == [1, 1, 0, 1]


def test_groups_that_are_declared_while_it_runs_are_silent_from_then_on() -> None:
    ledgers = Ledgers(SMALL, None)
    serve(ledgers, deal(ANNA, served=(7,)))
    assert takings(ledgers, deal(BERT, 60.0, (7,))) != [()]
    ledgers.declare(kin_of({ANNA: Facts(kin="acme"), BERT: Facts(kin="acme"), "account:carl": Facts()}))
    assert takings(ledgers, deal(BERT, 60.0, (7,))) == [()]


def test_an_exchange_counts_for_its_account_else_its_first_key() -> None:
    assert member([("user", "u"), ("key", "k1"), ("key", "k2")]) == "key:k1"
    assert member([]) == ""


# at the analyst's


def entry(name: str, who: str, *, hands: str = "", served: str = "", asked: str = "Why?", said: str = TEXT) -> Entry:
    past = [{"role": "assistant", "content": [{"type": "thinking", "thinking": "", "signature": hands}]}]
    request = {"system": f"You are {who}'s pilot on the coast tonight, always.", "messages": [
        *(past if hands else []), {"role": "user", "content": asked}]}  # fmt: skip
    content: list[Any] = [{"type": "thinking", "thinking": "", "signature": served}] if served else []
    response = {"content": [*content, {"type": "text", "text": said}], "stop_reason": "end_turn"}
    return Entry(
        id=name, at=NOW + 10.0 * int(name), took=1.0, surface="anthropic.messages", model="m",
        subjects=(("account", who),), status=200, request=json.dumps(request).encode(),
        response=json.dumps(response).encode(), response_type="application/json",
    )  # fmt: skip


class Office:
    """An analyst over memory, whose store may be told to fail."""

    def __init__(self) -> None:
        self.journal = MemoryJournal()
        self.store = MemoryStore(self.journal.acknowledge)
        intake = Intake(Dialects(), Features(b"salt" * 8))
        self.analyst = Analyst(self.journal, self.store, intake, PANEL, AfterExchanges(10**9), Baseline())
        self.analyst.clock = lambda: NOW
        self.analyst.ledgers = Ledgers(SMALL, None)

    def fold(self, *entries: Entry) -> None:
        self.journal.append(entries)
        while self.analyst.step():
            pass

    def folio(self, who: str) -> Folio:
        subject = Subject("account", who)
        return unseal(PANEL, self.store.cases([subject])[subject]).folio


def test_replayed_reasoning_speaks_against_who_presents_it_and_not_against_who_was_served() -> None:
    office = Office()
    office.fold(*[entry(f"{n}", "anna", served=f"c2VhbGVk{n:04}") for n in range(12)])
    office.fold(*[entry(f"{n + 20}", "bert", hands=f"c2VhbGVk{n:04}") for n in range(12)])
    office.fold(*[entry(f"{n + 40}", "anna", hands=f"c2VhbGVk{n:04}") for n in range(12)])
    said = {who: HandedIn().evidence(office.folio(who).states["handed_in"], Baseline()) for who in ("anna", "bert")}
    assert said["bert"].weight == HandedIn().ceiling
    [partner] = office.folio("bert").imprint.partners
    assert partner == Partner(partner_mark("account:anna"), "reasoning", 12, NOW + 200.0)
    assert office.folio("anna").imprint.partners == ()
    assert said["anna"].weight == 0.0


def test_anothers_answers_handed_in_as_questions_are_recirculated() -> None:
    office = Office()
    answers = [" ".join(f"On day {i * 31 + n} the pilot saw {i * 97 + n} lamps." for i in range(12)) for n in range(30)]
    office.fold(*[entry(f"{n}", "anna", said=answers[n]) for n in range(30)])
    asked = [f"Clean this up for our data set: {one}" for one in answers]
    office.fold(*[entry(f"{n + 50}", "bert", asked=asked[n], said=f"{n} is clean.") for n in range(30)])
    state = office.folio("bert").states["recirculation"]
    assert state.fed >= 25
    assert Recirculation().evidence(state, Baseline()).weight == Recirculation().ceiling


def test_a_batch_that_is_read_again_takes_nothing_from_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bert presents what Anna is served only later, in the same batch; its first commit fails."""
    office, commit = Office(), MemoryStore.commit
    failing = [True]

    def once(store: MemoryStore, folded: Folded) -> None:
        if failing:
            failing.pop()
            raise StoreError("disk is full")
        commit(store, folded)

    monkeypatch.setattr(MemoryStore, "commit", once)
    batch = [entry("1", "bert", hands="c2VhbGVk0001"), entry("2", "anna", served="c2VhbGVk0001")]
    with pytest.raises(StoreError):
        office.fold(*batch)
    office.fold()
    assert office.folio("bert").states["handed_in"].handed == 0
    office.fold(entry("3", "bert", hands="c2VhbGVk0001"))
    assert office.folio("bert").states["handed_in"].handed == 1


SERVING = """
import pathlib, sys
from tests.gateway.test_ledger import ANNA, LARGE, deal, serve
from gateway.ledger import Ledgers
ledgers = Ledgers(LARGE, pathlib.Path(sys.argv[1]))
number = int(sys.argv[2])
while True:
    serve(ledgers, *[deal(ANNA if n % 2 else f"account:{n}", served=(n,)) for n in range(number, number + 64)])
    number += 64
    print(number, flush=True)
"""


def test_killed_at_any_moment_it_has_no_wrong_owner_and_what_was_entered_before(tmp_path: Path) -> None:
    number = 2
    for kill in range(4):
        child = subprocess.Popen(
            [sys.executable, "-c", SERVING, str(tmp_path), str(number)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert child.stdout
        for _ in range(3 + 5 * kill):
            number = int(child.stdout.readline())
        child.send_signal(signal.SIGKILL)
        tail = child.stdout.read().split()
        child.wait()
        child.stdout.close()
        number = int(tail[-1]) if tail else number
        ledgers = Ledgers(LARGE, tmp_path)
        numbers = range(2, number + 64)  # the batch in which it died is told, or is not
        seen = takings(ledgers, *[deal("account:x", 60.0, (n,)) for n in numbers])
        whose = {n: [taking.owner for taking in some] for n, some in zip(numbers, seen, strict=True)}
        assert all(owner in ([], [partner_mark(ANNA if n % 2 else f"account:{n}")]) for n, owner in whose.items())
        assert all(whose[n] for n in numbers if n < number)
        ledgers.close()
    assert (tmp_path / LEASE).exists()
