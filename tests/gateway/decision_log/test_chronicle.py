import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.base import Evidence, Harvest
from gateway.decision_log.chronicle import Chronicle
from gateway.decision_log.reading import decision_of, lines
from gateway.decision_log.record import Line
from gateway.decision_log.verifying import verify
from gateway.decisions import Decision, Subject
from gateway.stores.base import Folded
from gateway.stores.sqlite import SqliteStore
from gateway.stores.sqlite_file import FILE
from tests.gateway.decision_log.nursery import START, FullDisk, Log, begin, key

ANNA, BERT = Subject("key", "anna"), Subject("key", "bert")


class Desk:
    """A store, and a log that follows it."""

    def __init__(self, folder: Path, **options: object) -> None:
        self.folder, self.options = folder, options
        self.store = SqliteStore(folder)
        self.taken = 0
        self.log: Log = self.start()

    def start(self) -> Log:
        self.log = begin(self.folder, **self.options)  # type: ignore[arg-type]  # by name
        self.chronicle = Chronicle(self.log, self.store.audit)
        return self.log

    def die(self) -> None:
        """Let a successor take over without a word, as after ``kill -9``: the kernel frees files and locks."""
        self.log.reread()
        self.log._lease.release()
        self.start()

    def decide(self, subject: Subject = ANNA) -> Decision:
        self.taken += 1
        at = START + self.taken
        decision = Decision(
            id=f"dec_{self.taken}", subject=subject, action="trim", severity=2, at=at, until=at + 60,
            parameters={"logprobs": False}, policy="balanced", rule="sure", revision="abc", weight=13.8,
            families={"content": 9.0}, evidence={"repetition": Evidence(9.0, {"share": 0.8})}, harvest=Harvest(),
        )  # fmt: skip
        self.store.commit(Folded(upto=0, cases={subject: b"case"}, decisions=[decision], at=at))
        return decision

    def told(self, *kinds: str) -> list[Line]:
        return list(lines(self.log.folder, kinds=kinds))

    def ids(self) -> list[str]:
        return [line.body["id"] for line in self.told("decision")]

    def proven(self) -> None:
        self.chronicle.close()
        assert verify(self.log.folder, key(self.folder).public, []).flaws == []
        self.store.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.proven()


def test_a_decision_is_logged_as_it_was_taken(desk: Desk) -> None:
    decision = desk.decide()
    desk.chronicle.follow()
    [line] = desk.told("decision")
    assert decision_of(line) == decision
    assert line.at == decision.at


def test_what_is_lifted_is_told_with_its_time(desk: Desk) -> None:
    decision = desk.decide()
    desk.store.lift(ANNA, START + 9)
    desk.chronicle.follow()
    [line] = desk.told("lifted")
    assert (line.at, line.body["id"], line.restored()["subject"]) == (START + 9, decision.id, "key:anna")
    assert desk.ids() == [decision.id]
    assert decision_of(line) is None


def test_a_look_at_nothing_new_writes_nothing(desk: Desk) -> None:
    desk.decide()
    for _ in range(3):
        desk.chronicle.follow()
    assert [line.kind for line in desk.told()] == ["checkpoint", "store", "decision"]


def test_what_was_decided_before_a_crash_is_logged_once_after_it(desk: Desk) -> None:
    desk.decide()
    desk.chronicle.follow()
    desk.decide()  # committed, and the analyst dies before it is logged
    desk.die()
    desk.decide()
    desk.chronicle.follow()
    desk.die()
    desk.chronicle.follow()
    assert desk.ids() == ["dec_1", "dec_2", "dec_3"]


def test_notes_are_taken_over_and_deleted(desk: Desk) -> None:
    desk.store.audit.note("label", START, {"id": "dec_1", "label": "false_alarm", "by": "eve", "subject": "key:anna"})
    desk.store.audit.note("pardon", START + 1, {"id": "dec_1", "store": "of a note this means nothing"})
    desk.chronicle.follow()
    assert [(line.kind, line.at) for line in desk.told("label", "pardon")] == [("label", START), ("pardon", START + 1)]
    assert desk.told("label")[0].restored()["subject"] == "key:anna"
    assert desk.store.audit.notes(0, 10) == []


def test_a_note_that_was_logged_and_not_deleted_is_only_deleted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.store.audit.note("label", START, {})
    with monkeypatch.context() as patched:
        patched.setattr(desk.store.audit, "settle", lambda _: None)
        desk.chronicle.follow()
    desk.die()
    desk.chronicle.follow()
    assert len(desk.told("label")) == 1
    assert desk.store.audit.notes(0, 10) == []


def test_what_is_in_no_store_is_told_too(desk: Desk) -> None:
    desk.chronicle.tell("reload", START, {"taken": True, "files": {"balanced.yaml": "ab"}})
    desk.chronicle.follow()
    assert [line.body for line in desk.told("reload")] == [{"taken": True, "files": {"balanced.yaml": "ab"}}]


def test_another_store_is_taken_over_from_its_beginning(desk: Desk) -> None:
    for _ in range(3):
        desk.decide()
    desk.chronicle.follow()
    desk.store.close()
    for file in desk.folder.glob(f"{FILE}*"):
        file.unlink()
    desk.store = SqliteStore(desk.folder)
    desk.decide()
    desk.die()
    desk.chronicle.follow()
    assert desk.ids() == ["dec_1", "dec_2", "dec_3", "dec_4"]
    assert [line.body["because"] for line in desk.told("store")] == ["a new log", "another data file"]


def test_a_store_that_lost_its_last_commits_is_followed_from_there(desk: Desk) -> None:
    for _ in range(3):
        desk.decide()
    desk.chronicle.follow()
    with desk.store._file.change("power fails") as connection:
        connection.execute("DELETE FROM decisions WHERE position = 3")
        connection.execute("UPDATE sqlite_sequence SET seq = 2 WHERE name = 'decisions'")
    desk.decide()
    with desk.store._file.change("power fails") as connection:
        connection.execute("DELETE FROM decisions WHERE position = 3")
        connection.execute("UPDATE sqlite_sequence SET seq = 2 WHERE name = 'decisions'")
    desk.die()
    desk.chronicle.follow()
    desk.decide()
    desk.chronicle.follow()
    assert desk.ids() == ["dec_1", "dec_2", "dec_3", "dec_5"]
    assert [line.body["because"] for line in desk.told("store")][1:] == ["the data file lost its last commits"]


# forgetting


def test_a_request_waits_until_proxies_saw_the_lift_and_then_nothing_is_left(desk: Desk) -> None:
    someone = Subject("key", "b4c61f0d9e")
    desk.decide(someone)
    desk.decide(BERT)
    desk.store.audit.note("label", START, {"id": "dec_1", "subject": str(someone)})
    desk.store.audit.note("forget", START, {"subject": str(someone), "by": "dpo", "reason": "asked"})
    desk.store.audit.note("label", START, {"id": "dec_2", "subject": str(BERT)})
    assert desk.chronicle.follow() == []
    desk.log.tick(3)
    assert desk.chronicle.follow() == [someone]
    assert desk.chronicle.follow() == []
    assert desk.store.scrub()
    for file in [desk.folder / FILE, *desk.log.folder.iterdir()]:
        assert b"b4c61f0d9e" not in file.read_bytes(), file
    assert [line.restored().get("subject") for line in desk.told("label")] == [None, "key:bert"]
    assert desk.store.size() == 1


def test_a_forgetting_that_was_cut_short_is_done_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.decide()
    desk.store.audit.note("forget", START - 10, {"subject": "key:anna", "by": "dpo", "reason": "asked"})
    with monkeypatch.context() as patched:
        patched.setattr("gateway.decision_log.forgetting.put", lambda *_: (_ for _ in ()).throw(OSError("dies here")))
        assert desk.chronicle.follow() == []
    desk.die()
    assert desk.chronicle.follow() == [ANNA]
    assert desk.store.audit.notes(0, 10) == []
    assert [None in line.personal for line in desk.told("decision")] == [True]


# whatever happens


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(["decide", "lift", "note", "follow", "die", "full", "free"]), max_size=30))
def test_whatever_happens_all_is_logged_once_and_in_order(
    tmp_path_factory: pytest.TempPathFactory, events: list[str]
) -> None:
    desk = Desk(tmp_path_factory.mktemp("desk"), page=FullDisk)
    FullDisk.left = 1 << 20
    turn, expected, notes = random.Random(5), [], 0
    for event in events:
        if event == "decide":
            expected.append(desk.decide(turn.choice([ANNA, BERT])).id)
        elif event == "lift":
            desk.store.lift(ANNA, START + desk.taken + 1)
        elif event == "note":
            notes = desk.store.audit.note("label", START, {})
        elif event in {"full", "free"}:
            FullDisk.left = 600 if event == "full" else 1 << 20
        else:
            desk.chronicle.follow() if event == "follow" else desk.die()
    FullDisk.left = 1 << 20
    desk.chronicle.follow()
    assert desk.ids() == expected
    assert len(desk.told("label")) == notes
    desk.proven()
