"""Brings up proxies and analysts to be killed: imports once, then forks one for each line on standard input.

``proxy FOLDER NAME`` posts numbered entries through a real link and notes each in ``FOLDER/../acknowledged`` once the
journal has it; ``analyst FOLDER`` folds. Each line is answered with the process id of the child.
"""

import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from detectors.base import Baseline
from detectors.repetition import Repetition
from gateway.analyst import Analyst
from gateway.clock import now
from gateway.config import Analysis
from gateway.decisions import Standing, Verdict
from gateway.dialects.known import Dialects
from gateway.exchange import Entry
from gateway.features import Features
from gateway.intake import Intake
from gateway.journals.sqlite import SqliteJournal
from gateway.link import ThreadLink
from gateway.stores.sqlite import SqliteStore

MARK = "a heron stood in the flooded field"


class Noting(SqliteJournal):
    """Notes what was kept, in one write that outlives a kill."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._notes = os.open(folder.parent / "acknowledged", os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def append(self, entries: Sequence[Entry]) -> int:
        kept = super().append(entries)
        os.write(self._notes, "".join(f"{entry.id}\n" for entry in entries[:kept]).encode())
        return kept


class Always:
    """Decides on the account, ever anew."""

    def judge(self, standing: Standing) -> Verdict | None:
        if standing.subject.scope != "account":
            return None
        return Verdict(action="watch", severity=1, lasts=0.2, policy="p", rule="r")


def entry(name: str) -> Entry:
    request = {"model": "m", "messages": [{"role": "user", "content": f"{name}: {MARK}" * 20}]}
    said = {"role": "assistant", "content": f"{MARK}. " * 50}
    return Entry(
        id=name,
        at=now(),
        took=0.5,
        surface="openai.chat",
        model="m",
        subjects=(("key", name), ("account", "house")),
        status=200,
        request=json.dumps(request).encode(),
        response=json.dumps({"choices": [{"index": 0, "message": said, "finish_reason": "stop"}]}).encode(),
        response_type="application/json",
    )


def proxy(folder: Path, name: str) -> None:
    link = ThreadLink(lambda: Noting(folder), lambda: SqliteStore(folder), flush=0.002)
    link.start()
    pace = threading.Event()
    for number in count():
        link.post(entry(f"{name}-{number}"))
        if number % 8 == 0:
            pace.wait(0.004)


def analyst(folder: Path) -> None:
    intake = Intake(Dialects(), Features(b"salt" * 8))
    panel = {"repetition": Repetition()}
    journal, store = SqliteJournal(folder), SqliteStore(folder)
    Analyst(journal, store, intake, panel, Always(), Baseline(), Analysis(batch=16)).run(threading.Event())


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead leave no trace
    for line in sys.stdin:
        kind, folder, *name = line.split()
        child = os.fork()
        if child == 0:
            if kind == "proxy":
                proxy(Path(folder), *name)
            else:
                analyst(Path(folder))
            return
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
