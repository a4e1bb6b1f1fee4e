"""What each mark weighs under a census, with wordings looked up by nearness; worked out once for each mark."""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from detectors.linkage.base import Kind
from detectors.linkage.census import Census
from detectors.linkage.paraphrase import Paraphrases, Vectors, unit

SAME: Final = 0.97  # cosine from which two fixed parts count as one, for a census of another installation's
_KEEPS: Final = 1_000_000  # weights held; then all are worked out anew


class Rarity:
    """Weights by mark. A scaffold is at least as common as its very wording, a paraphrase as all wordings near it."""

    def __init__(self, census: Census, paraphrases: Paraphrases) -> None:
        self.census = census
        self._paraphrases = paraphrases
        self._frames = _stacked([frame for frame, _ in census.frames])
        self._users = np.array([users for _, users in census.frames], np.int64)
        self._known = _stacked(census.known_frames)
        self._held: dict[tuple[Kind, int], float] = {}

    def weight(self, kind: Kind, value: int) -> float:
        """Return what sharing the mark says, nats, 0 or more."""
        found = self._held.get((kind, value))
        if found is None:
            if len(self._held) >= _KEEPS:
                self._held.clear()
            found = self._held[kind, value] = self._worked_out(kind, value)
        return found

    def forget(self, scaffolds: Iterable[int]) -> None:
        """Work out anew what wordings weigh that may have changed."""
        for scaffold in scaffolds:
            self._held.pop(("scaffold", scaffold), None)
            self._held.pop(("paraphrase", scaffold), None)

    def _worked_out(self, kind: Kind, value: int) -> float:
        weight = self.census.weight(kind, value)
        if kind not in ("scaffold", "paraphrase") or value not in self._paraphrases:
            return weight
        vector = self._paraphrases.vector(value)
        near = self._paraphrases.near
        if _hits(self._known, vector, near).any():
            return 0.0
        users = int(self._users[_hits(self._frames, vector, SAME if kind == "scaffold" else near)].sum())
        if not users:
            return weight
        rate = self.census.rate_of("paraphrase", users)
        return min(weight, max(0.0, round(-float(np.log(rate)), 9)))


def _stacked(frames: Sequence[bytes]) -> Vectors:
    """Return unit vectors as rows, those of narrower embeddings ending in zeros."""
    table = np.zeros((len(frames), max((len(frame) for frame in frames), default=0)), np.float32)
    for row, frame in zip(table, frames, strict=True):
        row[: len(frame)] = unit(frame)
    return table


def _hits(wordings: Vectors, vector: Vectors, near: float) -> npt.NDArray[np.bool_]:
    width = min(wordings.shape[1], len(vector))
    found: npt.NDArray[np.bool_] = wordings[:, :width] @ vector[:width] >= near
    return found
