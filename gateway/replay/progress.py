"""The progress of a replay on a terminal; nothing at all anywhere else."""

from types import TracebackType
from typing import Self

import rich.progress
from rich.console import Console


class Progress:
    """Shows bytes read, exchanges a second, and decisions.

    Args:
        total: bytes to read; 0 if nobody knows.
        shown: whether to show anything, if standard error is a terminal.
    """

    def __init__(self, total: int, *, shown: bool) -> None:
        self._console = Console(stderr=True)
        self._shown = shown and self._console.is_terminal
        self._bar = rich.progress.Progress(
            rich.progress.BarColumn(),
            rich.progress.TaskProgressColumn(),
            rich.progress.DownloadColumn(binary_units=True),
            rich.progress.TextColumn("{task.fields[told]}"),
            rich.progress.TimeRemainingColumn(),
            console=self._console,
            disable=not self._shown,
            transient=True,
        )
        self._task = self._bar.add_task("replay", total=total or None, told="")

    def __enter__(self) -> Self:
        """Begin to show."""
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bar away."""
        self._bar.stop()

    def far(self, read: int, exchanges: int, changes: int) -> None:
        """Show how far it went: bytes read, exchanges folded, changes of decisions."""
        elapsed = self._bar.tasks[0].elapsed or 0.0
        rate = exchanges / elapsed if elapsed else 0.0
        self._bar.update(
            self._task, completed=read, told=f"{exchanges:,} exchanges, {rate:,.0f}/s, {changes:,} decisions"
        )

    def say(self, line: str) -> None:
        """Print a line on standard error, above the bar."""
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)
