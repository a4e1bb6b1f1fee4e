"""Trials and successes in blocks of time that coarsen with age, and that any order of folding fills alike.

The block of an observation depends on its own time and on the newest time seen, on nothing else: fine blocks
for the newest stretch, coarse blocks before it, one block for the rest. As the newest time only grows, a block
only ever moves into a coarser one, so that merging two tallies equals folding the union of their observations,
exactly. Successes are whole sixty-fourths, because whole numbers add alike in every order.

Clocks: a late observation goes to the block of its own time. A clock that steps ahead coarsens what came before
and loses no count, it only costs resolution. Times that cannot be (NaN, before 1970, after the year 9999) count
as the start of 1970, thus as old.
"""

from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import msgspec

GRAINS = 64  # successes are kept in sixty-fourths of a trial, rounded down: the innocent side
LAST = 253_402_300_799.0  # end of the year 9999, seconds since the epoch


class Grid(NamedTuple):
    """How time is cut.

    Attributes:
        fine: length of a fine block, seconds.
        fines: fine blocks kept, the newest included.
        coarse: fine blocks in a coarse one.
        coarses: coarse blocks kept, the newest included.
    """

    fine: int
    fines: int
    coarse: int
    coarses: int


HOURS = Grid(fine=3_600, fines=24, coarse=24, coarses=14)  # a day by the hour, two weeks by the day
DAYS = Grid(fine=86_400, fines=7, coarse=7, coarses=4)  # a week by the day, four weeks by the week


class Tally(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What was counted.

    Attributes:
        block: newest fine block seen, counted from 1970; -1 if nothing was.
        n: trials in it.
        k: successes in it, sixty-fourths.
        past: (slot, n, k) of each earlier block that is not empty, flat, oldest first. A slot is the block's number
            modulo those kept: fine ones first, then coarse ones, then the rest; so it needs one byte.
    """

    block: int = -1
    n: int = 0
    k: int = 0
    past: tuple[int, ...] = ()


class Row(NamedTuple):
    """One block: the fine block it begins with (-1 for the rest), trials, and successes in sixty-fourths."""

    begins: int
    n: int
    k: int


def block_of(at: float, grid: Grid = HOURS) -> int:
    """Return the fine block of a time, counted from 1970; 0 for a time that cannot be."""
    return int(at // grid.fine) if 0.0 <= at <= LAST else 0


def add(tally: Tally, at: float, x: float, grid: Grid = HOURS) -> Tally:
    """Count one trial at a time (seconds since the epoch) with success x, from 0 to 1."""
    block = block_of(at, grid)
    grains = int(x * GRAINS)
    if block == tally.block:
        return Tally(block, tally.n + 1, tally.k + grains, tally.past)
    if block > tally.block:
        return Tally(block, 1, grains, _aged(tally, block, grid))
    return merge(tally, Tally(block, 1, grains), grid)


def add_all(tally: Tally, times: Sequence[float], successes: Sequence[float], grid: Grid = HOURS) -> Tally:
    """Count trials in their order, as ``add`` one by one: most fall into the newest block, and then it costs little."""
    block, n, k, past, fine = tally.block, tally.n, tally.k, tally.past, grid.fine
    if times and 0 <= block == common_block(times, fine):
        return Tally(block, n + len(times), k + _grains(successes), past)
    for at, x in zip(times, successes, strict=True):
        if 0.0 <= at <= LAST and int(at // fine) == block:
            n += 1
            k += int(x * GRAINS)
        else:
            one = add(Tally(block, n, k, past), at, x, grid)
            block, n, k, past = one.block, one.n, one.k, one.past
    return Tally(block, n, k, past)


def common_block(times: Sequence[float], length: int) -> int:
    """Return the block of so many seconds that all times fall into; -1 if they do not, or one of them cannot be."""
    low, high, total = min(times), max(times), sum(times)
    if total != total or not 0.0 <= low <= high <= LAST:  # noqa: PLR0124 - not a number, whatever least and most are
        return -1
    block = int(low // length)
    return block if block == int(high // length) else -1


def _grains(successes: Sequence[float]) -> int:
    return sum([int(x * GRAINS) for x in successes]) if any(successes) else 0


def rows(tally: Tally, grid: Grid = HOURS) -> list[Row]:
    """Return the blocks that are not empty, oldest first."""
    if tally.block < 0:
        return []
    past, newest = tally.past, tally.block
    found = [Row(_begins(past[i], newest, grid), past[i + 1], past[i + 2]) for i in range(0, len(past), 3)]
    found.append(Row(newest, tally.n, tally.k))
    return found


def columns(tally: Tally) -> tuple[list[int], list[int]]:
    """Return trials, and successes in sixty-fourths, of the blocks that are not empty, oldest first.

    It is ``rows`` without the blocks' times, ten times as fast: bets ask for no times.
    """
    if tally.block < 0:
        return [], []
    return [*tally.past[1::3], tally.n], [*tally.past[2::3], tally.k]


def before(tally: Tally, block: int, grid: Grid = HOURS) -> int:
    """Return how many of the blocks that are not empty begin before a fine block."""
    if tally.block < block:
        return len(tally.past) // 3 + (tally.block >= 0)
    slots, newest = tally.past[::3], tally.block
    return bisect_left(slots, block, key=lambda slot: _begins(slot, newest, grid))


def merge(a: Tally, b: Tally, grid: Grid = HOURS) -> Tally:
    """Return the tally of both streams as one."""
    if a.block < b.block:
        a, b = b, a
    if b.block < 0:
        return a
    newest = a.block
    past = b.past if b.block == newest else _aged(b, newest, grid)
    sums = {a.past[i]: (a.past[i + 1], a.past[i + 2]) for i in range(0, len(a.past), 3)}
    for i in range(0, len(past), 3):
        n, k = sums.get(past[i], (0, 0))
        sums[past[i]] = (n + past[i + 1], k + past[i + 2])
    n, k = (a.n + b.n, a.k + b.k) if b.block == newest else (a.n, a.k)
    # a day and its own first hour may begin alike: the day holds what is older
    order = sorted([(_begins(slot, newest, grid), slot < grid.fines, slot) for slot in sums])
    return Tally(newest, n, k, tuple([v for _, _, slot in order for v in (slot, *sums[slot])]))


def totals(tally: Tally) -> tuple[int, float]:
    """Return trials and successes over all time; successes in trials."""
    return tally.n + sum(tally.past[1::3]), (tally.k + sum(tally.past[2::3])) / GRAINS


def _begins(slot: int, newest: int, grid: Grid) -> int:
    """Return the fine block that a slot begins with; -1 for the rest."""
    if slot < grid.fines:
        return newest - (newest - slot) % grid.fines
    if slot == grid.fines + grid.coarses:
        return -1
    coarse = newest // grid.coarse
    return (coarse - (coarse - slot + grid.fines) % grid.coarses) * grid.coarse


def _slot(begins: int, newest: int, grid: Grid) -> int:
    """Return where a block that begins so is kept once the newest is ``newest``."""
    if begins >= 0 and newest - begins < grid.fines:
        return begins % grid.fines
    coarse = begins // grid.coarse
    if begins >= 0 and newest // grid.coarse - coarse < grid.coarses:
        return grid.fines + coarse % grid.coarses
    return grid.fines + grid.coarses


@lru_cache(maxsize=1024)
def _moves(block: int, newest: int, grid: Grid) -> tuple[int, ...]:
    """Return, by slot, where it is kept once a newer block is the newest; subjects share their hours, so few differ."""
    return tuple([_slot(_begins(slot, block, grid), newest, grid) for slot in range(grid.fines + grid.coarses + 1)])


def _aged(tally: Tally, newest: int, grid: Grid) -> tuple[int, ...]:
    """Return all of a tally as the past of a newer block: blocks coarsen in place, as their order stays."""
    if tally.block < 0:
        return ()
    moves, past = _moves(tally.block, newest, grid), (*tally.past, tally.block % grid.fines, tally.n, tally.k)
    flat: list[int] = []
    last = -1
    for i in range(0, len(past), 3):
        slot = moves[past[i]]
        if slot == last:
            flat[-2] += past[i + 1]
            flat[-1] += past[i + 2]
        else:
            flat += (slot, past[i + 1], past[i + 2])
            last = slot
    return tuple(flat)
