"""The students' plot: share of the full harvest's gain against queries, with the alarms marked."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure

from gateway.lab.student_alarms import Alarm
from gateway.lab.student_findings import Findings

_STYLE: Final = {
    "svg.hashsalt": "stillguard", "svg.fonttype": "none", "font.size": 8.0, "axes.grid": True, "grid.alpha": 0.3,
}  # fmt: skip
_STROKES: Final = ("-", "--", ":", "-.")
_FAMILIES: Final = ("classifier", "language")


def draw(found: Findings, file: Path) -> None:
    """Write the plot as SVG; the same findings give the same file."""
    with mpl.rc_context(_STYLE):  # type: ignore[arg-type] # its stubs list every key by name
        picture = Figure(figsize=(9.5, 4.6), layout="constrained")
        for axes, family in zip(picture.subplots(1, len(_FAMILIES), sharey=True), _FAMILIES, strict=True):
            _family(found, family, axes)
        picture.savefig(file, metadata={"Date": None})


def _family(found: Findings, family: str, axes: Any) -> None:
    """Draw a family's thieves: a colour a task, a stroke a way of asking; intervals are left to the tables."""
    colours, strokes = dict[str, str](), dict[str, str]()
    for name in found.names():
        curve = found.curve(name, "refused")
        kept = [found.kept(name, "refused", n) for n in curve.budgets]
        if curve.family == family and None not in kept:
            colour = colours.setdefault(curve.task, f"C{len(colours)}")
            stroke = strokes.setdefault(curve.thief, _STROKES[len(strokes) % len(_STROKES)])
            axes.plot(curve.budgets, [one.value for one in kept if one is not None], stroke, color=colour,
                      marker=".", linewidth=1.0, label=name.partition(".")[2])  # fmt: skip
    measured = {name for name in found.names() if name.startswith(family)}
    _mark([alarm for alarm in found.alarms if alarm.curve(set(found.names())) in measured], axes)
    axes.set_xscale("symlog", linthresh=10)
    axes.set_xlim(left=0)
    axes.set_ylim(-0.1, 1.1)
    axes.set_title(f"{family}: refused after so many queries")
    axes.set_xlabel("queries answered (attack queries only)")
    axes.set_ylabel("share of the full harvest's gain")
    if axes.get_legend_handles_labels()[1]:
        axes.legend(fontsize=5, loc="lower right")


def _mark(alarms: Sequence[Alarm], axes: Any) -> None:
    """Draw a tick at each kind's median alarm, with its name along it."""
    for alarm in alarms:
        if alarm.queries is not None:
            at = alarm.queries * alarm.share
            axes.axvline(at, color="crimson", linewidth=0.6, alpha=0.6)
            axes.text(at, -0.08, alarm.kind, rotation=90, fontsize=5, va="bottom", ha="right", color="crimson")
