"""The plots of the campaigns' benchmark, and a picture of one that was found: files that figures determine."""

import math
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
import numpy as np

from gateway.lab.campaign_findings import Findings, by_kind
from gateway.lab.campaign_outcome import Outcome
from gateway.lab.campaign_reading import identity
from gateway.lab.pages import Plot, drawn

_STYLE: Final = {
    "svg.hashsalt": "stillguard", "svg.fonttype": "none", "font.size": 9.0, "axes.grid": True, "grid.alpha": 0.3,
}  # fmt: skip
_COLOURS: Final = mpl.colormaps["tab20"]
_LEAST: Final = 1e-3  # share of a plan that the plots begin at
_DRAWN: Final = 300  # members of the campaign that is drawn, at most


def draw(found: Findings, folder: Path, name: str) -> Iterator[tuple[str, str]]:
    """Write the plots, and yield each one's file name and what it shows."""
    plots: tuple[tuple[str, str, Callable[[Findings, Any], None]], ...] = (
        ("harvest", "Campaigns found, against the share of their planned harvest that was gone", _against_harvest),
        ("rivals", "Campaigns and honest groups alarmed, by us and by others at one rate of false alarms", _rivals),
        ("honest", "Honest groups: highest weight of any group that most of their members are of", _honest),
        ("graph", "One campaign as it was found: its members, and the ties that hold them", _graph),
    )
    each = [Plot(short, says, partial(plot, found)) for short, says, plot in plots]
    yield from drawn(each, _STYLE, (7.5, 4.6), folder, name)


def _against_harvest(found: Findings, axes: Any) -> None:
    for number, (kind, some) in enumerate(by_kind(found.ledger.campaigns())):
        gone = np.sort([max(_LEAST, one.gone) if one.found_at else np.inf for one in some])
        shares = np.arange(1, len(gone) + 1) / len(gone)
        reached = np.isfinite(gone)
        x = np.concatenate([[_LEAST], gone[reached], [1.0]])
        y = np.concatenate([[0.0], shares[reached], [shares[reached][-1] if reached.any() else 0.0]])
        axes.step(x, y, where="post", label=f"{kind} ({len(some)})", color=_COLOURS(number))
    axes.set_xscale("log")
    axes.axvline(0.10, color="crimson", linewidth=0.8, linestyle="--")
    _finish(axes, "share of the planned harvest gone", "share of campaigns found")


def _rivals(found: Findings, axes: Any) -> None:
    campaigns, innocent = found.ledger.campaigns(), found.ledger.innocents()
    ours = sum(one.found_at > 0 for one in campaigns) / max(1, len(campaigns))
    rows = [("stillguard, campaigns", ours, sum(map(found.ledger.accused, innocent)) / max(1, len(innocent)))]
    rows += [
        (one.name, one.campaigns[0] / max(1, one.campaigns[1]), one.groups[0] / max(1, one.groups[1]))
        for one in found.rivals
    ]
    places = np.arange(len(rows))
    axes.barh(places, [row[1] for row in rows], height=0.4, label="campaigns", color="steelblue")
    axes.barh(places + 0.4, [row[2] for row in rows], height=0.4, label="honest groups", color="crimson")
    axes.set_yticks(places + 0.2, [row[0] for row in rows], fontsize=6)
    axes.invert_yaxis()
    axes.set_xlim(0.0, 1.0)
    _finish(axes, "share alarmed", "")


def _honest(found: Findings, axes: Any) -> None:
    ledger, highest = found.ledger, dict[str, float]()
    for look in ledger.trial.last.values():
        name = ledger.mostly(look)
        highest[name] = max(highest.get(name, 0.0), look.standing.weight)
    kinds = sorted({group.kind for group in ledger.groups.values()})
    for place, kind in enumerate(kinds):
        some = [group for group in ledger.groups.values() if group.kind == kind]
        weights = [highest.get(group.name, 0.0) for group in some]
        colours = ["crimson" if ledger.looks.get(group.name) else "steelblue" for group in some]
        axes.scatter(weights, place + np.linspace(-0.3, 0.3, len(some)), s=7, c=colours)
    axes.set_yticks(range(len(kinds)), kinds, fontsize=7)
    axes.set_xscale("symlog", linthresh=10.0)
    _finish(axes, "weight, nats (red: touched)", "")


def _graph(found: Findings, axes: Any) -> None:
    axes.set_axis_off()
    chosen = _shown(found.ledger.campaigns())
    look = next((look for look in found.ledger.looks.get(chosen.group.name, ())), None) if chosen else None
    if chosen is None or look is None:
        axes.text(0.5, 0.5, "no campaign was found", ha="center")
        return
    members = look.group.members[:_DRAWN]
    place = {one: _place(number, len(members)) for number, one in enumerate(members)}
    colours: dict[str, Any] = {}
    for link in look.group.links:
        if link.one in place and link.other in place and link.reasons:
            kind = " and ".join(sorted({reason.kind for reason in link.reasons})[:2])
            new = kind not in colours
            colour = colours.setdefault(kind, _COLOURS(len(colours) % 20))
            (x, y), (x2, y2) = place[link.one], place[link.other]
            axes.plot([x, x2], [y, y2], color=colour, linewidth=0.7, label=kind if new else None, zorder=1)
    guilty = {identity(one) for one in chosen.group.members}
    for one, (x, y) in place.items():
        colour = "grey" if one not in look.members else "steelblue" if one in guilty else "crimson"
        axes.scatter([x], [y], s=14, color=colour, zorder=2)
    axes.set_title(f"{chosen.group.name}: {len(look.members)} bound, {len(look.spared)} spared", fontsize=9)
    if colours:
        axes.legend(fontsize=6, loc="lower right")


def _shown(campaigns: list[Outcome]) -> Outcome | None:
    """Return a campaign worth drawing: found, of some size, first by name."""
    found = [one for one in campaigns if one.found_at]
    return min(found, key=lambda one: (abs(len(one.group.members) - 60), one.group.name), default=None)


def _place(number: int, count: int) -> tuple[float, float]:
    """Return where a member is drawn: along a spiral, so that ties of neighbours stay short."""
    turn = number * math.pi * (3.0 - math.sqrt(5.0))
    far = math.sqrt((number + 0.5) / max(1, count))
    return far * math.cos(turn), far * math.sin(turn)


def _finish(axes: Any, x: str, y: str) -> None:
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    if axes.get_legend_handles_labels()[1]:
        axes.legend(fontsize=6)
