"""What accounts may say: the pack's sources and our own grammars, parted into what calibrates and what evaluates.

Sources are parted by name, honest ones and distillers' alike. What evaluates also gets the other half of the rows of
the sources that calibrate, marked as seen, so that the cost of novelty can be told.
"""

from collections.abc import Iterator
from random import Random
from typing import Final, Literal

from detectors.lab.pack import CALIBRATION, Pack
from detectors.lab.traffic import Conversation, Line, Script

Part = Literal["learn", "judge"]

# Distillers' sources that calibration may learn from; honest ones are ``CALIBRATION``.
LEARNT: Final = CALIBRATION | {
    "dist_alpaca", "dist_gpteacher_codegen", "dist_reasoning_teacher", "dist_toolalpaca",
    "dist_selfinstruct_bootstrap", "dist_camel_society", "judge_autoj_pairwise",
}  # fmt: skip
_APART: Final = ("ben_qmsum",)  # sources whose groups are single questions on one text, each with all of it


class Library:
    """The pack's sources, each read once; empty without a pack."""

    def __init__(self, pack: Pack | None) -> None:
        """Keep the pack; nothing is read yet."""
        self._pack = pack
        self._read: dict[str, list[Conversation]] = {}
        self.gaps = pack.gaps if pack else ()

    def has(self, name: str) -> bool:
        """Say whether the pack holds that source."""
        return self._pack is not None and self._pack.has(name)

    def rows(self, name: str, part: Part) -> list[Conversation]:
        """Return the rows of a source that this part may use."""
        if name not in self._read and self._pack:
            read = self._pack.conversations(name)
            self._read[name] = [_single(one, line) for one in read for line in one.lines] if name in _APART else read
        rows = self._read[name]
        return rows[part == "judge" :: 2] if name in LEARNT else rows

    def script(self, rng: Random, name: str, part: Part, *, ordered: bool, endless: bool) -> Script:
        """Yield conversations of a source: in order or shuffled, once or over and over."""
        rows = self.rows(name, part)
        return _told(rng, rows, ordered=ordered, endless=endless)


def _single(one: Conversation, line: Line) -> Conversation:
    return one._replace(lines=(line,))


def _told(rng: Random, rows: list[Conversation], *, ordered: bool, endless: bool) -> Iterator[Conversation]:
    while True:
        yield from rows if ordered else rng.sample(rows, len(rows))
        if not endless:
            return
