"""What all subjects show, as columns: one row a subject, so that a pass over 50,000 is arithmetic on a few arrays."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from detectors.linkage.base import Id, Kind
from detectors.linkage.shown import SHOWN, Shown

Whole: TypeAlias = npt.NDArray[np.int64]
Prints: TypeAlias = npt.NDArray[np.uint64]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
NUMBER: Final[dict[Kind, int]] = {kind: number for number, kind in enumerate(KINDS)}
WIDTH: Final = SHOWN + 3  # marks of one subject that it shows and that are declared of it
_MANY: Final = 2**32 - 1  # exchanges with a mark; more are as many
_ROOM: Final = 1024  # rows at first


class Entries(NamedTuple):
    """Who shows what, one entry each: the subject's row, the kind's number, the fingerprint."""

    rows: Whole
    kinds: Whole
    values: Prints


class Table:
    """Marks by subject, in rows that are used again when a subject goes."""

    def __init__(self) -> None:
        self.ids: list[Id] = []  # by row; empty where the row is free
        self._rows: dict[Id, int] = {}
        self._free: list[int] = []
        self._kinds = np.full((0, WIDTH), -1, np.int8)
        self._values = np.zeros((0, WIDTH), np.uint64)
        self._counts = np.zeros((0, WIDTH), np.uint32)
        self._firsts = np.zeros((0, WIDTH), np.float64)

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, subject: Id) -> bool:
        return subject in self._rows

    def row(self, subject: Id) -> int:
        """Return the row of a subject that is held."""
        return self._rows[subject]

    def subjects(self) -> Iterable[Id]:
        """Return the subjects that are held."""
        return self._rows.keys()

    def put(self, subject: Id, marks: Sequence[Shown]) -> None:
        """Hold what a subject shows now, in place of what it showed and of what was declared of it."""
        row = self._rows.get(subject)
        if row is None:
            row = self._rows[subject] = self._room()
            self.ids[row] = subject
        self._kinds[row] = -1
        self._write(row, 0, marks[:SHOWN])

    def declare(self, subject: Id, marks: Sequence[Shown]) -> None:
        """Hold what is declared of a subject that is held, in place of what was."""
        row = self._rows[subject]
        self._kinds[row, SHOWN:] = -1
        self._write(row, SHOWN, marks[: WIDTH - SHOWN])

    def _write(self, row: int, begins: int, marks: Sequence[Shown]) -> None:
        if marks:
            places = slice(begins, begins + len(marks))
            self._kinds[row, places] = [NUMBER[mark.kind] for mark in marks]
            self._values[row, places] = [mark.value for mark in marks]
            self._counts[row, places] = [min(mark.uses, _MANY) for mark in marks]
            self._firsts[row, places] = [mark.first_at for mark in marks]

    def drop(self, subject: Id) -> None:
        """Forget a subject; one that is not held is no fault."""
        row = self._rows.pop(subject, None)
        if row is not None:
            self.ids[row] = ""
            self._kinds[row] = -1
            self._free.append(row)

    def shown(self, subject: Id) -> list[Shown]:
        """Return what a subject shows."""
        row = self._rows[subject]
        places = np.flatnonzero(self._kinds[row] >= 0).tolist()
        return [
            Shown(
                KINDS[self._kinds[row, place]], int(self._values[row, place]), int(self._counts[row, place]),
                float(self._firsts[row, place]),
            )
            for place in places
        ]  # fmt: skip

    def entries(self) -> Entries:
        """Return all marks of all subjects."""
        rows, places = np.nonzero(self._kinds >= 0)
        return Entries(rows, self._kinds[rows, places].astype(np.int64), self._values[rows, places])

    def _room(self) -> int:
        if not self._free:
            held = len(self.ids)
            more = max(_ROOM, held)
            self.ids += [""] * more
            self._free = list(range(held + more - 1, held - 1, -1))
            self._kinds = np.concatenate([self._kinds, np.full((more, WIDTH), -1, np.int8)])
            self._values = np.concatenate([self._values, np.zeros((more, WIDTH), np.uint64)])
            self._counts = np.concatenate([self._counts, np.zeros((more, WIDTH), np.uint32)])
            self._firsts = np.concatenate([self._firsts, np.zeros((more, WIDTH), np.float64)])
        return self._free.pop()


def different(keys: Whole) -> Whole:
    """Return the different ones of many keys, sorted; faster than ``np.unique``, which hashes them first."""
    ordered = np.sort(keys)
    found: Whole = ordered[np.diff(ordered, prepend=ordered[:1] - 1) != 0]
    return found
