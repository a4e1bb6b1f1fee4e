"""Proof of a log: every record is what its hash says, follows the one before, and is vouched for by signatures.

What is found is told with file, line and number. What no verifier can see from the log alone is that its end was cut
off after the last checkpoint that anybody kept; so a checkpoint kept elsewhere can be given.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from gateway.decision_log.pages import Found, first_seq, lines_of, pages_in
from gateway.decision_log.record import GENESIS, Line, commitment, is_whole
from gateway.decision_log.signing import is_signed
from gateway.decision_log.tail import CHECKPOINT
from gateway.decision_log.writer import HEAD

_UNTOLD_DROP = "all records before it are missing, and none says that they were dropped"
_UNTOLD_FORGETTING = "personal data is missing, and no record says that it was forgotten"
_CUT_OFF = "a checkpoint that was kept is not in the log: it was cut off or replaced"


class Flaw(NamedTuple):
    """What is wrong: in which file, on which line (0: the file as a whole), at which record."""

    file: str
    line: int
    seq: int
    what: str

    def __str__(self) -> str:
        """Write it as the command shows it."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: record {self.seq}: {self.what}" if self.seq >= 0 else f"{place}: {self.what}"


class Proof(NamedTuple):
    """What a verification found.

    Attributes:
        flaws: what is wrong, in order.
        files, records, forgotten: how many there are; forgotten counts personal parts that were taken out.
        first, last: numbers of the first and the last record.
        signed: number of the last record that a good signature vouches for; -1 if there is none.
        hash: of the last record.
    """

    flaws: list[Flaw]
    files: int
    records: int
    forgotten: int
    first: int
    last: int
    signed: int
    hash: str


class Head(msgspec.Struct, frozen=True):
    """A checkpoint kept beside the log or elsewhere: the number and the hash of the record that it is."""

    seq: int
    hash: str


class Verifier:
    """Reads a log from its first record to its last."""

    def __init__(self, public: str) -> None:
        self.flaws: list[Flaw] = []
        self.records = 0
        self.forgotten: dict[int, tuple[str, int]] = {}
        self.first, self.last, self.signed = -1, -1, -1
        self.hash = GENESIS
        self._public = public
        self._known = True  # whether ``hash`` is that of the record just before
        self._checkpoint: str | None = None
        self._excused: set[int] = set()  # records in which, as the log says, something was forgotten
        self._dropped: set[int] = set()
        self._heads: dict[int, str] = {}

    def page(self, path: Path) -> None:
        """Read one file."""
        found: Found | None = None
        for found in lines_of(path):
            self._line(path, found)
        if found is None:
            self._flaw(path, 0, -1, "the file is empty")

    def _flaw(self, path: Path, number: int, seq: int, what: str) -> None:
        self.flaws.append(Flaw(path.name, number, seq, what))

    def _line(self, path: Path, found: Found) -> None:
        line = found.line
        if line is None:
            ended = found.raw.endswith(b"\n")
            what = "no record can be read here" if ended else "the record is half written, or its end was cut off"
            self._flaw(path, found.number, -1, what)
            self.last, self._known = self.last + 1, False
            return
        for what in self._wrongs(path, found, line):
            self._flaw(path, found.number, line.seq, what)
        if not self.records:
            self.first = line.seq
        self.records += 1
        self.last, self.hash, self._known = line.seq, line.hash, True
        self._remember(path, found, line)

    def _wrongs(self, path: Path, found: Found, line: Line) -> Iterator[str]:
        if not is_whole(line, found.raw):
            yield "changed: it is not what its hash says"
        yield from self._place(line)
        yield from _promises(line)
        if found.number == 1:
            yield from _beginning(path, line)
        if line.kind == CHECKPOINT:
            yield from self._signature(line)

    def _place(self, line: Line) -> Iterator[str]:
        if not self.records and self.last < 0:
            if line.seq == 0 and line.prev != GENESIS:
                yield "not bound to the beginning"
            return
        if line.seq > self.last + 1:
            yield f"{line.seq - self.last - 1} records before it are missing, from {self.last + 1}"
        elif line.seq <= self.last:
            yield f"out of order: it follows record {self.last}"
        elif self._known and line.prev != self.hash:
            yield "not bound to the record before it: that one, or this, is not the original"

    def _signature(self, line: Line) -> Iterator[str]:
        body = line.body
        if not is_signed(body, self._public):
            yield "the checkpoint is not signed with this key"
        elif (body["seq"], body["hash"]) != (line.seq - 1, line.prev):
            yield "the checkpoint vouches for another record than the one before it"
        elif self._checkpoint is not None and body["previous"] != self._checkpoint:
            yield "a checkpoint before this one is missing"
        else:
            self.signed = line.seq - 1

    def _remember(self, path: Path, found: Found, line: Line) -> None:
        if None in line.personal:
            self.forgotten[line.seq] = (path.name, found.number)
        if line.kind == CHECKPOINT:
            self._checkpoint = line.hash
            self._heads[line.seq] = line.hash
        elif line.kind == "forget":
            for first, last in _ranges(line.body):
                self._excused.update(range(max(first, self.first), min(last, line.seq - 1) + 1))
        elif line.kind == "dropped":
            self._dropped.add(_number(line.body.get("upto")))

    def end(self, heads: list[Head]) -> None:
        """Judge what only the whole log can tell."""
        if not self.records:
            self.flaws.append(Flaw("", 0, -1, "there is no record"))
        if self.first > 0 and self.first - 1 not in self._dropped:
            self.flaws.append(Flaw("", 0, self.first, _UNTOLD_DROP))
        for seq in sorted(self.forgotten.keys() - self._excused):
            file, number = self.forgotten[seq]
            self.flaws.append(Flaw(file, number, seq, _UNTOLD_FORGETTING))
        for head in heads:
            if head.seq >= self.first and self._heads.get(head.seq) != head.hash:
                self.flaws.append(Flaw("", 0, head.seq, _CUT_OFF))


def _promises(line: Line) -> Iterator[str]:
    """Tell which personal parts are not those that the record was bound to."""
    if len(line.personal) != len(line.commitments):
        yield "personal data was added or taken away"
        return
    for part, promised in zip(line.personal, line.commitments, strict=True):
        if part is not None and commitment(part) != promised:
            yield "personal data was changed"


def _beginning(path: Path, line: Line) -> Iterator[str]:
    if line.kind != CHECKPOINT:
        yield "the file does not begin with a checkpoint"
    if first_seq(path) != line.seq:
        yield f"the file's name says that it begins with record {first_seq(path)}"


def _ranges(body: dict[str, Any]) -> list[tuple[int, int]]:
    try:
        return [(int(first), int(last)) for first, last in body["records"]]
    except (KeyError, TypeError, ValueError):
        return []  # it is signed for all the same: what it leaves unsaid is told where personal data is missing


def _number(value: Any) -> int:
    return value if isinstance(value, int) else -1


def verify(folder: Path, public: str, kept: list[Head]) -> Proof:
    """Verify the log in a folder.

    Args:
        folder: where its files are.
        public: the key that signed it, in base64.
        kept: checkpoints kept elsewhere, which must be in it; the one beside the log is looked for too.
    """
    verifier = Verifier(public)
    pages = pages_in(folder)
    for page in pages:
        verifier.page(page)
    heads = list(kept)
    try:
        heads.append(msgspec.json.decode((folder / HEAD).read_bytes(), type=Head))
    except FileNotFoundError:
        verifier.flaws.append(Flaw(HEAD, 0, -1, "missing: it says how far the log goes"))
    except msgspec.MsgspecError:
        verifier.flaws.append(Flaw(HEAD, 0, -1, "it cannot be read"))
    verifier.end(heads)
    return Proof(
        verifier.flaws, len(pages), verifier.records, len(verifier.forgotten),
        verifier.first, verifier.last, verifier.signed, verifier.hash,
    )  # fmt: skip
