"""Several connections of one process, and other processes that come and go, work on one and the same file."""

import subprocess
import sys
from pathlib import Path

from gateway.journals.sqlite import SqliteJournal
from gateway.stores.sqlite import SqliteStore
from gateway.stores.sqlite_file import FILE

PASSER_BY = (
    "import sys, pathlib; from gateway.stores.sqlite import SqliteStore as S; S(pathlib.Path(sys.argv[1])).close()"
)


def test_a_process_that_comes_and_goes_leaves_the_log_of_those_who_stay(tmp_path: Path) -> None:
    journal, store = SqliteJournal(tmp_path), SqliteStore(tmp_path)  # as every proxy and analyst holds them
    log = tmp_path / f"{FILE}-wal"
    assert store.size() == 0
    before = log.stat().st_ino
    subprocess.run([sys.executable, "-c", PASSER_BY, tmp_path], check=True)
    assert log.exists()
    assert log.stat().st_ino == before
    journal.close()
    store.close()
