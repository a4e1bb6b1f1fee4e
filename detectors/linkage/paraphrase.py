"""Wordings of one prompt: fixed parts whose embeddings lie near the same leader are paraphrases of each other.

Leaders are the lexicographically first maximal independent set: a fixed part leads if no leader of a lower
fingerprint lies near. That depends on the set of fixed parts alone, not on the order of their coming; and as
fingerprints are keyed hashes, thus in random order, one part more or less changes a constant number of leaders on
average. A fixed part near several leaders belongs to each: a pool of rewordings hangs together through those between.

How near is near was measured with the static embedder on eight prompts in six thorough rewordings each
(``tests/detectors/linkage/rewordings.py``) and on 1,261 unrelated prompts of a public collection. At a cosine of 0.60,
51 % of the pairs of rewordings meet, 0 % of pairs across the eight, and 1.8 % of the unrelated prompts; at 0.70, 22 %,
0 % and 0.2 %; at 0.80, 4 %, 0 % and 0.01 %. A pool hangs together through several leaders from 0.60 down only. That
near, some prompts ("you are a senior engineer ...") have hundreds of strangers, and others none, so what a paraphrase
weighs comes from how many trusted subjects use wordings near its leader, and is little as long as none are known.

References:
    Censor-Hillel, Haramaty, Karnin 2016, "Optimal dynamic distributed MIS": the random order, and its cost.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

NEAR: Final = 0.60  # cosine from which two fixed parts count as wordings of one prompt, see below
LEADERS: Final = 4  # of one fixed part that are named: those of the lowest fingerprints
_CHUNK: Final = 256  # rows of a product at a time: 50 MB against 50,000 fixed parts
_ROOM: Final = 1024  # rows at first

Vectors: TypeAlias = npt.NDArray[np.float32]


def unit(frame: bytes) -> Vectors:
    """Return an embedding of signed bytes as a unit vector; zeros if it has no length."""
    vector = np.frombuffer(frame, np.int8).astype(np.float32)
    length = float(np.linalg.norm(vector))
    return vector / length if length else vector


class Paraphrases:
    """Fixed parts by fingerprint, and the leaders that each lies near.

    Example:
        >>> wordings = Paraphrases()
        >>> wordings.change({3: bytes([9, 1]), 5: bytes([8, 1]), 9: bytes([0, 7])})
        >>> wordings.leaders(5), wordings.leaders(9)
        ((3,), (9,))
    """

    def __init__(self, near: float = NEAR) -> None:
        self.near = near
        self._rows: dict[int, int] = {}  # fingerprint to row
        self._values: list[int] = []  # row to fingerprint
        self._matrix: Vectors = np.zeros((0, 0), np.float32)
        self._free: list[int] = []
        self._led: list[set[int]] = []  # row to the fingerprints of the leaders near it
        self._leading: set[int] = set()
        self._used = np.zeros(0, np.bool_)  # by row: a fixed part is held there
        self._leads = np.zeros(0, np.bool_)  # by row: it leads

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, value: int) -> bool:
        return value in self._rows

    def leaders(self, value: int) -> tuple[int, ...]:
        """Return the leaders near a fixed part, lowest first, itself if it leads; none if it is not held."""
        row = self._rows.get(value)
        return () if row is None else tuple(heapq.nsmallest(LEADERS, self._led[row]))

    def vector(self, value: int) -> Vectors:
        """Return the unit vector of a fixed part that is held."""
        found: Vectors = self._matrix[self._rows[value]]
        return found

    def change(self, new: Mapping[int, bytes], gone: Iterable[int] = ()) -> None:
        """Let go of fixed parts; take in new ones, and new embeddings of old ones; without words they are left out."""
        vectors = {value: unit(frame) for value, frame in new.items()}
        self._widen(max((len(vector) for vector in vectors.values()), default=0))
        stale = [value for value in vectors if value in self and not self._holds(value, vectors[value])]
        bereft = self._take_out([value for value in {*gone, *stale} if value in self])
        fresh = sorted(value for value, vector in vectors.items() if value not in self and vector.any())
        for value in fresh:
            self._place(value, vectors[value])
        self._meet(fresh)
        self._settle(sorted({*bereft, *fresh}))

    def _widen(self, width: int) -> None:
        """Make room for embeddings of another embedder: narrower ones end in zeros, and are near to none of them."""
        more = width - self._matrix.shape[1]
        if more > 0:
            self._matrix = np.pad(self._matrix, ((0, 0), (0, more)))

    def _holds(self, value: int, vector: Vectors) -> bool:
        held = self._matrix[self._rows[value]]
        return np.array_equal(vector, held[: len(vector)]) and not held[len(vector) :].any()

    def _place(self, value: int, vector: Vectors) -> None:
        if not self._free:
            held = len(self._values)
            more = max(_ROOM, held)
            self._matrix = np.pad(self._matrix, ((0, more), (0, 0)))
            self._free = list(range(held + more - 1, held - 1, -1))
            self._used = np.pad(self._used, (0, more))
            self._leads = np.pad(self._leads, (0, more))
            self._values += [0] * more
            self._led += [set() for _ in range(more)]
        row = self._free.pop()
        self._rows[value], self._values[row], self._led[row] = row, value, set()
        self._used[row] = True
        self._matrix[row, : len(vector)] = vector

    def _take_out(self, values: Sequence[int]) -> set[int]:
        """Remove fixed parts; return those that have lost a leader and may have to lead now."""
        led = [value for value in values if value in self._leading]
        bereft = self._demoted(led)
        for value in values:
            row = self._rows.pop(value)
            self._values[row], self._led[row] = 0, set()
            self._used[row] = False
            self._matrix[row] = 0.0
            self._free.append(row)
        return bereft.difference(values)

    def _meet(self, fresh: Sequence[int]) -> None:
        """Note for new fixed parts which leaders are near."""
        leading = sorted(self._leading)
        if not leading:
            return
        against = self._matrix[[self._rows[value] for value in leading]]
        for start in range(0, len(fresh), _CHUNK):
            rows = [self._rows[value] for value in fresh[start : start + _CHUNK]]
            hits = np.argwhere(self._matrix[rows] @ against.T >= self.near)
            for place, leader in hits.tolist():
                self._led[rows[place]].add(leading[leader])

    def _around(self, values: Sequence[int], among: npt.NDArray[np.int64]) -> Iterator[tuple[int, list[int]]]:
        """Yield each fixed part with those of the given rows that are near it."""
        against = self._matrix[among]
        for start in range(0, len(values), _CHUNK):
            part = values[start : start + _CHUNK]
            hits = self._matrix[[self._rows[value] for value in part]] @ against.T >= self.near
            for value, row in zip(part, hits, strict=True):
                yield value, among[np.flatnonzero(row)].tolist()

    def _demoted(self, values: Sequence[int]) -> set[int]:
        """Let leaders lead no more; return the fixed parts near them that no lower leader leads now."""
        bereft: set[int] = set()
        if values:
            for value, rows in self._around(values, np.flatnonzero(self._used)):
                self._lead(value, leads=False)
                for row in rows:
                    self._led[row].discard(value)
                bereft.update(self._values[row] for row in rows if not self._is_led(row))
        return bereft

    def _is_led(self, row: int) -> bool:
        own = self._values[row]
        return any(leader <= own for leader in self._led[row])

    def _lead(self, value: int, *, leads: bool) -> None:
        self._leads[self._rows[value]] = leads
        (self._leading.add if leads else self._leading.discard)(value)

    def _settle(self, candidates: Sequence[int]) -> None:
        """Promote whoever no lower leader leads, lowest first, until nobody is left."""
        heap = list(candidates)
        heapq.heapify(heap)
        while heap:
            part: list[int] = []
            while heap and len(part) < _CHUNK:
                value = heapq.heappop(heap)
                if not self._is_led(self._rows[value]) and (not part or part[-1] != value):
                    part.append(value)
            # leaders need no look: each was noted with all that are near it when it was promoted
            followers = np.flatnonzero(self._used & ~self._leads)
            for place, (value, rows) in enumerate(self._around(part, followers)):
                higher = [] if self._is_led(self._rows[value]) else self._promoted(value, rows)
                if higher:  # some followers are new: look again
                    for other in (*self._demoted(higher), *part[place + 1 :]):
                        heapq.heappush(heap, other)
                    break

    def _promoted(self, value: int, followers: Sequence[int]) -> list[int]:
        """Let a fixed part lead those near it; return the leaders near it, which are higher and have to step back."""
        row = self._rows[value]
        higher = [other for other in sorted(self._led[row]) if other != value]
        for near in (row, *followers, *(self._rows[other] for other in higher)):
            self._led[near].add(value)
        self._lead(value, leads=True)
        return higher
