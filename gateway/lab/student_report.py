"""Writes what the students showed: figures as JSON, and a page that people read, with its plot."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from detectors.lab.student.curve import Estimate
from gateway.lab import student_tables as tables
from gateway.lab.figures import Figure
from gateway.lab.student_findings import LITTLE, Findings, at_alarms
from gateway.lab.student_plots import draw

NAME = "student"
NOTES = f"""Teachers are trained by this command, so answers are a model's own. *Classifiers* tell intents of short
texts; their students see fewer features. *Language models* are n-grams of bytes, seven bytes of context, trained on
a field's texts; their students begin as a model of public text and have six. Thieves ask **natural** texts of the
teacher's kind, choose among these by **active** learning, or send **sentences** of another kind or random **words**;
language models are asked openings that their owner never taught, one answer each (**plain**), **best_of_8**, or with
**logprobs** served (given to the student as four further draws of every byte: less than all of them).

*Kept* is the share of the full harvest's gain: quality at that point less quality without a harvest, over quality at
the end of the plan less the same. *Refused*: nothing after that point. *Trimmed*: from there to the end of the plan,
answers as `trim` leaves them: labels without probabilities, one sample, no log-probabilities, no reasoning (own_worked
alone has any apart from its answer). *All of it trimmed* has never had a whole answer. **Watch alone leaves 100 %**.
A classifier's student is judged by agreement with the teacher on natural held-out texts; a student without a harvest
says the commonest class always. A language model's is judged by the bits it needs for each byte of the teacher's
answers, and on own_facts also by questions answered right of four (*known*): *knowledge kept* is taken from there,
for the same way of asking. Bits count style as well, which is learnt first. Where a full harvest gains less than
{LITTLE:g}, no share is told.

Read with care. Plans here are small, 300 to 4,000 queries: known campaigns took 10^7 and spread them over thousands of
accounts, of which an alarm on one account stops one. These students are small too; large ones, which begin with far
more knowledge of their own, learn a style from about a thousand traces. An alarm is the first rung that touches the
client; under the shipped policies that is trim, and denial waits for 1,000 traces: so *refused at the alarm* is what
the earliest possible refusal would leave, *trimmed* what the shipped policies leave at first. Agreement and bits
measure imitation, not usefulness. Seeds draw thieves anew, not teachers: intervals (95 %, Student's t) do not cover
other tasks. Shares may pass 100 % where trimmed answers happen to teach better, or fall below 0 % where few answers
mislead. Students may choose between two ways to learn by the texts that judge them: this flatters the thief."""


def write(folder: Path, found: Findings, command: str) -> None:
    """Write ``student.json``, ``student.md`` and the plot; the folder is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    machine = f"{os.cpu_count()} cores, Linux {os.uname().release}, {os.uname().machine}"
    figures = [one._asdict() for one in measured(found)]
    record: dict[str, Any] = {"command": command, "at": at, "machine": machine, "figures": figures}
    (folder / f"{NAME}.json").write_text(json.dumps(record, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    draw(found, folder / f"{NAME}.svg")
    page = "\n".join(_page(found, f"Measured by `{command}` on {at}; {machine}."))
    (folder / f"{NAME}.md").write_text(page, encoding="utf-8")


def measured(found: Findings) -> Iterator[Figure]:
    """Yield the figures: what each adversary keeps at its alarm, then every thief's curve and shares."""
    for one in at_alarms(found):
        for says, kept in (("refused", one.refused), ("trimmed", one.trimmed), ("refused_within90", one.late),
                           ("knowledge", one.known)):  # fmt: skip
            yield _figure(f"kept_at_alarm.{one.alarm.kind}.{says}", "share of full gain", "<=", kept)
    for name in found.names():
        for measure in ("agreement", "bits", "accuracy", "known"):
            yield from _of(found, name, measure)


def _of(found: Findings, name: str, measure: str) -> Iterator[Figure]:
    try:
        whole, trimmed = found.curve(name, "refused", measure), found.curve(name, "trimmed", measure)
    except LookupError:
        return
    unit, op = ("bits a byte", ">=") if measure == "bits" else ("share", "<=")
    for queries, quality in whole.points():
        yield _figure(f"{measure}.{name}.at_{queries}", unit, op, quality)
    plan = whole.budgets[-1]
    yield _figure(f"{measure}.{name}.trimmed_at_{plan}", unit, op, trimmed.at(plan))
    for queries in [n for n in tables.POINTS if n < plan]:
        for says in ("refused", "trimmed"):
            kept = found.kept(name, "refused" if says == "refused" else "trimmed after", queries, measure)
            yield _figure(f"kept_{measure}.{name}.{says}_at_{queries}", "share of full gain", "<=", kept)


def _figure(name: str, unit: str, op: str, estimate: Estimate | None) -> Figure:
    """Return one figure; none of these has a bound set."""
    if estimate is None:
        return Figure(name, None, unit, op, None, None, 0)
    value, low, high = (round(number, 5) for number in estimate[:3])
    return Figure(name, value, unit, op, None, None, estimate.n, (low, high))


def told(found: Findings) -> Iterator[str]:
    """Yield what a terminal shows: each adversary at its alarm, or each thief at fixed numbers of queries."""
    yield from tables.at_alarm(found) if found.alarms else tables.shares(found)


def _page(found: Findings, head: str) -> Iterator[str]:
    yield from (f"# Figures: {NAME}", "", head, "", NOTES, "", f"![Share of the gain against queries]({NAME}.svg)", "")
    if found.alarms:
        yield from ("## At the alarm", "", *tables.at_alarm(found), "")
    else:
        yield from ("**No figures of `stillguard lab evaluate` were there**, so no alarm is marked.", "")
    yield from ("## Where detection buys little", "", "Half of the gain or more after 100 queries:", "")
    yield from (*tables.quick(found), "", "Thieves to whom even a full harvest gives next to nothing:", "")
    yield from (*(list(tables.nothing(found)) or ["- none"]), "")
    yield from ("## Shares kept", "", *tables.shares(found), "")
    yield from ("## Quality by queries", "", *tables.curves(found), "")
