"""What operators found is heard: false alarms stay in, confirmed harvesters stay out."""

from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from gateway.calibration.labels import places, read_labels
from gateway.calibration.sifting import suspects
from gateway.calibration.work import calibrate
from gateway.cli import main
from gateway.decisions import Subject
from tests.gateway.calibration import kit

HONEST = kit.honest(20, 15)
THEIRS = [kit.life(kit.harvest, seed) for seed in range(2)]


def row(value: str, label: str, at: float = 0.0) -> dict[str, object]:
    return {"decision": "d", "subject": {"scope": "key", "value": value}, "label": label, "at": at, "note": ""}


def test_the_newest_label_of_a_subject_counts(tmp_path: Path) -> None:
    file = tmp_path / "labels.json"
    rows = [row("a", "false_alarm", 5.0), row("a", "confirmed", 1.0), row("b", "confirmed")]
    file.write_bytes(msgspec.json.encode(rows))
    assert read_labels(file) == {Subject("key", "a"): "false_alarm", Subject("key", "b"): "confirmed"}


def test_lives_are_found_by_their_subject() -> None:
    assert places(HONEST, {HONEST[3].subject: "confirmed", HONEST[4].subject: "false_alarm"}, "confirmed") == {3}


def test_the_honest_are_never_among_the_suspects_and_take_no_place_of_theirs() -> None:
    assert suspects([0.0, 20.0, 9.0, 5.0, 0.0], 0.2, {1}) == {2}


def test_a_false_alarm_is_learnt_from_and_a_confirmed_harvester_is_not() -> None:
    labels = {THEIRS[0].subject: "false_alarm", HONEST[0].subject: "confirmed"}
    task = kit.task(0.1)._replace(labels=labels)  # type: ignore[arg-type]  # words of a label
    found = calibrate(task, kit.gathered([*HONEST, *THEIRS]), kit.nothing)
    assert found.left.out == {0, len(HONEST) + 1}
    assert "Labels hold: 1 kept as honest, 1 left out as confirmed." in found.assumed()
    assert not any(
        line.startswith("Labels") for line in calibrate(kit.task(), kit.gathered(HONEST), kit.nothing).assumed()
    )


@pytest.mark.parametrize("written", ["{}", "[{}]", "nothing"])
def test_a_file_that_holds_no_labels_is_told(tmp_path: Path, written: str) -> None:
    (tmp_path / "labels.json").write_text(written)
    (tmp_path / "log.jsonl").touch()
    words = ["calibrate", str(tmp_path / "log.jsonl"), "--labels", str(tmp_path / "labels.json")]
    done = CliRunner().invoke(main, words)
    assert (done.exit_code, "labels: " in done.output) == (1, True)
