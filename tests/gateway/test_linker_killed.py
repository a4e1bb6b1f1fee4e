"""Linkers are killed with SIGKILL at random moments: what is kept is what was before a pass, or what is after it."""

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway.campaigns import Membership, subject_of
from gateway.clock import monotonic, now
from gateway.stores.sqlite import SqliteStore
from tests.gateway.linked import bound, keep, keys

ROOT = Path(__file__).parent.parent.parent
KILLS = 25
Bring = Callable[[Path], int]


def until(true: Callable[[], bool], what: str) -> None:
    deadline, waiting = monotonic() + 60, threading.Event()
    while not true():
        assert monotonic() < deadline, f"in 60 s: {what}"
        waiting.wait(0.002)


@pytest.fixture
def bring() -> Iterator[Bring]:
    """Start a linker on a folder; return its process id."""
    command = [sys.executable, str(Path(__file__).parent / "linker_nursery.py")]
    alive: list[int] = []
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:  # fmt: skip

        def start(folder: Path) -> int:
            assert process.stdin
            assert process.stdout
            process.stdin.write(f"{folder}\n")
            process.stdin.flush()
            alive.append(int(process.stdout.readline()))
            return alive[-1]

        yield start
        for child in alive:
            if living(child):
                os.kill(child, signal.SIGKILL)
        assert process.stdin
        process.stdin.close()


def living(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def whole(store: SqliteStore) -> None:
    """Check that nothing is kept of half a pass."""
    roll, decisions = store.roll(), store.announced(0, now()).decisions
    assert roll.born == len(roll.campaigns) <= 1
    named = {one.subject for one in roll.campaigns if one.named}
    assert named == {one.subject for one in decisions}
    for campaign in roll.campaigns:
        members = [one for one in store.members(campaign.id) if not one.gone]
        assert len(members) == campaign.linked
        assert sum(not one.spared for one in members) >= campaign.size
        assert campaign.named == 0 or campaign.size >= 3


def test_killed_in_the_middle_of_passes_all_is_as_before_or_after_and_the_next_goes_on(
    bring: Bring, tmp_path: Path
) -> None:
    dice, store = random.Random(7), SqliteStore(tmp_path)
    free = Membership("camp_a", subject_of("key:01"))
    for kills in range(KILLS):
        child = bring(tmp_path)
        keep(store, *keys(3 + kills), at=now())
        threading.Event().wait(dice.uniform(0, 0.03))  # any moment is as good as any other
        os.kill(child, signal.SIGKILL)
        until(lambda: not living(child), "it dies")  # noqa: B023 - called at once
        whole(store)
        store.release(free, now())
    child = bring(tmp_path)
    last = [one for one in keys(2 + KILLS) if one != "key:01"]
    store.release(free, now())
    until(lambda: "key:01" in {str(one.subject) for one in store.roll().released} or store.release(free, now()), "free")
    until(lambda: bound(store) == last, "all are bound but the one that was set free")
    assert len({one.id for one in store.announced(0, now()).decisions}) == 1
    store.close()
