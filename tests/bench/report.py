"""Writes figures as JSON and as a page that people read, in the shape that every figure of this project has."""

import json
import time
from pathlib import Path
from typing import Any, NamedTuple

from tests.bench.cpu import machine

FIGURES = Path(__file__).parents[2] / "docs" / "figures"


class Figure(NamedTuple):
    """One measured number, with what it must and should reach."""

    name: str
    value: float | None  # None: not measured in this run
    unit: str
    op: str  # ">=" or "<="
    must: float | None
    aim: float | None
    n: int  # runs or items behind the value
    interval: tuple[float, float] | None = None  # least and greatest over the rounds

    @property
    def verdict(self) -> str:
        """Return what became of it in a word."""
        if self.value is None:
            return "not measured"
        if self.must is None or self.aim is None:
            return ""
        sign = 1 if self.op == ">=" else -1
        value, must, aim = sign * self.value, sign * self.must, sign * self.aim
        return "aim" if value >= aim else "must" if value >= must else "**missed**"


def write(name: str, command: str, figures: list[Figure], notes: str) -> str:
    """Write NAME.json and NAME.md under docs/figures; return the page."""
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    record: dict[str, Any] = {
        "command": command, "at": at, "machine": machine(), "figures": [f._asdict() for f in figures],
    }  # fmt: skip
    FIGURES.mkdir(parents=True, exist_ok=True)
    (FIGURES / f"{name}.json").write_text(json.dumps(record, indent=1) + "\n")
    rows = [
        f"| {f.name} | {'-' if f.value is None else f'{f.value:.4g}'} | {f.unit} | "
        f"{'' if f.must is None else f'{f.op} {f.must:g}'} | {'' if f.aim is None else f'{f.op} {f.aim:g}'} | {f.n} | "
        f"{'' if f.interval is None else f'{f.interval[0]:.4g} to {f.interval[1]:.4g}'} | {f.verdict} |"
        for f in figures
    ]
    page = "\n".join([
        f"# Figures: {name}", "", f"Measured by `{command}` on {at}; {record['machine']}.", "",
        "| figure | value | unit | must | aim | n | range | reached |", "|---|---:|---|---|---|---:|---|---|",
        *rows, "", notes.strip(), "",
    ])  # fmt: skip
    (FIGURES / f"{name}.md").write_text(page)
    return page
