"""Judges many tenants over the machine's cores; what comes out does not depend on how many there are."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeAlias, TypeVar

from threadpoolctl import threadpool_limits

from detectors.lab.rivals.base import Rival, Trail
from detectors.lab.rivals.roster import rivals
from gateway.lab.judging import Bench, judge, windowed
from gateway.lab.lives import Playable, lived
from gateway.lab.outcome import Outcome, Who, Windowed

T = TypeVar("T")
Told: TypeAlias = Callable[[], object]
"""Called once for each tenant that is done."""

FITTED = 400  # tenants that rivals learn from, and exchanges of each: memory and minutes, for little more knowledge
EACH = 300
_AT_WORK: dict[str, Any] = {}  # what a worker process holds: set once, when it is forked


def fitted(honest: Sequence[Playable], told: Told) -> list[Rival]:
    """Return the rivals, having learnt from honest tenants, evenly chosen."""
    chosen = honest[:: max(1, -(-len(honest) // FITTED))]
    trails: list[Trail] = []
    with threadpool_limits(1):
        for tenant in chosen:
            trails.append(lived(tenant, EACH).trail)
            told()
        return [rival.fit(trails) for rival in rivals()]


def judged(bench: Bench, tenants: Sequence[Playable], jobs: int, told: Told) -> list[Outcome]:
    """Return what becomes of each tenant, in their order."""
    return over(judge, bench, tenants, jobs, told)


def honest_windows(bench: Bench, tenants: Sequence[Playable], jobs: int, told: Told) -> list[tuple[Who, Windowed]]:
    """Return stretches of tenants' lives, each judged alone, in order."""
    return [pair for pairs in over(_stretches, bench, tenants, jobs, told) for pair in pairs]


def _stretches(bench: Bench, tenant: Playable) -> list[tuple[Who, Windowed]]:
    who = Who.of(tenant)
    return [(who, window) for window in windowed(bench, lived(tenant, bench.most, embedded=bool(bench.rivals)))]


def over(
    work: Callable[[Bench, Playable], T], bench: Bench, tenants: Sequence[Playable], jobs: int, told: Told
) -> list[T]:
    """Return what work makes of each tenant, in their order."""
    found = []
    with _workers(work, bench, tenants, jobs) as results:
        for result in results:
            found.append(result)
            told()
    return found


@contextmanager
def _workers(
    work: Callable[[Bench, Playable], T], bench: Bench, tenants: Sequence[Playable], jobs: int
) -> Iterator[Iterator[T]]:
    if jobs == 1:
        with threadpool_limits(1):  # sums of floats, and so figures, must not depend on the number of threads
            yield (work(bench, tenant) for tenant in tenants)
        return
    # Forked, so that tenants, which hold generators' code and the pack's rows, need not travel.
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(jobs, context, _settle, (work, bench, tenants)) as pool:
        yield pool.map(_work, range(len(tenants)), chunksize=4)


def _settle(work: Any, bench: Bench, tenants: Sequence[Playable]) -> None:
    _AT_WORK.update(work=work, bench=bench, tenants=tenants, limits=threadpool_limits(1))


def _work(number: int) -> Any:
    return _AT_WORK["work"](_AT_WORK["bench"], _AT_WORK["tenants"][number])
