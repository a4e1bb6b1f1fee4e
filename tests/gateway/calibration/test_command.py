"""The command as an operator runs it."""

import json
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from detectors.base import Baseline
from gateway.calibration.command import write
from gateway.cli import main
from gateway.engine import seal
from gateway.stores.base import Folded
from gateway.stores.sqlite import SqliteStore
from tests.gateway.calibration import kit
from tests.gateway.replay.kit import NOON, line, text


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["calibrate", *map(str, words)])


@pytest.fixture
def taught(tmp_path: Path) -> Path:
    write(tmp_path / "taught.json", kit.TAUGHT)
    return tmp_path / "taught.json"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    said = [{"role": "user", "content": "Where is the pier?"}, {"role": "assistant", "content": "By the sea."}]
    some = [
        line(
            n, key=f"k-{n % 30}", request={"model": "m", "messages": [*said, {"role": "user", "content": f"And {n}?"}]}
        )
        for n in range(30 * 9)
    ]
    (tmp_path / "log.jsonl").write_bytes(b"}{\n" + text(some))
    return tmp_path / "log.jsonl"


def test_it_learns_reports_and_writes(log: Path, taught: Path) -> None:
    out = log.parent / "mine" / "own.json"
    done = run(log, "--baseline", taught, "--out", out, "-o", "json", "--key", "k")
    assert done.exit_code == 0, done.output
    row = json.loads(done.stdout)
    assert (row["subjects"], row["exchanges"], row["bad"], row["key"]) == (30, 270, {"not JSON": 1}, "k")
    written = msgspec.json.decode(out.read_bytes(), type=Baseline)
    assert written.source == row["source"]
    assert written.classes["agent"] == kit.TAUGHT.classes["agent"]
    assert [path.name for path in out.parent.iterdir()] == ["own.json"]


def test_without_a_file_to_write_it_only_reports(log: Path, taught: Path) -> None:
    done = run(log, "--baseline", taught)
    assert done.exit_code == 0, done.output
    assert "30 subjects" in done.stdout
    assert "nothing written" in done.stdout


def test_a_place_that_cannot_be_written_is_told(log: Path, taught: Path) -> None:
    done = run(log, "--baseline", taught, "--out", log / "below-a-file.json")
    assert done.exit_code == 1
    assert "nothing written" in done.output


def test_too_few_subjects_are_refused_and_nothing_is_written(tmp_path: Path, taught: Path) -> None:
    (tmp_path / "log").write_bytes(text([line(n) for n in range(20)]))
    done = run(tmp_path / "log", "--baseline", taught, "--out", tmp_path / "own.json")
    assert done.exit_code == 1
    assert "1 subjects of scope key" in done.output
    assert not (tmp_path / "own.json").exists()


@pytest.mark.parametrize("words", [(), ("--live",), ("log", "--live")])
def test_files_or_a_guard_and_not_both(tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "log").touch()
    assert run(*[tmp_path / word if word == "log" else word for word in words]).exit_code == 2


@pytest.mark.parametrize("option", ["--policy", "--baseline", "--config"])
def test_a_faulty_file_is_told(log: Path, option: str) -> None:
    (log.parent / "bad").write_text("}{")
    done = run(log, option, log.parent / "bad")
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)


def config(folder: Path, **analysis: str) -> Path:
    file = folder / "gateway.yaml"
    policies = Path(__file__).parents[3] / "deploy" / "policies" / "balanced.yaml"
    file.write_text(
        f"routes: [{{upstream: 'http://127.0.0.1:9'}}]\ndata: {folder / 'var'}\npolicies: {policies}\n"
        f"analysis: {json.dumps(analysis)}\n"
    )
    return file


def test_other_vectors_than_those_of_recorded_traffic_are_refused(log: Path, taught: Path) -> None:
    done = run(log, "--baseline", taught, "--config", config(log.parent, embedding="characters"))
    assert done.exit_code == 1
    assert "--live" in done.output


def test_a_guard_that_never_ran_is_told(tmp_path: Path, taught: Path) -> None:
    done = run("--live", "--config", config(tmp_path), "--baseline", taught)
    assert done.exit_code == 1
    assert "no guard has run" in done.output


def test_the_cases_of_a_guard_teach_as_well(tmp_path: Path, taught: Path) -> None:
    store = SqliteStore(tmp_path / "var")
    lives = kit.honest(30, 0)
    cases = {life.subject: seal(life.looks[-1].folio) for life in lives}
    store.commit(Folded(upto=0, cases=cases, at=NOON))
    out = tmp_path / "own.json"
    done = run("--live", "--config", config(tmp_path), "--baseline", taught, "--out", out)
    store.close()
    assert done.exit_code == 0, done.output
    assert "looked at once" in done.stdout
    assert "cases of a running guard" in msgspec.json.decode(out.read_bytes(), type=Baseline).source


def test_a_file_that_cannot_be_replaced_leaves_nothing_beside_it(tmp_path: Path) -> None:
    (tmp_path / "own.json").mkdir()
    with pytest.raises(OSError, match=r"own\.json"):
        write(tmp_path / "own.json", kit.TAUGHT)
    assert [path.name for path in tmp_path.iterdir()] == ["own.json"]
