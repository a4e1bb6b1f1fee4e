"""What the workbench's tests share: a policy of four rungs, and the command line."""

from pathlib import Path

from click.testing import CliRunner, Result

from gateway.cli import main

POLICY = """policy: steps
mode: enforce
rungs:
  - {rule: notice, one_in: 1e2, action: watch, for: 1h, mode: shadow}
  - {rule: trim, one_in: 1e4, families: 2, action: trim, for: 2h}
  - {rule: slow, one_in: 1e6, families: 2, harvest: {traces: 100}, action: throttle, for: 2h, with: {requests_per_minute: 6}}
  - {rule: stop, one_in: 1e8, families: 2, harvest: {traces: 1000}, action: deny, for: 24h}
"""  # noqa: E501 - a rung a line


def run(*words: str | Path, given: str = "") -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], input=given)


def write(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text)
    return file
