"""Reads the traffic pack: public prompts and session rhythms, never part of the product, given by folder.

Sources are split by name: what is learnt from one is never tested on it, not even on other rows of it, because
single-prompt wording does not carry over and a split by row would hide that.
"""

import csv
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, Final

from detectors.lab import benign
from detectors.lab.traffic import Client, Conversation, Kind, Line, Script

# Honest sources that calibration may learn from; no other source is ever learnt from.
CALIBRATION: Final = frozenset({
    "ben_oasst_zh", "ben_hh_harmless", "ben_banking77", "ben_restaurant8k", "ben_sql_wikisql", "ben_pubmedqa",
    "ben_sms_spam", "ben_tatoeba", "ben_agent_tau_airline", "eval_gsm8k_test", "eval_mmlu",
})  # fmt: skip
_ONE_WORD: Final = ("eval_mmlu", "eval_hhh_judge", "ben_sms_spam")


class Pack:
    """The sources of one pack folder, read when asked for."""

    def __init__(self, folder: Path) -> None:
        """Open the folder; ``FileNotFoundError`` if it holds no manifest."""
        manifest = json.loads((folder / "manifest.json").read_text())
        self._folder = folder
        self._about: dict[str, dict[str, Any]] = {one["name"]: one for one in manifest["sources"]}
        self._systems = _systems(folder / "templates.jsonl")
        rhythm = folder / "time_mooncake_conversation.csv.gz"
        self.gaps = _gaps(rhythm) if rhythm.exists() else ()

    def names(self, label: str) -> list[str]:
        """Return the text sources with that label: benign or distill."""
        return [name for name, one in self._about.items() if one.get("label") == label]

    def has(self, name: str) -> bool:
        """Say whether the folder holds that source."""
        return name in self._about and (self._folder / self._about[name]["file"]).exists()

    def conversations(self, name: str) -> list[Conversation]:
        """Return the source's rows, those of one group as one conversation where turns are numbered."""
        groups: dict[str, list[dict[str, Any]]] = {}
        for number, row in enumerate(_rows(self._folder / self._about[name]["file"])):
            together = "turn" in row and "group" in row
            groups.setdefault(str(row["group"]) if together else f"#{number}", []).append(row)
        return [_conversation(name, rows) for rows in groups.values()]

    def client(self, name: str, behaves: Kind, conversations: list[Conversation], seed: int) -> Client:
        """Return a client of that source: its own stretch of rows, under a system prompt of its own."""

        def says(rng: Random) -> Script:
            own = Random(f"{name}/{seed}")
            system = own.choice(self._systems.get(name, [""]))
            start = own.randrange(len(conversations))
            ordered = behaves is benign.evaluation
            stretch = conversations if ordered else conversations[start:] + conversations[:start]
            if not ordered:
                rng.shuffle(stretch := stretch[: max(200, len(stretch) // 3)])
            for one in stretch:
                yield one if one.system or not system else one._replace(system=system)

        return Client(behaves.__name__, name, seed, behaves, says, self.gaps)


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _gaps(file: Path) -> tuple[float, ...]:
    """Return the seconds between requests of one session, over all sessions of a trace."""
    last: dict[str, float] = {}
    found: list[float] = []
    with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            at = float(row["t_s"])
            if row["session"] in last:
                found.append(at - last[row["session"]])
            last[row["session"]] = at
    return tuple(found)


def _conversation(name: str, rows: list[dict[str, Any]]) -> Conversation:
    rows = sorted(rows, key=lambda row: int(row.get("turn", 1)))
    tag = "choice" if name in _ONE_WORD else str(rows[0].get("tag", ""))
    lines = tuple(Line(row["prompt"], int(row.get("out_chars") or 0), _role(row)) for row in rows)
    return Conversation(lines, rows[0].get("system") or "", tag)


def _role(row: dict[str, Any]) -> str:
    return "tool" if row.get("tag") == "tool" else "user"


def _systems(file: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    if not file.exists():
        return found
    for line in file.read_text().splitlines():
        row = json.loads(line)
        for name in row.get("use_for", ()):
            if row.get("system"):
                found.setdefault(name, []).append(row["system"].replace("{schema}", ""))
    return found
