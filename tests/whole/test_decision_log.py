"""What the whole guard decides is in its decision log, whatever dies; and whoever is to be forgotten, is."""

from gateway.by_hand import by_hand
from gateway.clock import now
from gateway.decision_log.reading import lines
from gateway.decision_log.record import Line
from gateway.decision_log.verifying import verify
from gateway.decision_log.writer import KEY
from gateway.decisions import Subject
from gateway.stores.base import Folded
from tests.whole.conftest import Start
from tests.whole.kit import Client, Whole, chat, until

ACME = Subject("account", "acme")


def told(whole: Whole, *kinds: str) -> list[Line]:
    return list(lines(whole.data / "log", kinds=kinds))


def watch(whole: Whole, subject: Subject) -> None:
    """Do what ``stillguard decisions add`` does."""
    decision = by_hand(subject, "watch", {}, 3600.0, now())
    whole.store.commit(Folded(upto=0, cases={}, decisions=[decision], at=decision.at))


def flaws(whole: Whole) -> list[str]:
    public = (whole.data / "log" / KEY).read_text().strip()
    return [str(flaw) for flaw in verify(whole.data / "log", public, []).flaws]


def test_all_that_happens_to_a_guard_is_in_its_log_and_its_log_is_good(start: Start) -> None:
    whole = start()
    watch(whole, ACME)
    until(lambda: len(told(whole, "decision")) == 1, "the decision is logged")
    whole.kill("analyst")
    whole.store.lift(ACME, now())
    until(lambda: len(told(whole, "lifted")) == 1, "its end is logged")
    assert [line.restored()["subject"] for line in told(whole, "decision", "lifted")] == ["account:acme"] * 2
    until(lambda: whole.metric("log_records_total", kind="lifted") == 1, "it is counted")
    assert len(told(whole, "reload")) == 2
    whole.stop()
    assert flaws(whole) == []


def test_a_subject_is_forgotten_beside_the_running_guard_and_begins_anew(start: Start) -> None:
    whole = start()
    client = Client(whole.url)
    client.ask("sk-anna", chat("What is a heron?"))
    whole.settled(1)
    anna = whole.key("sk-anna")
    watch(whole, anna)
    command = whole.command("log", "forget", *anna, "--by", "dpo", "--reason", "article 17")
    said, _ = command.communicate()
    assert command.returncode == 0, said
    assert anna not in whole.cases()
    assert whole.traces(anna.value) == []
    client.ask("sk-anna", chat("And what is a stork?"))
    whole.settled(2)
    assert whole.cases()[anna].exchanges == 1
    client.close()
    whole.stop()
    assert flaws(whole) == []
