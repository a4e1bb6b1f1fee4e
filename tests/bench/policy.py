"""`python -m tests.bench.policy`: what rules and standing decisions cost, on the path and in the analyst."""

import argparse
import contextlib
import shutil
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from gateway.clock import now
from gateway.decisions import Decision, Mode, Subject
from gateway.identity import key_hash
from gateway.secret import secret
from gateway.stores.base import Folded
from gateway.stores.sqlite import SqliteStore
from tests.bench import load, peers
from tests.bench.analysis import observations_per_core_second
from tests.bench.cpu import cpu_seconds
from tests.bench.report import Figure, write

RULES, DECISIONS, ASKING = 50, 10_000, 64
NOTES = """
On the path: three proxy processes on one core, load and model on the other; each is loaded in turn, several times a
round, and CPU is run time of all its threads (`/proc` schedstat) by the requests that it answered. `none` has no
decision. `others` has 10,000 standing decisions of 50 rules on keys that do not ask, so that every query is looked up
among them. `laden` has the same, and on each of the 64 keys that ask one of them stands, in force (*watch*): the
action is built, asked and counted for every request. A ratio is taken within a turn; the median over all turns is
given, and `same_cpu_ratio` is that of a second `none` to the first: what this machine makes of no difference at all.
In the analyst: observations a core folds in a second under a policy of 50 rules with conditions, over those under one
rule that is never met, alternating.
"""


def decided(data: Path, *, asking: bool) -> None:
    """Let 10,000 decisions stand; on the keys that ask too, if they are to."""
    salt, at = secret(data / "secret"), now()
    keys = [f"{number:032x}" for number in range(DECISIONS)]
    if asking:
        keys[:ASKING] = [key_hash(salt, f"Bearer sk-bench-{number}") for number in range(ASKING)]
    with contextlib.closing(SqliteStore(data)) as store:
        taken = [_decision(number, key, at, "enforce") for number, key in enumerate(keys)]
        store.commit(Folded(upto=0, cases={}, decisions=taken, at=at))


def _decision(number: int, key: str, at: float, mode: Mode) -> Decision:
    return Decision(
        id=f"dec_{number}", subject=Subject("key", key), action="watch", severity=1, at=at, until=at + 86_400.0,
        policy="bench", rule=f"rule-{number % RULES}", revision="bench", mode=mode, weight=14.0,
        families={"content": 7.0, "interface": 7.0},
    )  # fmt: skip


def _nothing(_: Path) -> None:
    """Let no decision stand."""


def _laden(data: Path) -> None:
    decided(data, asking=True)


def _others(data: Path) -> None:
    decided(data, asking=False)


SETUPS: dict[str, Callable[[Path], None]] = {"none": _nothing, "same": _nothing, "others": _others, "laden": _laden}


def path_round(folder: Path, seconds: float, turns: int, samples: dict[str, list[float]]) -> None:
    """Load each set-up in turn; note microseconds of CPU a request."""
    with contextlib.ExitStack() as stack:
        plain, stream = stack.enter_context(peers.models(folder))
        relays = {
            name: stack.enter_context(peers.guard(folder, plain, stream, name, decide))
            for name, decide in SETUPS.items()
        }
        for relay in relays.values():
            load.plain(relay.url, folder, connections=ASKING, seconds=2.0, keys=ASKING)  # warm
        for turn in range(turns):
            first = turn % len(relays)
            taken = {name: _cpu_us(relays[name], folder, seconds) for name in [*SETUPS][first:] + [*SETUPS][:first]}
            for name, value in (
                taken.items() if all(taken.values()) else ()
            ):  # a machine too busy to answer says nothing
                samples[name].append(value)


def _cpu_us(relay: peers.Peer, folder: Path, seconds: float) -> float:
    """Return microseconds of CPU a request under load; 0 if none was answered."""
    before = cpu_seconds(relay.pid)
    done = load.plain(relay.url, folder, connections=ASKING, seconds=seconds, keys=ASKING)
    return (cpu_seconds(relay.pid) - before) / done.requests * 1e6 if done.requests else 0.0


RULE = """  - {{rule: rule-{n}, one_in: 1e{n}, families: 2, action: watch, for: 1h,
     when: 'harvest.completion_tokens > {n}.0 && "bench-{n}" in models && class.chat < 0.9'}}
"""


def policies(folder: Path) -> dict[str, Path]:
    """Write a policy of 50 rules and one of a single rule that nobody meets."""
    one = "policy: bench\nmode: shadow\nrungs:\n  - {rule: never, one_in: 1e300, action: watch, for: 1h}\n"
    fifty = "policy: bench\nmode: shadow\nrungs:\n" + "".join(RULE.format(n=n) for n in range(1, RULES + 1))
    found = {"one": folder / "one.yaml", "fifty": folder / "fifty.yaml"}
    found["one"].write_text(one)
    found["fifty"].write_text(fifty)
    return found


def _figures(samples: dict[str, list[float]]) -> list[Figure]:
    def ratio(name: str, of: str, over: str, bars: tuple[float, float] | None = None, op: str = "<=") -> Figure:
        values = [a / b for a, b in zip(samples[of], samples[over], strict=True)]
        bounds = (min(values), max(values)) if values else None
        must, aim = bars or (None, None)
        return Figure(name, statistics.median(values) if values else None, "ratio", op, must, aim, len(values), bounds)

    def anchor(name: str, unit: str, label: str, op: str) -> Figure:
        found = samples[name]
        bounds = (min(found), max(found))
        return Figure(f"{name}_{unit}", statistics.median(found), label, op, None, None, len(found), bounds)

    return [
        ratio("policy_cpu_ratio", "laden", "none", (1.10, 1.05)),
        ratio("lookup_cpu_ratio", "others", "none"),
        ratio("same_cpu_ratio", "same", "none"),
        ratio("policy_fold_share", "fifty", "one", op=">="),
        *(anchor(name, "cpu_us", "µs/request", "<=") for name in SETUPS),
        *(anchor(name, "observations_per_core_second", "1/s", ">=") for name in ("one", "fifty")),
    ]


def main() -> None:
    """Run the rounds and write the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.policy")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--turns", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=4.0)
    options = parser.parse_args()
    if not shutil.which("nginx") or not shutil.which("wrk"):
        parser.error("nginx and wrk are needed (Debian packages nginx-light and wrk)")
    samples: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        for number in range(options.rounds):
            print(f"round {number + 1} of {options.rounds}", flush=True)  # noqa: T201
            path_round(folder, options.seconds, options.turns, samples)
            for policy, file in policies(folder).items():
                samples[policy].append(observations_per_core_second(file))
        print(write("policy", "python -m tests.bench.policy", _figures(samples), NOTES))  # noqa: T201


if __name__ == "__main__":
    main()
