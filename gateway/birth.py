"""How a supervisor and the processes that it starts talk: a job on standard input, its end as the sign to stop.

A child reads one JSON line, works until standard input ends or SIGTERM comes, and ends. A supervisor that is killed
closes the pipe by dying, so no child outlives it for longer than its drain.
"""

import asyncio
import contextlib
import gc
import os
import signal
import sys
from collections.abc import Iterator

import msgspec

from gateway.config import Config

# Neither an exchange nor a fold leaves more than a few cycles behind. The usual thresholds (700, 10, 10) would look
# for them all the time, through everything that the caches hold.
_COLLECT = (100_000, 20, 20)


class Job(msgspec.Struct, frozen=True):
    """What a process is started for.

    Attributes:
        config: the whole configuration, as JSON.
        socket: file descriptor of the listening socket it inherits; -1 if it has none.
    """

    config: str
    socket: int = -1


def spare_collector() -> None:
    """Have the garbage collector look seldom, and never at what was loaded at the start."""
    gc.freeze()
    gc.set_threshold(*_COLLECT)


def leave_when_told() -> None:
    """End with status 0 on SIGTERM from now on: a child that is told to stop before it works has nothing to finish."""
    signal.signal(signal.SIGTERM, _leave)


def _leave(_signal: int, _frame: object) -> None:
    raise SystemExit(0)


def read_job() -> tuple[Config, int]:
    """Read the job from standard input, one byte at a time so that nothing behind it is swallowed."""
    line = bytearray()
    while (byte := os.read(sys.stdin.fileno(), 1)) not in {b"", b"\n"}:
        line += byte
    job = msgspec.json.decode(bytes(line), type=Job)
    return Config.model_validate_json(job.config), job.socket


def write_job(config: Config, socket: int) -> bytes:
    """Return the line that ``read_job`` reads."""
    return msgspec.json.encode(Job(config=config.model_dump_json(), socket=socket)) + b"\n"


@contextlib.contextmanager
def stop_sign(stop: asyncio.Event) -> Iterator[None]:
    """Set ``stop`` on SIGTERM, or when the supervisor has closed standard input; ignore the terminal's Ctrl-C."""
    loop = asyncio.get_running_loop()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    loop.add_signal_handler(signal.SIGTERM, stop.set)

    def heard() -> None:
        if not os.read(sys.stdin.fileno(), 4096):
            loop.remove_reader(sys.stdin.fileno())
            stop.set()

    loop.add_reader(sys.stdin.fileno(), heard)
    try:
        yield
    finally:
        loop.remove_reader(sys.stdin.fileno())
