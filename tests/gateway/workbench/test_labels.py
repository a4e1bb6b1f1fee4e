"""Labels of subjects: as lines, and as the list that the guard's own listing of labels writes."""

import json
from pathlib import Path

import pytest

from gateway.workbench.labels import LabelsError, load_labels

OBJECT = {"subject": {"scope": "key", "value": "k"}, "label": "false_alarm", "decision": "dec_1", "by": "ops"}


def test_lines_and_a_list_of_them_say_the_same(tmp_path: Path) -> None:
    file = tmp_path / "labels.json"
    file.write_text(json.dumps({"subject": "key:k", "label": "false_alarm"}) + "\n")
    lines = load_labels(file)
    file.write_text(json.dumps([OBJECT]))
    assert load_labels(file) == lines != {}


def test_the_last_label_of_a_subject_counts(tmp_path: Path) -> None:
    file = tmp_path / "labels.json"
    file.write_text(json.dumps([OBJECT, OBJECT | {"label": "confirmed"}]))
    assert set(load_labels(file).values()) == {"confirmed"}


@pytest.mark.parametrize("text", ['{"label": "honest"}', "[1]", "{", '{"subject": 7, "label": "x"}'])
def test_what_is_no_label_is_told_with_its_line(tmp_path: Path, text: str) -> None:
    file = tmp_path / "labels.json"
    file.write_text(f"\n{text}\n")
    with pytest.raises(LabelsError, match=r"labels\.json:2"):
        load_labels(file)
