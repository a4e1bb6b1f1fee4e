"""Brings up linkers to be killed: imports once, then forks one for each line on standard input, a data folder.

Each line is answered with the process id of the child.
"""

import os
import secrets
import signal
import sys
import threading
from functools import partial
from pathlib import Path

from gateway.analyst import decision_id
from gateway.config import Linkage
from gateway.linker import Linker, Rules
from gateway.stores.sqlite import SqliteStore
from tests.gateway.linked import ByScaffold, Denies, Says


def link(folder: Path) -> None:
    rules = Rules(Denies(), Says())
    settings = Linkage.model_validate({"least": 3, "every": "1ms", "full": "50ms"})
    names = partial(decision_id, dice=secrets.token_bytes)
    Linker(SqliteStore(folder), ByScaffold(), rules, settings, names).run(threading.Event())


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead leave no trace
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            link(Path(line.strip()))
            return
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
