"""A process that decides, lifts and logs without a pause, until it is killed: ``busy.py FOLDER NAME``."""

import itertools
import sys
from pathlib import Path

from gateway.decision_log.chronicle import Chronicle
from gateway.decision_log.signing import signer
from gateway.decision_log.writer import DecisionLog, Limits
from gateway.decisions import Decision, Subject
from gateway.stores.base import Folded
from gateway.stores.sqlite import SqliteStore

START = 1_800_000_000.0


def main(folder: Path, name: str) -> None:
    """Work until killed."""
    store = SqliteStore(folder)
    log = DecisionLog(folder / "log", signer(folder / "log-key.pem"), Limits(rotate=30_000))
    chronicle = Chronicle(log, store.audit)
    for number in itertools.count():
        subject = Subject("key", str(number % 7))
        decisions = [
            Decision(id=f"{name}-{number}-{n}", subject=subject, action="watch", severity=1, at=START, until=START + 60)
            for n in range(3)
        ]
        store.commit(Folded(upto=0, cases={}, decisions=decisions, at=START))
        store.lift(subject, START + 1)
        store.audit.note("label", START, {"id": f"{name}-{number}"})
        chronicle.follow()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
