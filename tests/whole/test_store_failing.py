"""While the store cannot be written, traffic flows, the loss is bounded and counted, and all heals by itself."""

import resource
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

import pytest

from gateway.stores.sqlite_file import FILE
from tests.whole.conftest import Start
from tests.whole.kit import Client, Whole, chat, until

QUEUE = 50  # entries that a proxy may hold in this test


@contextmanager
def locked(whole: Whole) -> Iterator[None]:
    """Keep everybody else from writing to the file."""
    with closing(sqlite3.connect(whole.data / FILE, isolation_level=None, timeout=30)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


@contextmanager
def full_disk(pids: Sequence[int]) -> Iterator[None]:
    """Let no write of these processes to any file succeed."""
    for pid in pids:
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        for pid in pids:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))


def ask_often(client: Client, times: int) -> None:
    for _ in range(times):
        assert client.ask("sk-reader", chat("Hello.")).status == 200


def taken(whole: Whole) -> int:
    return whole.cases()[whole.key("sk-reader")].exchanges


def test_a_locked_file_stops_no_traffic_and_what_finds_no_room_in_the_queue_is_counted(start: Start) -> None:
    whole = start(journal={"queue": QUEUE})
    client = Client(whole.url)
    ask_often(client, 10)
    whole.settled(10)
    with locked(whole):
        ask_often(client, 300)
        until(lambda: whole.metric("requests_total") == 310, "all are counted")
        dropped = whole.metric("queue_dropped_total", reason="full")
        assert 0 < dropped < 300
        assert taken(whole) == 10
    ask_often(client, 10)
    whole.settled(320)
    dropped = whole.metric("queue_dropped_total")
    assert taken(whole) == 320 - dropped == whole.metric("journal_appended_total")
    client.close()


@pytest.mark.parametrize("role", ["proxy", "analyst"])
def test_a_full_disk_stops_no_traffic_and_loses_nothing_that_the_queue_holds(start: Start, role: str) -> None:
    whole = start()
    client = Client(whole.url)
    ask_often(client, 10)
    whole.settled(10)
    with full_disk(whole.alive(role)):
        ask_often(client, 100)
        until(lambda: whole.metric("store_errors_total") > 0, "the failure is counted")
        until(lambda: whole.logged("store failed"), "and told")
        assert taken(whole) == 10
    ask_often(client, 10)
    whole.settled(120)
    assert taken(whole) == 120 == whole.metric("journal_appended_total")
    assert whole.metric("queue_dropped_total") == 0
    assert len(whole.logged(f"started {role}")) == 1, "it got over it without dying"
    client.close()


def test_a_throttled_client_passes_while_its_meters_cannot_be_asked(start: Start) -> None:
    whole = start()
    client = Client(whole.url)
    subject = whole.key("sk-reader")
    slowly = ("--with", "requests_per_minute=1", "--with", "burst_seconds=1")
    whole.command("decisions", "add", *subject, "throttle", *slowly).communicate()
    until(lambda: client.ask("sk-reader", chat("Hello.")).status == 429, "it is throttled")
    with locked(whole):
        ask_often(client, 3)
        until(lambda: whole.metric("errors_total", error_type="guard_store") >= 3, "the failure is counted")
    until(lambda: client.ask("sk-reader", chat("Hello.")).status == 429, "it is throttled again")
    client.close()
