"""Logs to try things on: a clock that the test sets, dice that are seeded, and a disk that can be full."""

import errno
import random
from pathlib import Path

from gateway.decision_log.pages import DiskPage, TornError
from gateway.decision_log.record import Record
from gateway.decision_log.signing import Signer, signer
from gateway.decision_log.writer import DecisionLog, Limits

START = 1_800_000_000.0


class Log(DecisionLog):
    """A log at a clock that stands still until it is set."""

    at = START

    def tick(self, seconds: float) -> None:
        self.at += seconds


def key(folder: Path) -> Signer:
    return signer(folder / "log.key")


def begin(folder: Path, limits: Limits = Limits(), **other: object) -> Log:  # noqa: B008 - frozen
    log = Log(folder / "log", key(folder), limits, **other)  # type: ignore[arg-type]  # by name
    log.clock = lambda: log.at
    log.dice = random.Random(7).randbytes
    return log


def decision(number: int, subject: str = "key:anna") -> Record:
    return Record("decision", START + number, {"id": f"dec_{number}", "subject": subject, "weight": number / 7})


def decisions(count: int) -> list[Record]:
    return [decision(n, f"key:{n % 5}") for n in range(count)]


class FullDisk(DiskPage):
    """A disk on which some bytes are left; what does not fit is half written, and cannot even be cut off."""

    left = 0

    def append(self, data: bytes) -> None:
        if len(data) > FullDisk.left:
            super().append(data[: FullDisk.left])
            self.size -= FullDisk.left
            raise TornError(errno.ENOSPC, "No space left on device")
        FullDisk.left -= len(data)
        super().append(data)
