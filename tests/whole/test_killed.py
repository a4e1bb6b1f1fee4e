"""Killed at any moment, each process comes back; nothing acknowledged is lost or counted twice; decisions stand."""

import itertools
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.whole.conftest import Start
from tests.whole.kit import Client, Whole, chat, get, one_client_each, until

LANES = 3


class Load:
    """Clients that ask, each time with a new key; and one that is denied and tries all the time.

    Attributes:
        answered: keys whose exchange was answered whole.
        lost: exchanges whose connection broke.
        slipped: statuses other than a denial that the denied client saw.
    """

    def __init__(self, whole: Whole) -> None:
        self._url = whole.url
        self._numbers = itertools.count()
        self._over = threading.Event()
        self.answered: list[str] = []
        self.lost = 0
        self.denials = 0
        self.slipped: list[int] = []
        lanes = [threading.Thread(target=self._ask) for _ in range(LANES)]
        self._threads = [*lanes, threading.Thread(target=self._try)]

    def _ask(self) -> None:
        client = Client(self._url)
        while not self._over.wait(0.002):
            key = f"sk-{next(self._numbers)}"
            answer = client.ask(key, chat("Hello."))
            if answer.whole:
                assert answer.status == 200
                self.answered.append(key)
            else:
                self.lost += 1
        client.close()

    def _try(self) -> None:
        client = Client(self._url)
        while not self._over.wait(0.005):
            status = client.ask("sk-denied", chat("Hello.")).status
            self.denials += status == 403
            if status not in {403, 0}:
                self.slipped.append(status)
        client.close()

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def flows(self, more: int = 20) -> None:
        """Wait until so many more exchanges were answered and a denial was given."""
        answered, denials = len(self.answered) + more, self.denials
        until(lambda: len(self.answered) >= answered and self.denials > denials, "traffic flows")


@contextmanager
def loaded(whole: Whole) -> Iterator[Load]:
    """Deny one client, and put load on the guard."""
    whole.command("decisions", "add", *whole.key("sk-denied"), "deny").communicate()
    with one_client_each(whole) as clients:
        for client in clients:
            until(lambda: client.ask("sk-denied", chat("Hello.")).status == 403, "the decision has arrived")  # noqa: B023 - called at once
    load = Load(whole)
    load.start()
    try:
        yield load
    finally:
        load.stop()


def kill_at_random(whole: Whole, load: Load, roles: list[str], dice: random.Random) -> None:
    for role in roles:
        load.flows()
        threading.Event().wait(dice.uniform(0, 0.3))  # any moment is as good as any other
        whole.kill(role)


def counted(whole: Whole) -> tuple[dict[str, int], int]:
    """Return the exchanges of every key of the load, and of those that came before it."""
    cases = {subject: harvest.exchanges for subject, harvest in whole.cases().items()}
    total = sum(exchanges for subject, exchanges in cases.items() if subject.scope == "network")  # one, or none yet
    before = {whole.key("sk-denied"), whole.key("sk-hello")}
    loads = {s.value: exchanges for s, exchanges in cases.items() if s.scope == "key" and s not in before}
    earlier = sum(exchanges for subject, exchanges in cases.items() if subject in before)
    assert total == sum(loads.values()) + earlier, "the network's case counts each of its keys' exchanges once"
    return loads, earlier


@pytest.mark.slow
def test_the_analyst_and_the_admin_server_die_and_every_answered_exchange_is_counted_once(start: Start) -> None:
    whole = start()
    with loaded(whole) as load:
        kill_at_random(whole, load, ["analyst", "admin", "analyst", "admin", "analyst"], random.Random(3))
        load.flows()
    until(lambda: get(f"{whole.admin}/readyz").status == 200, "the admin server is back")
    until(lambda: len(counted(whole)[0]) >= len(load.answered), "all that was answered is counted")
    whole.folded()
    assert load.lost == 0, "no client noticed"
    assert load.slipped == []
    cases, earlier = counted(whole)
    assert cases == {whole.key(key).value: 1 for key in load.answered}
    assert len(cases) + earlier == whole.metric("journal_appended_total")
    assert whole.metric("queue_dropped_total") == 0


@pytest.mark.slow
def test_proxies_die_and_what_the_journal_acknowledged_is_counted_once(start: Start) -> None:
    whole = start(workers=2)
    with loaded(whole) as load:
        kill_at_random(whole, load, ["proxy", "analyst", "proxy", "proxy"], random.Random(4))
        until(lambda: len(whole.alive("proxy")) == 2, "both proxies are back")
        load.flows()
    whole.folded()
    assert load.slipped == []
    appended = whole.metric("journal_appended_total")  # a proxy killed between writing and counting leaves it short
    until(lambda: sum(counted(whole)[0].values()) + counted(whole)[1] >= appended, "all acknowledged is counted", 20.0)
    cases, _ = counted(whole)
    assert set(cases.values()) == {1}
    # What a proxy had not yet handed over dies with it: at most what came in the last moments before each kill.
    gone = {whole.key(key).value for key in load.answered} - cases.keys()
    assert len(gone) <= 3 * 50
    assert load.lost <= 3 * (LANES + 1)
    assert len(cases) >= len(load.answered) - len(gone) > 60
    assert [d.subject for d in whole.decisions() if d.action == "deny"] == [whole.key("sk-denied")]
