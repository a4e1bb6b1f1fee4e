"""A reader is shown whom the panel wronged, and whom it missed."""

from gateway.lab import cases
from gateway.lab.findings import Findings


def test_the_alarmed_come_first_then_the_nearest(found: Findings) -> None:
    _, _, *rows = cases.innocent(found)
    assert len(rows) == 15
    assert rows[0].startswith("| a199 | app |")
    assert "| 70 | 70 | 15.0 | 1 | first 15.0 |" in rows[0]
    assert rows[1].startswith("| a198 |")
    assert "| - | - | 2.0 | 1 | first 2.0 |" in rows[1]


def test_everybody_who_was_alarmed_is_shown(found: Findings) -> None:
    worse = found._replace(outcomes=[one._replace(alarm=9) for one in found.outcomes])
    assert len(list(cases.innocent(worse))) == 202


def test_the_missed_are_told(found: Findings) -> None:
    said, _, _, _, *rows = cases.missed(found)
    assert said == "1 of 10 were missed."
    assert [row.split("|")[1].strip() for row in rows] == ["a400"]
