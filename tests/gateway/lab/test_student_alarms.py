"""Where the alarm stood is read from the benchmark's figures, and whatever they lack is told as not known."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.lab.roster.adversaries import ADVERSARIES
from gateway.lab.student_alarms import STANDS_FOR, Alarm, AlarmsError, alarms


def written(folder: Path, *figures: dict[str, Any]) -> Path:
    file = folder / "detection.json"
    file.write_text(json.dumps({"figures": figures}))
    return file


def test_medians_intervals_and_shares_are_read_by_kind(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        {"name": "median_queries.kind.evolve", "value": 140.0, "n": 12, "interval": [90, 200]},
        {"name": "queries90.kind.evolve", "value": 260.0, "n": 12},
        {"name": "detected.kind.evolve", "value": 0.75, "n": 12},
        {"name": "median_queries.kind.logits", "value": None, "n": 9, "interval": None},
        {"name": "single_key_detected", "value": 1.0, "n": 200},
    )
    assert alarms(file) == [Alarm("evolve", 140.0, 90.0, 200.0, 260.0, 0.75, 12), Alarm("logits", None, tenants=9)]


def test_no_file_is_no_alarm(tmp_path: Path) -> None:
    assert alarms(tmp_path / "nothing.json") == []


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"figures": 7}', '{"figures": [{"name": "median_queries.kind.x"}]}'])
def test_what_is_no_such_file_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "d.json").write_text(text)
    with pytest.raises(AlarmsError, match=r"d\.json"):
        alarms(tmp_path / "d.json")


@given(st.text(max_size=20))
def test_every_kind_has_a_share_and_a_curve(kind: str) -> None:
    alarm = Alarm(kind, 10.0)
    assert alarm.share >= 0.0
    assert alarm.curve({"language.own_facts.plain"}) in {"language.own_facts.plain", None}


def test_padded_kinds_harvest_a_part_of_their_queries() -> None:
    assert Alarm("padded_10", 1.0).share == pytest.approx(0.1)
    assert Alarm("padded_25", 1.0).share == pytest.approx(0.25)
    assert Alarm("code_harvest", 1.0).share == 1.0


def test_the_pack_stands_before_own_text_and_unknown_kinds_ask_for_instructions() -> None:
    both = {"language.code.plain", "language.own_code.plain", "language.own_facts.plain"}
    assert Alarm("code_harvest", 1.0).curve(both) == "language.code.plain"
    assert Alarm("code_harvest", 1.0).curve(both - {"language.code.plain"}) == "language.own_code.plain"
    assert Alarm("evolve", 1.0).curve(both) == "language.own_facts.plain"
    assert Alarm("boundary", 1.0).curve(both) is None


@pytest.mark.parametrize("kind", sorted({recipe.kind for recipe in ADVERSARIES}))
def test_every_kind_of_the_benchmark_has_a_curve_with_a_pack_and_without(kind: str) -> None:
    every = {name for names in STANDS_FOR.values() for name in names} | {"language.own_facts.plain"}
    own = {name for name in every if ".own_" in name}
    assert Alarm(kind, 1.0).curve(every)
    assert Alarm(kind, 1.0).curve(own) in own
