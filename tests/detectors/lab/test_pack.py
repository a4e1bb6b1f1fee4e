"""The traffic pack is read from a folder: a tiny one of our own here, the real one where it is at hand."""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

from detectors.lab import benign
from detectors.lab.pack import CALIBRATION, Pack


def write(folder: Path, name: str, rows: list[dict[str, Any]]) -> dict[str, str]:
    with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return {"name": name, "file": f"{name}.jsonl.gz"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    cards = [{"prompt": f"card question {i}", "tag": "cards"} for i in range(300)]
    chats = [
        {"prompt": f"turn {t} of {g}", "group": f"g{g}", "turn": t, "out_chars": 77} for g in range(9) for t in (2, 1)
    ]
    tasks = [{"prompt": f"write task {i}", "system": "Obey."} for i in range(50)]
    about = [
        write(tmp_path, "ben_banking77", cards) | {"label": "benign", "kind": "ben.narrow"},
        write(tmp_path, "ben_hh_harmless", chats) | {"label": "benign", "kind": "ben.chat"},
        write(tmp_path, "dist_tasks", tasks) | {"label": "distill", "kind": "dist.instruct"},
        {"name": "time_mooncake_conversation", "file": "time_mooncake_conversation.csv.gz", "kind": "timing"},
    ]
    (tmp_path / "manifest.json").write_text(json.dumps({"sources": about}))
    (tmp_path / "templates.jsonl").write_text('{"use_for": ["ben_banking77"], "system": "Help with cards. {schema}"}\n')
    with gzip.open(tmp_path / "time_mooncake_conversation.csv.gz", "wt") as file:
        file.write("t_s,in_tok,out_tok,session,turn\n0.0,1,1,a,1\n5.0,1,1,b,1\n30.0,1,1,a,2\n45.5,1,1,b,2\n")
    return tmp_path


def test_rows_become_conversations_in_the_order_of_their_turns(folder: Path) -> None:
    chats = Pack(folder).conversations("ben_hh_harmless")
    assert len(chats) == 9
    assert [line.text for line in chats[0].lines] == ["turn 1 of 0", "turn 2 of 0"]
    assert chats[0].lines[0].answer_chars == 77


def test_sessions_give_their_gaps(folder: Path) -> None:
    assert Pack(folder).gaps == (30.0, 40.5)


def test_a_client_is_seeded_and_speaks_under_a_template(folder: Path) -> None:
    pack = Pack(folder)
    client = pack.client("ben_banking77", benign.app, pack.conversations("ben_banking77"), 0)
    assert (client.kind, client.source, client.seed, client.gaps) == ("app", "ben_banking77", 0, (30.0, 40.5))
    life = client.exchanges()
    assert life == client.exchanges()
    assert {one.system for one in life} == {"Help with cards. "}
    assert {text.text for one in life for text in one.turns} <= {f"card question {i}" for i in range(300)}


def test_sources_are_told_apart_by_label(folder: Path) -> None:
    pack = Pack(folder)
    assert (pack.names("benign"), pack.names("distill")) == (["ben_banking77", "ben_hh_harmless"], ["dist_tasks"])
    assert pack.has("dist_tasks")
    assert not pack.has("time_nothing")


def test_a_folder_without_a_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Pack(tmp_path)


def test_what_calibrates_is_honest() -> None:
    assert not any(name.startswith(("dist_", "judge_")) for name in CALIBRATION)


@pytest.mark.skipif(not os.environ.get("STILLGUARD_PACK"), reason="STILLGUARD_PACK names no traffic pack")
def test_the_real_pack_holds_what_calibrates() -> None:
    pack = Pack(Path(os.environ["STILLGUARD_PACK"]))
    assert set(pack.names("benign")) >= CALIBRATION
    assert len(pack.gaps) > 1000
    assert all(pack.conversations(name) for name in CALIBRATION)
