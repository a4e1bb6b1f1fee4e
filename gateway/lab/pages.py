"""A page of figures, and its plots: what the reports of all benchmarks share."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
from matplotlib.figure import Figure


class Plot(NamedTuple):
    """A plot: the short name of its file, what it shows, and what draws it on axes."""

    short: str
    says: str
    on: Callable[[Any], None]


def page(head: str, plots: Iterable[tuple[str, str]], sections: Iterable[tuple[str, Iterable[str]]]) -> Iterator[str]:
    """Yield the lines of a page.

    Args:
        head: title and notes.
        plots: file and what it shows, of each.
        sections: title and lines of each.
    """
    yield from (head, "")
    for file, says in plots:
        yield from (f"![{says}]({file})", "")
    for title, lines in sections:
        yield from (f"## {title}", "", *lines, "")


def drawn(
    plots: Sequence[Plot], style: Mapping[str, Any], size: tuple[float, float], folder: Path, name: str
) -> Iterator[tuple[str, str]]:
    """Write plots, and yield each one's file name and what it shows; ``size`` in inches."""
    for short, says, on in plots:
        with mpl.rc_context(style):  # type: ignore[arg-type] # its stubs list every key by name
            picture = Figure(figsize=size, layout="constrained")
            on(picture.subplots())
            file = f"{name}_{short}.svg"
            picture.savefig(folder / file, metadata={"Date": None})
        yield file, says
