"""`python -m tests.bench.linkage`: what finding groups among 50,000 live subjects costs, in time and memory."""

import argparse
import resource
from collections.abc import Iterator
from itertools import islice
from time import process_time

import numpy as np
from threadpoolctl import threadpool_limits

from detectors.linkage.base import TOPIC, Id, Imprint, Mark
from gateway.finding import ByAtlas
from gateway.known import KnownMarks
from tests.bench.report import Figure, write

HARVESTERS, USERS, OFFICES = 2_000, 10_000, 40  # keys of the campaign; users of one harness; subjects of each office
Direction = np.ndarray[tuple[int], np.dtype[np.float64]]
CHANGED = 2_000  # subjects of an incremental pass: a minute of three million exchanges a day, each of another subject
DAYS = 14
NOTES = """
Seconds are of processor time, of a process of its own with one thread of linear algebra. Live subjects are made up: a
campaign of 2,000 keys, each with its own rewording and network, four kinds of client, questions of one list; one
harness with 10,000 users; offices of 40 behind one address; the others on their own, with log-normal loads, a dozen
clients, and a prompt of their own each, unlike all others: that is the dearest there is, since every prompt leads. A
full pass takes in every imprint and forms the groups; an incremental pass takes in 2,000 changed subjects, half of
them with a new prompt, and forms the groups anew: what is found is what a full pass finds (tested). Resident memory
is the peak of the process less what the imprints that it is fed with take, which a linker reads one by one. Users of
the harness who are in no group have asked less than three questions.

Groups are sorted into pools, and keep their names. Grouping is what a pass costs in which nothing changed. The plan
for a fleet is in `docs/linkage.md`.
"""


class People:
    """Made-up subjects, one seed, one result."""

    def __init__(self, seed: int = 1) -> None:
        self._rng = np.random.default_rng(seed)
        self._clients = [self.print() for _ in range(12)]
        self._pool = self._rng.normal(size=TOPIC)
        self._work = self._rng.normal(size=TOPIC)
        self._harness = (self.print(), self.wording(self._rng.normal(size=TOPIC), 0.0))

    def print(self) -> int:
        return int(self._rng.integers(1, 2**63))

    def wording(self, base: Direction, apart: float) -> bytes:
        vector = base + apart * self._rng.normal(size=TOPIC)
        small: bytes = (vector * 127.0 / np.abs(vector).max()).astype(np.int8).tobytes()
        return small

    def subjects(self, many: int) -> Iterator[tuple[Id, Imprint]]:
        """Yield all of them, named by what they are."""
        for number in range(HARVESTERS):
            frame = self.wording(self._pool, 0.5)
            yield f"key:pool-{number}", self._imprint(self.print(), frame, self.print(), number % 4, 60, self._work)
        for number in range(USERS):
            own = self._rng.normal(size=TOPIC)
            yield f"key:user-{number}", self._imprint(*self._harness, self.print(), 5, self._load(), own)
        office = 0
        for number in range(many - HARVESTERS - USERS):
            office = self.print() if number % OFFICES == 0 else office
            at_work = number < (many - HARVESTERS - USERS) // 5
            yield f"key:own-{number}", self.individual(office if at_work else self.print())

    def individual(self, network: int) -> Imprint:
        client = min(int(self._rng.zipf(1.5)), len(self._clients)) - 1
        frame = self.wording(self._rng.normal(size=TOPIC), 0.0)
        return self._imprint(self.print(), frame, network, client, self._load(), self._rng.normal(size=TOPIC))

    def _load(self) -> int:
        return 1 + int(self._rng.lognormal(3.0, 1.2))

    def _topic(self, own: Direction, load: int) -> bytes:
        """Return the sum of so many unit vectors, half of each of what the subject always asks about."""
        summed = 0.5 * load * own / np.linalg.norm(own) + self._rng.normal(size=TOPIC) * np.sqrt(0.75 * load / TOPIC)
        topic: bytes = summed.astype("<f4").tobytes()
        return topic

    def _imprint(self, scaffold: int, frame: bytes, network: int, client: int, load: int, own: Direction) -> Imprint:
        began = 1.7e9 + float(self._rng.integers(0, 7 * 86_400))

        def shown(*values: int) -> tuple[Mark, ...]:
            return tuple(Mark(value, load, began, began + 6e5) for value in values)

        payloads = np.sort(self._rng.integers(1, 2**63, min(load, 64), dtype=np.uint64)).tobytes()
        hours = self._rng.integers(0, 3, DAYS * 24, dtype=np.uint8).tobytes()
        return Imprint(
            exchanges=load, first_at=began, last_at=began + 6e5, scaffolds=shown(scaffold), frames=((scaffold, frame),),
            openings=shown(self.print(), self.print()), networks=shown(network), asns=shown(1 + network % 50),
            clients=shown(self._clients[client]), tls=shown(1 + client // 2),
            habits=shown(1 + client // 3 + network % 3), hours=hours, payloads=payloads, single=load,
            asked=(load * 5.0, load * 26.0), taken=(load * 6.0, load * 37.0), vectors=load,
            topic=self._topic(own, load),
        )  # fmt: skip


def _mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(many: int, passes: int) -> list[Figure]:
    """Run one full pass and some incremental ones."""
    people = People()
    subjects = dict(people.subjects(many))
    fed, finds, gone = _mib(), ByAtlas({}, KnownMarks()), frozenset[Id]()
    began = process_time()
    found = finds.find(subjects, gone, {})
    full, again = process_time() - began, list[float]()
    groups = list(found.values())
    before = {name: frozenset(group.members) for name, group in found.items()}
    for number in range(passes):
        changed = dict(islice(subjects.items(), number * CHANGED, (number + 1) * CHANGED))
        names = list(changed)[: CHANGED // 2]
        changed |= {name: people.individual(people.print()) for name in names}
        began = process_time()
        finds.find(changed, gone, before)
        again.append(process_time() - began)
    began = process_time()
    finds.find({}, gone, before)
    group = process_time() - began
    sizes = sorted((len(group.members) for group in groups), reverse=True)
    pools = [sum(member.startswith("key:pool") for member in group.members) for group in groups]
    return [
        Figure("full_pass_s", full, "s", "<=", 60.0, 20.0, 1),
        Figure("incremental_pass_s", float(np.median(again)), "s", "<=", 5.0, 2.0, passes, (min(again), max(again))),
        Figure("resident_mib", _mib() - fed, "MiB", "<=", 1024.0, 512.0, 1),
        Figure("take_in_us_per_subject", (full - group) / many * 1e6, "µs", "<=", None, None, many),
        Figure("group_us_per_subject", group / many * 1e6, "µs", "<=", None, None, many),
        Figure("bytes_per_subject", (_mib() - fed) * 2**20 / many, "B", "<=", None, None, many),
        Figure("groups", float(len(groups)), "", "<=", None, None, many),
        Figure("largest_group", float(sizes[0] if sizes else 0), "subjects", ">=", None, None, USERS),
        Figure("pool_in_one_group", max(pools, default=0) / HARVESTERS, "share", ">=", None, None, HARVESTERS),
    ]


def main() -> None:
    """Measure and write the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.linkage")
    parser.add_argument("--subjects", type=int, default=50_000)
    parser.add_argument("--passes", type=int, default=5)
    options = parser.parse_args()
    if options.subjects <= HARVESTERS + USERS:
        parser.error(f"--subjects must be more than {HARVESTERS + USERS}")
    with threadpool_limits(1):
        figures = measured(options.subjects, options.passes)
    print(write("linkage", "python -m tests.bench.linkage", figures, NOTES))  # noqa: T201


if __name__ == "__main__":
    main()
