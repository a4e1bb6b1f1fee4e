"""`python -m tests.bench.ledgers --pack FOLDER`: what ledgers cost and hold, and how often they err on the honest."""

import argparse
import heapq
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np

from detectors.base import AnswerObservation, QueryObservation
from detectors.lab.pack import Pack
from detectors.lab.population import Tenant, population
from detectors.lab.traffic import Asked, Said
from detectors.linkage.base import partner_mark
from detectors.linkage.holders import Deal
from detectors.linkage.ledger import SLOT, Table
from gateway.config import Ledgers as Settings
from gateway.features import PASSAGES, SERVED, Features
from gateway.ledger import Ledgers
from gateway.ledger_file import slots_in
from gateway.rehearsal import exchange
from tests.bench.report import Figure, write

NOW = 1_800_000_000.0  # seconds since the epoch
BATCH = 512  # exchanges, as the analyst folds them
BATCHES = 60  # in one round
ROUNDS = 5
BLOBS = 4  # pieces of reasoning that a question hands back
OFTEN = 3  # hits from which on an account is hit
LONG = 200  # characters of an answer worth cleaning
CLEANED = 2000  # answers that are handed in
LEAD = "Clean up this answer for a data set: remove refusals and filler, keep all steps.\n\n"
TOGETHER = 64  # exchanges whose features are worked out at once
NOTES = """
`ledger_us_per_exchange`: both ledgers at their default size, half full, in memory; batches of 512 exchanges with 24
passages, 4 served, 4 pieces of reasoning handed back and one served each: looked up and entered, run time of one core.
`table_*`: the bare table. `mib_per_million_answers`: slots that a million answers take. `evicted_share_*`: of what is
entered while a table is filled once with as much as half its slots, and all of them.

`false_hits`: the honest accounts of the learning half, all in one stream by time, against both ledgers of default size.
A hit is a question that hands in what another account was served; `honest_accounts_hit` are accounts with three hits
and more. The answers of the laboratory are made up, of one vocabulary for all, and repeat their questions as models do:
the shares say how the rule of two passages and common text behaves, not how often your clients share text.
`cleaned_seen`: after that stream a stranger hands in longer answers of its last seven days to be cleaned, behind a
lead-in of some 80 characters; the share that is a hit. The rest is common text, or was pushed out.
"""


class Heard(NamedTuple):
    """What the ledgers said of one account."""

    tenant: Tenant
    questions: int
    returned: int
    foreign: int
    presented: int


def _deals(dice: Random, count: int, at: float) -> list[Deal]:
    def prints(n: int) -> tuple[int, ...]:
        return tuple([dice.getrandbits(64) for _ in range(n)])

    deals = []
    for _ in range(count):
        asked = QueryObservation(at=at, passages=prints(PASSAGES), presented=prints(BLOBS))
        said = AnswerObservation(at=at + 1.0, query=asked, passages=prints(SERVED), served=prints(1))
        deals.append(Deal(dice.getrandbits(64) | 1, said))
    return deals


def _cost() -> list[float]:
    """Return microseconds an exchange, by round."""
    ledgers, dice, rounds = Ledgers(Settings(), None), Random(1), []
    for first in range(ROUNDS):
        spent = 0.0
        for number in range(BATCHES):
            deals = _deals(dice, BATCH, NOW + 60.0 * (first * BATCHES + number))
            began = time.thread_time()
            ledgers.noted(deals)
            ledgers.keep()
            spent += time.thread_time() - began
        rounds.append(spent / BATCH / BATCHES * 1e6)
    return rounds


def _table() -> tuple[list[float], list[float], list[float]]:
    """Return microseconds to find and to enter a fingerprint, and the share pushed out at half and at full load."""
    slots = slots_in(Settings().recirculation.size)
    table, dice = Table(np.zeros((slots, 2), np.uint64), keep=24), np.random.default_rng(1)
    find, enter, evicted, pushed = [], [], [], 0
    some = slots // 16
    for part in range(16):
        served, owners = (dice.integers(1, 2**64, some, dtype=np.uint64) for _ in range(2))
        at, notes = np.full(some, NOW + part * 3600.0), np.zeros(some, np.int64)
        began = time.thread_time()
        for cut in np.array_split(np.arange(some), max(1, some // 2048)):
            pushed += table.enter(served[cut], owners[cut], notes[cut], at[cut]).evicted
        enter.append((time.thread_time() - began) / some * 1e6)
        began = time.thread_time()
        for cut in np.array_split(np.arange(some), max(1, some // 2048)):
            table.find(served[cut] + np.uint64(1), at[cut])
        find.append((time.thread_time() - began) / some * 1e6)
        if part in {7, 15}:
            evicted.append(pushed / (some * (part + 1)))
    return find, enter, evicted


def _stream(tenants: Sequence[Tenant], most: int) -> Iterator[tuple[int, Asked]]:
    """Yield exchanges of all accounts by the time of their ends."""

    def own(number: int, tenant: Tenant) -> Iterator[tuple[float, int, Asked]]:
        lived = sorted(islice(tenant.exchanges(), most), key=lambda one: one.at + one.took)
        return ((one.at + one.took, number, one) for one in lived)

    for _, number, asked in heapq.merge(*[own(*pair) for pair in enumerate(tenants)], key=lambda row: row[:2]):
        yield number, asked


def _heard(tenants: Sequence[Tenant], most: int) -> tuple[list[Heard], list[bool]]:
    """Play all accounts through the ledgers; return what is said of each, and whether cleaning is seen then."""
    ledgers, features = Ledgers(Settings(), None), Features(b"bench")
    answers: list[tuple[float, str]] = []
    marks = [partner_mark(f"account:{tenant.account}") for tenant in tenants]
    questions, returned, foreign, presented = (Counter[int]() for _ in range(4))
    stream = ((number, asked) for number, asked in _stream(tenants, most) if asked.choices)
    while some := list(islice(stream, TOGETHER)):
        pairs = features.observe_all([exchange(asked) for _, asked in some])
        deals = [Deal(marks[number], answer) for (number, _), (_, answer) in zip(some, pairs, strict=True)]
        for (number, _), answer in zip(some, ledgers.noted(deals), strict=True):
            kinds = {taking.kind for taking in answer.query.takings}
            questions[number] += 1
            returned[number] += "recirculation" in kinds
            foreign[number] += "reasoning" in kinds
            presented[number] += bool(answer.query.presented)
        ledgers.keep()
        answers += [(one.at + one.took, one.answer) for _, one in some if len(one.answer) >= LONG]
    newest = max((at for at, _ in answers), default=0.0) - Settings().recirculation.keep
    answers = [(at, text) for at, text in answers if at > newest]
    heard = [Heard(one, questions[i], returned[i], foreign[i], presented[i]) for i, one in enumerate(tenants)]
    return heard, _cleaned(ledgers, features, answers[:: max(1, len(answers) // CLEANED)])


def _cleaned(ledgers: Ledgers, features: Features, answers: Sequence[tuple[float, str]]) -> list[bool]:
    """Hand answers in as a stranger's questions."""
    last = max(at for at, _ in answers)
    asked = [Asked(at=last, turns=(Said("user", LEAD + text),), choices=("Done.",)) for _, text in answers]
    pairs = features.observe_all([exchange(one) for one in asked])
    return [bool(one.query.takings) for one in ledgers.noted([Deal(1, answer) for _, answer in pairs])]


def _told(heard: Sequence[Heard], cleaned: Sequence[bool]) -> list[Figure]:
    honest = [one for one in heard if one.tenant.label == "benign"]
    asked, handed = sum(one.questions for one in honest), sum(one.presented for one in honest)
    hit = [one for one in honest if one.returned >= OFTEN]
    returned, foreign = sum(one.returned for one in honest), sum(one.foreign for one in honest)
    return [
        Figure("false_hits_recirculation", returned / max(1, asked), "share", "<=", None, None, asked),
        Figure("false_hits_reasoning", foreign / max(1, handed), "share", "<=", None, None, handed),
        Figure("honest_accounts_hit", len(hit) / max(1, len(honest)), "share", "<=", None, None, len(honest)),
        Figure("cleaned_seen", sum(cleaned) / max(1, len(cleaned)), "share", ">=", None, None, len(cleaned)),
    ]


def main() -> None:
    """Measure and write the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.ledgers", description=__doc__)
    parser.add_argument("--pack", type=Path)
    parser.add_argument("--size", type=float, default=1.0, help="of the population")
    parser.add_argument("--most", type=int, default=200, help="exchanges an account, at most")
    options = parser.parse_args()
    cost, (find, enter, evicted) = _cost(), _table()
    pack = Pack(options.pack) if options.pack else None
    heard = _heard(population(pack, "learn", size=options.size, adversaries=0.0), options.most)
    figures = [
        Figure("ledger_us_per_exchange", statistics.median(cost), "µs", "<=", None, None, ROUNDS, _range(cost)),
        Figure("table_find_us", statistics.median(find), "µs", "<=", 1.0, 0.5, len(find), _range(find)),
        Figure("table_enter_us", statistics.median(enter), "µs", "<=", 1.0, 1.0, len(enter), _range(enter)),
        Figure("mib_per_million_answers", SERVED * SLOT * 1e6 / 2**20, "MiB", "<=", None, None, 1),
        Figure("evicted_share_half", evicted[0], "share", "<=", None, None, 1),
        Figure("evicted_share_full", evicted[1], "share", "<=", None, None, 1),
        *_told(*heard),
    ]
    command = f"python -m tests.bench.ledgers --size {options.size:g} --most {options.most}"
    print(write("ledgers", command + (" --pack FOLDER" if options.pack else ""), figures, NOTES))  # noqa: T201


def _range(values: Sequence[float]) -> tuple[float, float]:
    return min(values), max(values)


if __name__ == "__main__":
    main()
