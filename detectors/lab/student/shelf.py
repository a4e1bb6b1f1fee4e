"""Tasks and fields from the traffic pack: what its public texts can teach a teacher, a thief and a student.

Labels are needed here that clients of the pack do without, so its rows are read as they are. A source that the folder
lacks is passed over.
"""

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from detectors.lab.student.fields import Field, divide
from detectors.lab.student.tasks import Task, split

_TASKS: Final = {"banking77": "ben_banking77", "clinc150": "ben_clinc150", "spam": "ben_sms_spam"}
_FOREIGN: Final = "dist_mea_wiki_random"
_PUBLIC: Final = ("ben_hh_harmless", "ben_arena_hard_v2", "eval_mt_bench")
_MOST: Final = 8000  # rows of a source
_READ: Final = 1500  # public texts, from all of their sources evenly: a teacher of more would speak little of its field


def tasks(folder: Path, most: int = _MOST, seed: int = 0) -> Iterator[Task]:
    """Yield the classifiers that can be taught from the pack.

    Args:
        folder: the pack's.
        most: rows of a source, at most.
        seed: of the split into teacher's, thief's and judge's rows.
    """
    foreign = [_body(row["prompt"]) for row in _rows(folder, _FOREIGN) if row.get("tag") == "wiki"]
    for name, source in _TASKS.items():
        rows = [(row["prompt"], str(row["tag"])) for row in _rows(folder, source)][:most]
        if rows and foreign:
            yield split(name, rows, foreign, seed)


def fields(folder: Path, most: int = _MOST, seed: int = 0) -> Iterator[Field]:
    """Yield the language models that can be taught from the pack; arguments as of ``tasks``."""
    public = [row["prompt"] for source in _PUBLIC for row in _rows(folder, source)]
    public = public[:: max(1, len(public) // min(most, _READ))]
    for name, (source, part) in _FIELDS.items():
        texts = [part(row["prompt"]) for row in _rows(folder, source)][:most]
        if texts and public:
            yield divide(name, texts, public, seed)


def _body(prompt: str) -> str:
    """Return what follows the instruction, which every row repeats."""
    return prompt.split("\n\n", 1)[-1].removeprefix("Text: ")


def _problem(prompt: str) -> str:
    """Return a problem without the demand to reason, which every row repeats."""
    return prompt.split("\n\n", 1)[0]


def _snippet(prompt: str) -> str:
    """Return the code between the first fences; nothing if there is none."""
    parts = prompt.split("```")
    return parts[1].strip() if len(parts) > 1 else ""


_FIELDS: Final[dict[str, tuple[str, Callable[[str], str]]]] = {
    "instructions": ("dist_alpaca", str),
    "code": ("dist_oss_instruct", _snippet),
    "problems": ("dist_gsm8k_train_r1", _problem),
}


def _rows(folder: Path, source: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of a source, which may lie in a subfolder; none if it is not there."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for one in manifest["sources"]:
        if one["name"] == source and (folder / one["file"]).exists():
            with gzip.open(folder / one["file"], "rt", encoding="utf-8") as lines:
                yield from (json.loads(line) for line in lines)
