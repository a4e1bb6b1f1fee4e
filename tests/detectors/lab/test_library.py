"""Sources are parted by name, and rows of what both parts use by turns."""

import gzip
import json
from pathlib import Path
from random import Random

from detectors.lab.library import Library
from detectors.lab.pack import Pack


def library(folder: Path, names: dict[str, int]) -> Library:
    about = []
    for name, rows in names.items():
        with gzip.open(folder / f"{name}.jsonl.gz", "wt") as file:
            file.writelines(
                json.dumps({"prompt": f"{name} {row}", "turn": row + 1, "group": "g"}) + "\n" for row in range(rows)
            )
        about.append({"name": name, "file": f"{name}.jsonl.gz"})
    (folder / "manifest.json").write_text(json.dumps({"sources": about}))
    return Library(Pack(folder))


def test_without_a_pack_there_is_nothing() -> None:
    assert not Library(None).has("ben_qmsum")
    assert Library(None).gaps == ()


def test_a_learnt_source_is_parted_by_rows_and_another_is_whole(tmp_path: Path) -> None:
    rows = [{"prompt": f"row {i}"} for i in range(9)]
    for name in ("dist_alpaca", "dist_alpaca_zh"):
        with gzip.open(tmp_path / f"{name}.jsonl.gz", "wt") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
    about = [{"name": name, "file": f"{name}.jsonl.gz"} for name in ("dist_alpaca", "dist_alpaca_zh")]
    (tmp_path / "manifest.json").write_text(json.dumps({"sources": about}))
    found = Library(Pack(tmp_path))
    learn, judge = ({one.lines[0].text for one in found.rows("dist_alpaca", part)} for part in ("learn", "judge"))
    assert not learn & judge
    assert len(learn | judge) == 9
    assert found.rows("dist_alpaca_zh", "learn") == found.rows("dist_alpaca_zh", "judge")


def test_questions_on_one_meeting_are_asked_apart_and_chats_together(tmp_path: Path) -> None:
    found = library(tmp_path, {"ben_qmsum": 5, "eval_mt_bench": 2})
    assert [len(one.lines) for one in found.rows("ben_qmsum", "judge")] == [1] * 5
    assert [len(one.lines) for one in found.rows("eval_mt_bench", "judge")] == [2]


def test_a_script_is_in_order_or_shuffled_and_ends_or_goes_on(tmp_path: Path) -> None:
    found = library(tmp_path, {"ben_qmsum": 5})
    once = list(found.script(Random(1), "ben_qmsum", "judge", ordered=True, endless=False))
    assert [one.lines[0].text for one in once] == [f"ben_qmsum {i}" for i in range(5)]
    script = found.script(Random(1), "ben_qmsum", "judge", ordered=False, endless=True)
    many = [next(script).lines[0].text for _ in range(15)]
    assert sorted(many[:5]) == sorted(many[5:10]) == sorted({*many})
    assert many[:5] != [f"ben_qmsum {i}" for i in range(5)] or many[5:10] != many[:5]
