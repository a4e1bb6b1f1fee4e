"""Proxies and analysts are killed with SIGKILL at random moments, and nothing acknowledged is lost or counted twice."""

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from detectors.repetition import Repetition
from gateway.clock import monotonic, now
from gateway.decisions import Decision
from gateway.engine import unseal
from gateway.journals.sqlite import SqliteJournal
from gateway.stores.sqlite import SqliteStore

ROOT = Path(__file__).parent.parent.parent
MARK = b"a heron stood in the flooded field"
KILLS = 30
PANEL = {"repetition": Repetition()}


def until(true: Callable[[], bool], what: str) -> None:
    deadline = monotonic() + 60
    waiting = threading.Event()
    while not true():
        assert monotonic() < deadline, f"in 60 s: {what}"
        waiting.wait(0.002)


class Nursery:
    """Brings up children, and kills them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.alive: dict[str, int] = {}
        self.born = 0
        script = Path(__file__).parent / "nursery.py"
        self.process = subprocess.Popen(
            [sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip

    def bring_up(self, kind: str) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.born += 1
        self.process.stdin.write(f"{kind} {self.folder} {f'p{self.born}' if kind == 'proxy' else ''}\n")
        self.process.stdin.flush()
        self.alive[kind] = int(self.process.stdout.readline())

    def kill(self, kind: str) -> None:
        os.kill(self.alive[kind], signal.SIGKILL)  # raises if it had died by itself
        until(lambda: not living(self.alive[kind]), f"{kind} dies")
        del self.alive[kind]

    def close(self) -> None:
        for child in self.alive.values():
            os.kill(child, signal.SIGKILL)
        self.process.communicate()


def living(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def nursery(tmp_path: Path) -> Iterator[Nursery]:
    nursery = Nursery(tmp_path / "data")
    yield nursery
    nursery.close()


def acknowledged(folder: Path) -> list[str]:
    file = folder.parent / "acknowledged"
    return file.read_text().split() if file.exists() else []


def folded(store: SqliteStore) -> dict[str, int]:
    """Return exchanges by key, and of the account under its name."""
    rows = store._file.connection.execute("SELECT value, body FROM cases").fetchall()
    return {value: unseal(PANEL, body).folio.harvest.exchanges for value, body in rows}


def decided(store: SqliteStore) -> list[Decision]:
    rows = store._file.connection.execute("SELECT body FROM decisions ORDER BY position").fetchall()
    return [msgspec.msgpack.decode(body, type=Decision) for (body,) in rows]


def kill_at_random(nursery: Nursery, store: SqliteStore, dice: random.Random) -> int:
    """Wait until both have got on with their work, and a random moment longer; kill; return how many died."""
    folded_by_then = store._file.total("folded") + dice.randrange(1, 4)
    written = len(acknowledged(nursery.folder))
    until(lambda: store._file.total("folded") >= folded_by_then, "the analyst folds")
    until(lambda: len(acknowledged(nursery.folder)) > written, "the proxy writes")
    threading.Event().wait(dice.uniform(0, 0.02))  # any moment is as good as any other
    victims = dice.choice([["proxy"], ["analyst"], ["analyst"], ["proxy", "analyst"]])
    for victim in victims:
        nursery.kill(victim)
        nursery.bring_up(victim)
    return len(victims)


def counted_once(cases: dict[str, int], names: list[str]) -> None:
    """Each entry has a key of its own, and all have one account."""
    total = cases.pop("house")
    assert len(names) == len(set(names)) > KILLS
    assert set(names) <= cases.keys()
    assert set(cases.values()) == {1}
    assert total == len(cases)


def test_killed_again_and_again_every_acknowledged_entry_is_folded_exactly_once(nursery: Nursery) -> None:
    dice = random.Random(20)
    store, journal = SqliteStore(nursery.folder), SqliteJournal(nursery.folder)
    seen: list[Decision] = []
    position = kills = 0
    nursery.bring_up("proxy")
    nursery.bring_up("analyst")
    while kills < KILLS:
        kills += kill_at_random(nursery, store, dice)
        announced = store.announced(position, now())
        position, seen = announced.position, [*seen, *announced.decisions]
    nursery.kill("proxy")
    until(lambda: journal.depth() == 0, "all is folded")
    until(lambda: traces(nursery.folder) == [], "all prompts are gone")
    nursery.kill("analyst")

    counted_once(folded(store), acknowledged(nursery.folder))
    kept = decided(store)
    assert seen
    assert all(decision in kept for decision in seen)
    assert len({decision.id for decision in kept}) == len(kept)
    assert traces(nursery.folder) == []
    journal.close()
    store.close()


def traces(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir() if MARK in file.read_bytes()]
