"""Labels that operators gave decisions, as ``stillguard decisions labels -o json`` writes them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from gateway.calibration.lives import Life
from gateway.decisions import Subject
from gateway.pardons import Kind


class _Named(msgspec.Struct, frozen=True):
    scope: str
    value: str


class _Labelled(msgspec.Struct, frozen=True):
    subject: _Named
    label: Kind
    at: float


def read_labels(file: Path) -> dict[Subject, Kind]:
    """Return the newest label of each subject.

    Raises:
        OSError, msgspec.DecodeError: the file cannot be read, or is no listing of labels.
    """
    rows = msgspec.json.decode(file.read_bytes(), type=list[_Labelled])
    return {Subject(row.subject.scope, row.subject.value): row.label for row in sorted(rows, key=lambda row: row.at)}


def places(lives: Sequence[Life], labels: Mapping[Subject, Kind], label: Kind) -> set[int]:
    """Return the places of the lives whose subjects bear a label."""
    return {place for place, life in enumerate(lives) if labels.get(life.subject) == label}
