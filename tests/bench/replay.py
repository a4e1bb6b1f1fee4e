"""`python -m tests.bench.replay`: how fast recorded traffic is folded, beside an anchor in the same run."""

import argparse
import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from detectors.base import AnswerObservation, QueryObservation
from gateway.birth import spare_collector
from gateway.exchange import Exchange
from gateway.features import Features
from gateway.replay.crew import Order
from gateway.replay.merging import blocks
from gateway.replay.reading import Reader
from gateway.replay.run import Account, Watching, replay, rules_of, shipped
from gateway.replay.sources import Source
from tests.bench.recorded import encoded, traffic
from tests.bench.report import Figure, write

NOTES = """
Own-written traffic of every honest kind and every kind of distiller of the lab, a week each, in the dialects of OpenAI,
Anthropic and Gemini; the shipped configuration, baseline and policy; account, key and network of a tenant always come
together here, and one tenant in seven names its users. `replay_exchanges_per_core_second` is good lines over processor
seconds (user and system) of everything from opening the file to the last decision, in one process. The anchor is
`json.loads` and SHA-256 of each line, in the same process and round; the ratio is how many times the anchor's time a
replay takes. `replay_two_jobs_core_share` is the same rate with two processes over that with one: what sharing out
costs in processor time, their start left out. `replay_speedup_two_jobs` is by the clock on the wall, on whatever cores
the machine had to spare. `replay_reading_us`, `replay_features_us` and `replay_folding_us` part the processor time of
one more pass: lines and dialects; text to observations; detectors, weighing and policy. `replay_resident_mib` is the
peak of a run over so many tenants as `n` says, of a few exchanges each.
"""


Pair: TypeAlias = tuple[QueryObservation, AnswerObservation]


def _run(file: Path, jobs: int, out: Path) -> Account:
    with out.open("wb") as writing:
        return replay([Source(file)], _order(jobs), writing, Watching(lambda _: None, lambda *_: None))


def _anchor(file: Path) -> float:
    """Return processor seconds that decoding and hashing every line takes."""
    began = time.process_time()
    with file.open("rb") as lines:
        for line in lines:
            json.loads(line)
            hashlib.sha256(line).digest()
    return time.process_time() - began


def _stages(file: Path) -> dict[str, float]:
    """Return processor microseconds an exchange of reading without features, of features, and of folding."""
    order = _order(1)
    reader, share = Reader(order.config), order.share()
    spent = dict.fromkeys(("reading", "features", "folding"), 0.0)
    lines = 0
    observe = Features.observe_all

    def timed(self: Features, exchanges: Sequence[Exchange]) -> list[Pair]:
        began = time.process_time_ns()
        found = observe(self, exchanges)
        spent["features"] += time.process_time_ns() - began
        return found

    Features.observe_all = timed  # type: ignore[method-assign]  # timed from outside, for one pass only
    try:
        for block in blocks([Source(file)]):
            began = time.process_time_ns()
            found = reader.read(block)
            read = time.process_time_ns()
            share.fold(found.groups, 0.0)
            spent["reading"] += read - began
            spent["folding"] += time.process_time_ns() - read
            lines += len(found.times)
    finally:
        Features.observe_all = observe  # type: ignore[method-assign]  # as it was
        share.close()
    spent["reading"] -= spent["features"]
    return {name: nanoseconds / 1000 / lines for name, nanoseconds in spent.items()}


def _order(jobs: int) -> Order:
    config = shipped()
    return Order(config, rules_of(config), jobs)


def _many(tenants: int) -> Iterator[dict[str, Any]]:
    """Yield two exchanges of each of many tenants: one week's client, under ever new names."""
    mould = [msgspec.json.encode(line) for line in list(traffic(1, days=1, most=2))]
    for number in range(tenants):
        line = msgspec.json.decode(mould[number % len(mould)])
        for again in range(2):
            address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
            names = {"account": f"b{number}", "key": f"c{number}", "address": address}
            yield line | names | {"at": 1764850000.0 + number + again / 2}


def _resident(tenants: int, folder: Path) -> float:
    """Return peak resident MiB of a process that folds many tenants."""
    file = folder / "many.jsonl"
    with file.open("wb") as lines:
        for line in _many(tenants):
            lines.write(msgspec.json.encode(line) + b"\n")
    command = [sys.executable, "-m", "gateway.cli", "replay", str(file), "-o", "json"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit("the run over many tenants failed")
    return usage.ru_maxrss / 1024


def _figure(name: str, values: list[float], unit: str, op: str, bars: tuple[float | None, float | None]) -> Figure:
    if not values:
        return Figure(name, None, unit, op, *bars, 0)
    return Figure(name, statistics.median(values), unit, op, *bars, len(values), (min(values), max(values)))


def _measure(rounds: int, seeds: int, tenants: int, folder: Path) -> list[Figure]:
    file = folder / "log.jsonl"
    file.write_bytes(encoded(traffic(seeds)))
    (folder / "empty").touch()
    empty = _run(folder / "empty", 2, folder / "none").core_seconds
    spare_collector()
    single, ratios, walls, double = list[float](), list[float](), list[float](), list[float]()
    lines = 0
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", flush=True)  # noqa: T201
        anchor = _anchor(file)
        one, two = _run(file, 1, folder / "one"), _run(file, 2, folder / "two")
        if (folder / "one").read_bytes() != (folder / "two").read_bytes():
            raise SystemExit("two processes decided otherwise than one")
        lines = one.exchanges
        single.append(one.exchanges / one.core_seconds)
        ratios.append(one.core_seconds / anchor)
        walls.append(one.seconds / two.seconds)
        double.append(one.core_seconds / (two.core_seconds - empty))
    size = file.stat().st_size / lines
    stages = _stages(file)
    resident = [_resident(tenants, folder)] if tenants else []
    return [
        _figure("replay_exchanges_per_core_second", single, "1/s", ">=", (10_000, 20_000)),
        _figure("replay_anchor_ratio", ratios, "times json.loads and sha256", "<=", (None, None)),
        _figure("replay_two_jobs_core_share", double, "share", ">=", (None, None)),
        _figure("replay_speedup_two_jobs", walls, "ratio", ">=", (None, None)),
        *(Figure(f"replay_{name}_us", value, "µs/exchange", "<=", None, None, lines) for name, value in stages.items()),
        Figure("replay_line_bytes", size, "bytes", "<=", None, None, lines),
        Figure("replay_resident_mib", resident[0] if resident else None, "MiB", "<=", None, None, tenants),
    ]


def main() -> None:
    """Run the rounds and write the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.replay")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seeds", type=int, default=4, help="clients of each kind")
    parser.add_argument("--tenants", type=int, default=200_000, help="tenants of the memory run; 0 leaves it out")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        figures = _measure(options.rounds, options.seeds, options.tenants, Path(name))
    print(write("replay", "python -m tests.bench.replay", figures, NOTES))  # noqa: T201


if __name__ == "__main__":
    main()
