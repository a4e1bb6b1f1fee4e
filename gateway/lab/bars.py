"""Progress of long work, on the terminal."""

from functools import partial

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from gateway.lab.running import Told

COLUMNS = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())


def bar(progress: Progress, says: str, total: int) -> Told:
    """Return what moves a bar on by one."""
    return partial(progress.advance, progress.add_task(says, total=total))
