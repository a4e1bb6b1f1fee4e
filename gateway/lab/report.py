"""Writes what a benchmark found: figures as JSON, and a page that people read, with its plots."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gateway.lab import cases, tables
from gateway.lab.figures import PER_WINDOW, Figure, figures
from gateway.lab.findings import HARVESTER, LONG, RATE, Findings
from gateway.lab.pages import page
from gateway.lab.plots import draw

NAME = "detection"
NOTES = f"""An *alarm* is the first decision of a rung that touches the client (severity 2 and up) under the policy and
the baseline that are shipped. A tenant is looked at after each of its first 32 exchanges, later at each sixteenth more,
so queries to an alarm are up to 6 % too many. *Convinced* is the moment at which evidence alone would have sufficed,
without the harvest that the policy's rungs ask for. *Never* is a median that lies among the undetected. *Harvest gone*
is the attack's exchanges served by the alarm over those planned; an undetected one has taken all.

*Single-key* harvesters do nothing else on their key and want {HARVESTER} exchanges or more; *campaign shares* are
accounts that carry a small part each, which no per-key detector can be asked to see; *padded* ones hide in cover
traffic. Windows are stretches of a life that are judged as if there were no other, by the fused weight at their end;
their threshold lets at most {PER_WINDOW:.1%} of the honest windows judged here through, and `_limit_learnt` takes it
from windows of tenants that calibration may learn from instead. Only windows that hold half of the planned share count.

*Rivals* are the literature's detectors, written anew (`detectors/lab/rivals`). Each learns from the honest tenants that
calibration learns from, and as published from no adversary; what the panel's own baseline was learnt from, it says
above. Its threshold is then set on the honest tenants judged here, at a share of
{RATE:.1%} of them ever alarmed or at ours if ours is higher: better than any operator could set it, and for each rival
separately. Beaten means: more detected, or as many in fewer queries, on every single-key kind.

Intervals: shares by Clopper and Pearson, rates by Poisson, medians and windows by drawing accounts again. Tenants with
{LONG} exchanges and more stand apart, because most detectors alarm in proportion to the length of a life. False alarms
per tenant-day count each rise of the fused weight above log(one_in); a day is a calendar day with an exchange. Days
that can be simulated do not reach one in a million: that rests on the bets' proof and on the nulls.

Tenants are assembled: text from public sources or own-written grammars, rhythm from traces or drawn. No source is a
log of real accounts, and those who wrote the detectors also wrote the adversaries."""


def write(folder: Path, found: Findings, command: str, played: str) -> list[Figure]:
    """Write ``detection.json``, ``detection.md`` and the plots; return the figures.

    Args:
        folder: where to; it is made if need be.
        found: what was measured.
        command: that measured it, to be written down.
        played: whom it was measured on, in words.
    """
    folder.mkdir(parents=True, exist_ok=True)
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    machine = f"{os.cpu_count()} cores, Linux {os.uname().release}, {os.uname().machine}"
    measured = list(figures(found))
    record: dict[str, Any] = {
        "command": command,
        "at": at,
        "machine": machine,
        "figures": [f._asdict() for f in measured],
    }
    (folder / f"{NAME}.json").write_text(json.dumps(finite(record), indent=1, allow_nan=False) + "\n")
    plots = list(draw(found, folder, NAME))
    head = f"Measured by `{command}` on {at}; {machine}. {played}"
    (folder / f"{NAME}.md").write_text("\n".join(_page(found, measured, head, plots)))
    return measured


def finite(value: Any) -> Any:
    """Return a record without infinities, which JSON has no word for: null."""
    if isinstance(value, dict):
        return {key: finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [finite(one) for one in value]
    return None if isinstance(value, float) and abs(value) == float("inf") else value


def _page(found: Findings, measured: list[Figure], head: str, plots: list[tuple[str, str]]) -> Iterator[str]:
    bound = [one for one in measured if one.must is not None or one.aim is not None]
    sections = (
        ("What was promised", tables.measured(bound)),
        ("Honest tenants", tables.innocent(found)),
        ("Adversaries", tables.caught(found)),
        ("Against the literature", tables.compared(found)),
        ("What the thresholds cost", tables.costs(found)),
        ("Padded harvesters, by windows judged alone", tables.stretches(found)),
        ("Without each detector", tables.left_out(found)),
        ("Honest tenants alarmed, and those that came nearest", cases.innocent(found)),
        ("Single-key harvesters missed", cases.missed(found)),
        ("All other figures", tables.measured(one for one in measured if one not in bound)),
    )
    yield from page(f"# Figures: {NAME}\n\n{head}\n\n{NOTES}", plots, sections)
