"""The pack is read by name; what it lacks is passed over. The pack of these tests is written here."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from detectors.lab.student import shelf


def write(folder: Path, **sources: list[dict[str, Any]]) -> Path:
    named = [{"name": name, "file": f"{name}.jsonl.gz"} for name in sources]
    (folder / "manifest.json").write_text(json.dumps({"sources": named}))
    for name, rows in sources.items():
        with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
    return folder


def test_a_task_takes_its_labels_and_wiki_sentences_without_their_instruction(tmp_path: Path) -> None:
    rows = [{"prompt": f"note {i}", "tag": "ab"[i % 2]} for i in range(20)]
    wiki = [{"prompt": "Label it.\n\nText: a pier", "tag": "wiki"}, {"prompt": "Label it.\n\nb c", "tag": "random"}]
    folder = write(tmp_path, ben_sms_spam=rows, dist_mea_wiki_random=wiki)
    [task] = shelf.tasks(folder)
    assert task.name == "spam"
    assert task.foreign == ["a pier"]
    assert len(task.taught.texts) + len(task.asked) + len(task.judged.texts) == 20
    assert len(next(shelf.tasks(folder, 10)).taught.texts) == 4


def test_a_field_takes_the_code_between_fences(tmp_path: Path) -> None:
    rows = [{"prompt": f"Write.\n```\nreturn the {i}th of all the long lists that there are\n```"} for i in range(20)]
    folder = write(tmp_path, dist_oss_instruct=[*rows, {"prompt": "no code"}], ben_hh_harmless=[{"prompt": "hello"}])
    [field] = shelf.fields(folder)
    assert field.name == "code"
    assert field.public == ["hello"]
    assert all(text.startswith("return the") for text in field.taught)


@pytest.mark.parametrize("sources", [{}, {"ben_sms_spam": []}, {"dist_alpaca": [{"prompt": "x" * 50}]}])
def test_what_is_not_there_is_passed_over(tmp_path: Path, sources: dict[str, list[dict[str, Any]]]) -> None:
    folder = write(tmp_path, **sources)
    assert not [*shelf.tasks(folder), *shelf.fields(folder)]


def test_a_file_that_the_manifest_names_and_the_folder_lacks_is_passed_over(tmp_path: Path) -> None:
    folder = write(tmp_path, dist_alpaca=[{"prompt": "x" * 50}], ben_hh_harmless=[{"prompt": "hello"}])
    (folder / "dist_alpaca.jsonl.gz").unlink()
    assert list(shelf.fields(folder)) == []
