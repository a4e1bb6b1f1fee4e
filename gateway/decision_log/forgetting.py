"""Takes a subject out of a log that is already written: personal parts become null, and every hash still holds.

First a ``forget`` record says in which records something is taken out, and who asked; then files are rewritten, each
whole or not at all. If that is cut short it is done again: what is gone already is not counted twice.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from gateway.decision_log.pages import lines_of, pages_in, put
from gateway.decision_log.record import Line, Record, is_free_text, rewritten
from gateway.decision_log.tail import STORE
from gateway.decision_log.writer import DecisionLog
from gateway.decisions import Subject

FORGET = "forget"


class Request(NamedTuple):
    """Whom to forget, who asked, why, and the note that said so (0: none)."""

    subject: Subject
    by: str
    reason: str
    note: int = 0


def forget(log: DecisionLog, request: Request) -> int:
    """Forget a subject; return in how many records it was named. Raises LogError or OSError if it is not done."""
    text = str(request.subject)
    pages = {page: found for page in pages_in(log.folder) if (found := _naming(page, text))}
    numbers = sorted(seq for found in pages.values() for seq in found)
    body = {"records": ranges(numbers), "by": request.by, "reason": request.reason}
    log.write([Record(FORGET, log.clock(), body | ({STORE: {"notes": request.note}} if request.note else {}))])
    log.reread()
    for page, found in pages.items():
        _rewrite(page, found)
    return len(numbers)


def _naming(page: Path, text: str) -> dict[int, list[int]]:
    """Return the records of a file that name a subject, and which of their personal parts to take out."""
    needle = msgspec.json.encode(text)
    found = {}
    for _, raw, _, line in lines_of(page):
        if line is not None and needle in raw and (places := _places(line, text)):
            found[line.seq] = places
    return found


def _places(line: Line, text: str) -> list[int]:
    """Return where a subject is named, and with it all free text: nobody knows whom that is about."""
    parts = [(place, part) for place, part in enumerate(line.personal) if part is not None]
    if not any(part[2] == text and not is_free_text(part[0]) for _, part in parts):
        return []
    return [place for place, part in parts if part[2] == text or is_free_text(part[0])]


def _rewrite(page: Path, found: dict[int, list[int]]) -> None:
    data = bytearray()
    for _, raw, _, line in lines_of(page):
        data += rewritten(line, raw, found[line.seq]) if line is not None and line.seq in found else raw
    put(page, bytes(data))


def ranges(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Return ascending numbers as ranges, first and last of each."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found
