"""What an operator knows of subjects: lines of JSON, each with a ``subject`` as listings name it and a ``label``."""

from pathlib import Path
from typing import Any

import msgspec

from gateway.workbench.ledger import label_key


class LabelsError(Exception):
    """A file of labels cannot be used; says which line and why."""


class _Line(msgspec.Struct):
    subject: dict[str, Any] | str
    label: str


def load_labels(file: Path) -> dict[tuple[str, ...], str]:
    """Return labels by ``label_key`` of their subject; of several on one subject the last counts.

    Raises:
        LabelsError: a line is no label, or the file cannot be read.
    """
    found: dict[tuple[str, ...], str] = {}
    try:
        with file.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    found.update(_read(file, number, line))
    except OSError as error:
        raise LabelsError(f"{file}: {error.strerror}") from error
    return found


def _read(file: Path, number: int, line: bytes) -> dict[tuple[str, ...], str]:
    """Return the labels of a line: one, or a list of them, as ``stillguard decisions labels -o json`` writes it."""
    try:
        said = msgspec.json.decode(line, type=_Line | list[_Line])
        return {_key(one.subject): one.label for one in (said if isinstance(said, list) else [said])}
    except (msgspec.MsgspecError, UnicodeError, KeyError, AttributeError) as error:
        raise LabelsError(f"{file}:{number}: no label: it needs subject (scope and value) and label") from error


def _key(subject: dict[str, Any] | str) -> tuple[str, ...]:
    if isinstance(subject, str):
        scope, _, value = subject.partition(":")
        return label_key({"scope": scope, "value": value})
    return label_key(subject)
