"""The traffic pack is read from a folder: a tiny one of our own here, the real one where it is at hand."""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

from detectors.lab import benign
from detectors.lab.pack import CALIBRATION, HELD_OUT, Pack


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


def test_clients_are_seeded_and_speak_under_a_template(folder: Path) -> None:
    clients = list(Pack(folder).clients(CALIBRATION, range(2)))
    assert [(c.kind, c.source, c.seed) for c in clients] == [
        ("chat", "ben_hh_harmless", 0), ("chat", "ben_hh_harmless", 1),
        ("app", "ben_banking77", 0), ("advice", "ben_banking77", 0),
        ("app", "ben_banking77", 1), ("advice", "ben_banking77", 1),
    ]  # fmt: skip
    life = clients[2].exchanges()
    assert life == clients[2].exchanges()
    assert {one.system for one in life} == {"Help with cards. "}
    assert {text.text for one in life for text in one.turns} <= {f"card question {i}" for i in range(300)}
    assert clients[0].gaps == (30.0, 40.5)


def test_distillers_are_the_sources_labelled_so(folder: Path) -> None:
    (client,) = Pack(folder).distillers(range(1))
    life = client.exchanges()
    assert {one.system for one in life} == {"Obey."}
    assert life
    assert all(one.answer_tokens > 0 for one in life)


def test_a_folder_without_a_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Pack(tmp_path)


def test_sources_are_split_by_name() -> None:
    assert not CALIBRATION.keys() & HELD_OUT.keys()
    assert not any(name.startswith(("dist_", "judge_")) for name in CALIBRATION | HELD_OUT)
    assert {k for kinds in CALIBRATION.values() for k in kinds} <= {kind for kind, _ in benign.KINDS.values()}


@pytest.mark.skipif(not os.environ.get("STILLGUARD_PACK"), reason="STILLGUARD_PACK names no traffic pack")
def test_the_real_pack_plays_every_source() -> None:
    pack = Pack(Path(os.environ["STILLGUARD_PACK"]))
    names = set(pack.names("benign"))
    assert CALIBRATION.keys() | HELD_OUT.keys() <= names
    assert len(pack.gaps) > 1000
    for client in [*pack.clients(CALIBRATION, range(1)), *pack.clients(HELD_OUT, range(1)), *pack.distillers(range(1))]:
        assert client.exchanges(7, 50), client.source
