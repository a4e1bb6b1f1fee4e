import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.stores.base import StoreError
from gateway.stores.lease import Lease

ROOT = Path(__file__).parent.parent.parent.parent
HOLD = """
import pathlib, sys
from gateway.stores.lease import Lease
lease = Lease(pathlib.Path(sys.argv[1]))
print(lease.take(), flush=True)
sys.stdin.read()
"""


def test_only_one_holds_it_until_it_is_released(tmp_path: Path) -> None:
    first, second = Lease(tmp_path / "lock"), Lease(tmp_path / "lock")
    assert first.take()
    assert first.take()
    assert not second.take()
    assert (first.held, second.held) == (True, False)
    first.release()
    first.release()
    assert second.take()
    assert not first.take()
    second.release()


def test_a_process_that_is_killed_gives_it_back(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path / "lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        lease = Lease(tmp_path / "lock")
        assert not lease.take()
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    assert lease.take(wait=True)
    lease.release()


def test_a_folder_that_is_not_there_is_a_store_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot open"):
        Lease(tmp_path / "no" / "lock").take()
