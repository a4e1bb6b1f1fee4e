"""Tells when files changed, however they are changed: written to, replaced, or swapped beneath a symbolic link.

The folders are watched for a hint that something happened there; what decides is whether the files themselves look
different. So an editor's swap file wakes nobody, a Kubernetes volume that swaps the folder behind its files is seen,
and where no such hint arrives at all (a network file system) the next look finds the change.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import watchfiles

from gateway.policies.file import policy_files

LOOK = 5.0  # seconds between two looks where nothing hints at a change
LOG = logging.getLogger("stillguard.analyst")

Look: TypeAlias = tuple[tuple[str, int, int, int], ...]
"""How files look: name, time of the last change, size and inode of each that is there."""


def look(paths: Sequence[Path]) -> Look:
    """Return how files look; of a folder its policy files. What is not there is left out; never raises."""
    return tuple(sorted(seen for path in paths for seen in _look(path)))


def _look(path: Path) -> Iterator[tuple[str, int, int, int]]:
    try:
        files = policy_files(path) if path.is_dir() else [path]
    except OSError:
        return
    for file in files:
        try:
            stat = file.stat()
        except OSError:
            continue
        yield str(file), stat.st_mtime_ns, stat.st_size, stat.st_ino


async def watch(paths: Sequence[Path], changed: Callable[[], object], before: Look | None = None) -> None:
    """Call ``changed`` after each change of files, until cancelled.

    Args:
        paths: files, or folders of policies; they need not be there yet.
        changed: called in this loop; it may read the files, and must not raise.
        before: how they looked when they were last read; as now if it is left out.
    """
    last = look(paths) if before is None else before
    while True:
        async for _ in _hints(paths):
            now = look(paths)
            if now != last:
                last = now
                changed()
        await asyncio.sleep(LOOK)  # the folders cannot be watched; perhaps they are not there


async def _hints(paths: Sequence[Path]) -> AsyncIterator[None]:
    """Yield at once, at each hint of a change, and every LOOK seconds; end where the folders cannot be watched."""
    yield
    folders = {path if path.is_dir() else path.parent for path in paths}
    try:
        async for _ in watchfiles.awatch(
            *folders, watch_filter=None, recursive=False, yield_on_timeout=True, rust_timeout=int(1000 * LOOK)
        ):
            yield
    except (OSError, RuntimeError) as fault:  # RuntimeError is watchfiles' own
        LOG.warning("folders cannot be watched; looking again and again", extra={"fault": str(fault)})
