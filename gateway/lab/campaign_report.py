"""Writes what the campaigns' benchmark found: figures as JSON, and a page that people read, with its plots."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from gateway.lab import campaign_tables, tables
from gateway.lab.campaign_findings import RATE, Findings, figures
from gateway.lab.campaign_plots import draw
from gateway.lab.figures import Figure
from gateway.lab.pages import page
from gateway.lab.report import finite

NAME: Final = "campaigns"
NOTES: Final = f"""The whole population is played once, in time order, through the features, the folds, the atlas, the
fit, the merged case and the policy that run live, with a pass each hour of its traffic; groups are looked at again when
they have grown by a sixteenth, or after six hours. A campaign counts as *found* once decisions that touch clients
(severity 2 and up), on groups most of whose members are of campaigns, reach half of its accounts that were there by
then. *Attributed* is the share of its accounts that the last such decisions reached, over all found campaigns;
*precision* the share of all whom these reached that are of any campaign; *purity*, of this one: two campaigns that work
alike may be taken for one. *Harvest gone* is what the campaign had been
served by then, over its plan: what it takes in the fortnight that is played, and of the wide and slow ones what they
take in 45 days. Who is never found has taken all. The traffic does not answer to what is decided: a harvester who is
cut off would change its ways, and one who is watched would not.

Every account is also looked at alone, by the panel and the policy, each twelve hours.

An honest group counts as *named* if a group that was touched is mostly it, or most of its accounts were touched as
members of any. Second pools: exchanges of the new pool until a decision reaches most of its accounts; the ban itself is
the operator's, and known.

*Single keys*: highest score of an account, over its first 400 exchanges for the literature's; at most 60 accounts of a
group are asked. *Pools* are scored at the end of the fortnight, which is kind to them. Every rival's threshold is set
on the honest accounts judged here, at a share of {RATE:.1%} of them or of ours if that is higher. A campaign counts for
a rival if most of its accounts are alarmed. The oracle is told who belongs together, and its threshold is the highest
honest group here.

Accounts are assembled: text from public sources or own-written grammars, rhythm drawn. No source is a log of real
accounts, and those who wrote the detectors also wrote the campaigns."""


def write(folder: Path, found: Findings, command: str, played: str) -> list[Figure]:
    """Write ``campaigns.json``, ``campaigns.md`` and the plots; return the figures.

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
        "command": command, "at": at, "machine": machine, "figures": [one._asdict() for one in measured],
    }  # fmt: skip
    (folder / f"{NAME}.json").write_text(json.dumps(finite(record), indent=1, allow_nan=False) + "\n")
    plots = list(draw(found, folder, NAME))
    head = f"Measured by `{command}` on {at}; {machine}. {played}"
    (folder / f"{NAME}.md").write_text("\n".join(_page(found, measured, head, plots)))
    return measured


def _page(found: Findings, measured: list[Figure], head: str, plots: list[tuple[str, str]]) -> Iterator[str]:
    bound = [one for one in measured if one.must is not None or one.aim is not None]
    sections = (
        ("What was promised", tables.measured(bound)),
        ("Campaigns by kind", campaign_tables.kinds(found)),
        ("Beside others, at one rate of false alarms", campaign_tables.compared(found)),
        ("Honest groups", campaign_tables.honest(found)),
        ("Touched, and mostly honest", campaign_tables.accused(found)),
        ("Spared within groups that were touched", campaign_tables.spared(found)),
        ("Every campaign", campaign_tables.campaigns(found)),
        ("All other figures", tables.measured(one for one in measured if one not in bound)),
    )
    yield from page(f"# Figures: {NAME}\n\n{head}\n\n{NOTES}", plots, sections)
