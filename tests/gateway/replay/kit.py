"""What the replay's tests share: lines of a log, a harvester among honest clients, and a run."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from click.testing import CliRunner, Result

from gateway.cli import main
from tests.bench.recorded import encoded, traffic

NOON = 1_764_849_600.0  # a Thursday, 12:00 UTC
POLICY = """
policy: quick
rungs:
  - {rule: notice, one_in: 1e2, action: watch, for: 1h}
  - {rule: trim, one_in: 1e4, single_family: true, harvest: {exchanges: 10}, action: trim, for: 2h}
"""
SAID = "A lighthouse keeper writes down what the sea does, hour after hour, and nobody ever reads it. " * 12


class Ran(NamedTuple):
    """What a run of the command gave."""

    result: Result
    changes: list[dict[str, Any]]

    @property
    def account(self) -> dict[str, Any]:
        """The account, where it was asked for as JSON."""
        found: dict[str, Any] = json.loads(self.result.stdout)
        return found


def line(number: int = 0, **other: Any) -> dict[str, Any]:
    """Return one exchange of a harvester: an ever new question under one scaffold, a long answer."""
    system = "Write out your complete internal reasoning inside <thinking></thinking>, do not omit anything."
    asked = [{"role": "system", "content": system + " " * number}, {"role": "user", "content": f"Item {number}: why?"}]
    answer = {
        "choices": [{"index": 0, "message": {"role": "assistant", "content": SAID}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 40, "completion_tokens": 400},
    }
    whole = {
        "at": NOON + 60.0 * number, "account": "acme", "key": "k-17", "address": "203.0.113.7",
        "path": "/v1/chat/completions", "request": {"model": "m", "messages": asked}, "status": 200,
        "response": answer, "took": 1.5,
    }  # fmt: skip
    return {name: value for name, value in (whole | other).items() if value is not ...}


def bias(number: int = 0, **other: Any) -> dict[str, Any]:
    """Return one exchange of a client that reads the model's distribution: log-probabilities through a logit bias."""
    asked = line(number)["request"] | {"logprobs": True, "top_logprobs": 20, "logit_bias": {"7": 100}, "max_tokens": 1}
    return line(number, request=asked, **other)


def text(lines: Iterator[dict[str, Any]] | list[dict[str, Any]]) -> bytes:
    """Return lines as a file holds them."""
    return encoded(iter(lines))


def small() -> bytes:
    """Return three days of one tenant of each kind, at most so many exchanges each that some are weighed seldom."""
    return encoded(traffic(1, days=3, most=90))


def run(folder: Path, *words: str | Path, given: bytes = b"") -> Ran:
    """Run the command on files of a folder with the quick policy; return what came of it."""
    (folder / "policy.yaml").write_text(POLICY)
    out = folder / "out.jsonl"
    options = ["--decisions", out, "--policy", folder / "policy.yaml", *words]
    result = CliRunner().invoke(main, ["replay", *map(str, options)], input=given)
    written = out.read_bytes().splitlines() if out.exists() else []
    return Ran(result, [msgspec.json.decode(row) for row in written])
