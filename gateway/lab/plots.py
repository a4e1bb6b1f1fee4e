"""The benchmark's plots: drawn off screen, as files that are the same whenever the figures are."""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
import numpy as np

from gateway.lab.findings import Findings, by, detected, kind
from gateway.lab.outcome import Outcome
from gateway.lab.pages import Plot, drawn

_COLOURS: Final = mpl.colormaps["tab20"]
_QUERIES: Final = np.unique(np.geomspace(1, 6000, 160).astype(int))  # at which shares are drawn
_STYLE: Final = {
    "svg.hashsalt": "stillguard",
    "svg.fonttype": "none",
    "font.size": 9.0,
    "axes.grid": True,
    "grid.alpha": 0.3,
}


def draw(found: Findings, folder: Path, name: str) -> Iterator[tuple[str, str]]:
    """Write the plots, and yield each one's file name and what it shows."""
    plots: tuple[tuple[str, str, Callable[[Findings, Any], None]], ...] = (
        ("queries", "Share of adversaries detected, against queries sent", _against_queries),
        ("rivals", "Single-key harvesters detected at one rate of false alarms, against queries", _rivals),
        ("false_alarms", "Honest tenants: highest fused weight by class, and the line that an alarm takes", _classes),
        ("ablation", "Adversaries detected without each detector", _ablation),
        ("harvest", "Share of the planned harvest that was gone at the alarm", _harvest),
    )
    each = [Plot(short, says, partial(plot, found)) for short, says, plot in plots]
    yield from drawn(each, _STYLE, (7.5, 4.2), folder, name)


def _rising(axes: Any, alarms: Sequence[int], says: str, **how: Any) -> None:
    at = np.sort(np.array([alarm or np.inf for alarm in alarms], np.float64))
    axes.plot(_QUERIES, np.searchsorted(at, _QUERIES, side="right") / max(1, len(at)), label=says, **how)


def _against_queries(found: Findings, axes: Any) -> None:
    for says, some in (
        ("single key", found.single()),
        ("padded to 25 %", [one for one in found.padded() if one.who.share > 0.17]),  # noqa: PLR2004 - between the two
        ("padded to 10 %", [one for one in found.padded() if one.who.share <= 0.17]),  # noqa: PLR2004
        ("campaign shares", found.slow()),
    ):
        if some:
            _rising(axes, [one.alarm for one in some], f"{says} ({len(some)})")
    _finish(axes, "queries", "share detected", logarithmic=True)


def _rivals(found: Findings, axes: Any) -> None:
    single = found.single()
    _rising(axes, [one.alarm for one in single], "stillguard", color="black", linewidth=2.0)
    for number, (name, limit) in enumerate(found.limits(found.rate()).items()):
        alarms = [one.rivals[name].reaches(limit) for one in single]
        _rising(axes, alarms, name, linewidth=1.2, color=_COLOURS(number % 20), linestyle=("-", "--")[number % 2])
    _finish(axes, "queries", "share detected", logarithmic=True)


def _classes(found: Findings, axes: Any) -> None:
    groups = list(by(found.honest(), lambda one: one.who.traffic_class))
    for place, (_, some) in enumerate(groups):
        peaks = np.sort([float(one.trace.fused.max(initial=0.0)) for one in some])
        spread = np.linspace(-0.3, 0.3, len(peaks))
        hit = np.array([one.alarm > 0 for one in sorted(some, key=_peak)])
        axes.scatter(place + spread, peaks, s=6, c=np.where(hit, "crimson", "steelblue"))
    axes.axhline(math.log(found.one_in), color="crimson", linewidth=0.8, linestyle="--")
    labels = [f"{name}\n{sum(one.alarm > 0 for one in some)} of {len(some)}" for name, some in groups]
    axes.set_xticks(range(len(groups)), labels)
    _finish(axes, "class, and alarmed", "highest fused weight, nats")


def _peak(one: Outcome) -> float:
    return float(one.trace.fused.max(initial=0.0))


def _ablation(found: Findings, axes: Any) -> None:
    groups = {"single key": found.single(), "padded": found.padded()}
    names = list(found.left_out)
    for place, (says, some) in enumerate(groups.items()):
        members = {id(one) for one in some}
        shares = [detected([alarm for one, alarm in found.left_out[name] if id(one) in members]) for name in names]
        axes.barh(np.arange(len(names)) + 0.4 * place, shares, height=0.38, label=says)
    axes.set_yticks(np.arange(len(names)) + 0.2, names)
    axes.invert_yaxis()
    axes.set_xlim(0.0, 1.0)
    _finish(axes, "share detected", "left out")


def _harvest(found: Findings, axes: Any) -> None:
    groups = [(name, [one.gone if one.alarm else 1.0 for one in some]) for name, some in by(found.single(), kind)]
    groups.sort(key=lambda group: float(np.median(group[1])))
    for place, (_, gone) in enumerate(groups):
        axes.scatter(gone, place + np.linspace(-0.25, 0.25, len(gone)), s=6, color="steelblue")
        axes.plot([np.median(gone)] * 2, [place - 0.35, place + 0.35], color="black")
    axes.set_yticks(range(len(groups)), [name for name, _ in groups], fontsize=7)
    axes.set_xlim(-0.02, 1.02)
    _finish(axes, "share of the planned harvest", "")


def _finish(axes: Any, x: str, y: str, *, logarithmic: bool = False) -> None:
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    if logarithmic:
        axes.set_xscale("log")
        axes.set_ylim(-0.02, 1.02)
    if axes.get_legend_handles_labels()[1]:
        axes.legend(fontsize=7)
