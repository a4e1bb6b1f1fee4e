"""`make bench`: the relay's figures, alternating with nginx, Envoy and LiteLLM in one run."""

import argparse
import contextlib
import shutil
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from tests.bench import load, peers
from tests.bench.analysis import observations_per_core_second
from tests.bench.cpu import cpu_seconds, resident_mib
from tests.bench.report import Figure, write

Samples = dict[tuple[str, str], list[float]]
NOTES = """
One core for the relay under test, the other for load and model; set-ups alternate within a round. CPU is run time of
all threads of the relay's process tree (`/proc` schedstat) divided by the exchanges that it answered; a share or a
ratio is taken within a round, and the median over the rounds is given. The guard runs with identity, standing
decisions (a thousand, on other keys), journal (SQLite, every exchange with its text) and metrics on; the analyst is
another process and is measured by itself. The others are plain relays. `added_*` is the median with one client, less
the median without any relay in the same round; for `added_first_chunk_ms` the model begins at once and one stream
follows another, for `added_first_chunk_paced_ms` it begins after 20 ms and every process on the way has gone idle in
between, so that the machine's own wake-ups and cold caches count, four of them for one relay.
"""


def _round(folder: Path, seconds: float, samples: Samples) -> None:
    """Measure everybody once."""
    with peers.models(folder) as (plain, stream):
        direct = f"http://127.0.0.1:{plain}/v1/chat/completions"
        samples["direct", "median_ms"].append(load.plain(direct, folder, connections=1, seconds=seconds).median_ms)
        _first("direct", stream, seconds, samples)
        for start in (peers.nginx, peers.guard, *([peers.envoy] if (peers.PEERS / "envoy").exists() else [])):
            with start(folder, plain, stream) as peer:
                _one(peer, folder, seconds, samples)
        if (peers.PEERS / "litellm").exists():
            with peers.litellm(folder, plain) as peer:
                _plain_cpu(peer, folder, seconds * 2, samples, keys=1)


def _one(peer: peers.Peer, folder: Path, seconds: float, samples: Samples) -> None:
    _plain_cpu(peer, folder, seconds, samples)
    single = load.plain(peer.url, folder, connections=1, seconds=seconds)
    samples[peer.name, "median_ms"].append(single.median_ms)
    _first(peer.name, peer.stream_port, seconds, samples)
    before = cpu_seconds(peer.pid)
    many = load.streamed("127.0.0.1", peer.stream_port, streams=16, seconds=seconds)
    samples[peer.name, "chunk_cpu_us"].append((cpu_seconds(peer.pid) - before) / many.chunks * 1e6)


def _first(name: str, port: int, seconds: float, samples: Samples) -> None:
    """Measure the time to the first chunk for one client: back to back, and of paced streams on idle cores."""
    at_once = load.streamed("127.0.0.1", port, streams=1, seconds=seconds, body=load.AT_ONCE)
    samples[name, "first_ms"].append(at_once.first_ms)
    samples[name, "first_paced_ms"].append(load.streamed("127.0.0.1", port, streams=1, seconds=seconds).first_ms)


def _plain_cpu(peer: peers.Peer, folder: Path, seconds: float, samples: Samples, keys: int = 64) -> None:
    load.plain(peer.url, folder, connections=64, seconds=1.0, keys=keys)  # warm
    before = cpu_seconds(peer.pid)
    busy = load.plain(peer.url, folder, connections=64, seconds=seconds, keys=keys)
    if busy.failures:
        print(f"  {peer.name}: {busy.failures} of {busy.requests} failed")  # noqa: T201
    samples[peer.name, "cpu_us"].append((cpu_seconds(peer.pid) - before) / max(1, busy.requests) * 1e6)
    samples[peer.name, "rps"].append(busy.requests / seconds)


def _memory(folder: Path, requests: int, keys: int) -> list[float]:
    """Send many requests of many clients; return resident MiB of the proxy at ten points on the way."""
    points: list[float] = []
    with peers.models(folder) as (plain, stream), peers.guard(folder, plain, stream) as peer:
        sent = 0
        while sent < requests:
            sent += load.plain(peer.url, folder, connections=32, seconds=10, keys=keys).requests
            if sent >= requests * (len(points) + 1) / 10:
                points.append(resident_mib(peer.pid))
    return points


def _figure(name: str, unit: str, op: str, bars: tuple[float | None, float | None], values: list[float]) -> Figure:
    if not values:
        return Figure(name, None, unit, op, *bars, 0)
    return Figure(name, statistics.median(values), unit, op, *bars, len(values), (min(values), max(values)))


def _figures(samples: Samples, memory: list[float], folded: list[float]) -> list[Figure]:
    def each(take: Callable[[float, float], float], a: tuple[str, str], b: tuple[str, str]) -> list[float]:
        return [take(x, y) for x, y in zip(samples[a], samples[b], strict=False)]

    def over(x: float, y: float) -> float:
        return x / y

    def less(x: float, y: float) -> float:
        return x - y

    def added(what: str) -> list[float]:
        return each(less, ("guard", what), ("direct", what))

    growth = memory[-1] - memory[len(memory) // 2] if memory else None
    return [
        _figure("nginx_share", "share", ">=", (0.20, 0.40), each(over, ("nginx", "cpu_us"), ("guard", "cpu_us"))),
        _figure("litellm_ratio", "ratio", ">=", (60, 150), each(over, ("litellm", "cpu_us"), ("guard", "cpu_us"))),
        _figure("added_median_ms", "ms", "<=", (0.5, 0.25), added("median_ms")),
        _figure("added_first_chunk_ms", "ms", "<=", (0.7, 0.4), added("first_ms")),
        _figure("added_first_chunk_paced_ms", "ms", "<=", (None, None), added("first_paced_ms")),
        _figure("chunk_cpu_us", "µs", "<=", (80, 50), samples["guard", "chunk_cpu_us"]),
        _figure("resident_mib", "MiB", "<=", (150, 80), memory[-1:]),
        Figure("resident_growth_mib", growth, "MiB over the second half", "<=", None, None, len(memory)),
        _figure("observations_per_core_second", "1/s", ">=", (3_000, 10_000), folded),
        *(_anchor(who, what, values) for (who, what), values in sorted(samples.items()) if values),
    ]


def _anchor(who: str, what: str, values: list[float]) -> Figure:
    unit = {"cpu_us": "µs/request", "rps": "1/s", "chunk_cpu_us": "µs"}.get(what, "ms")
    bounds = (min(values), max(values))
    return Figure(f"{who}_{what}", statistics.median(values), unit, "<=", None, None, len(values), bounds)


def main() -> None:
    """Run the rounds and write the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--memory-requests", type=int, default=1_000_000)
    parser.add_argument("--memory-clients", type=int, default=100_000)
    options = parser.parse_args()
    if not shutil.which("nginx") or not shutil.which("wrk"):
        parser.error("nginx and wrk are needed (Debian packages nginx-light and wrk)")
    samples: Samples = defaultdict(list)
    with tempfile.TemporaryDirectory() as name, contextlib.suppress(KeyboardInterrupt):
        folder = Path(name)
        folder.chmod(0o755)
        for number in range(options.rounds):
            print(f"round {number + 1} of {options.rounds}", flush=True)  # noqa: T201
            _round(folder, options.seconds, samples)
        folded = [observations_per_core_second() for _ in range(options.rounds)]
        memory = _memory(folder, options.memory_requests, options.memory_clients) if options.memory_requests else []
        print(write("relay", "make bench", _figures(samples, memory, folded), NOTES))  # noqa: T201


if __name__ == "__main__":
    main()
