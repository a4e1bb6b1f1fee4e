"""``stillguard replay``: options, progress, and the account at the end."""

import os
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

import click
import msgspec

from gateway.app.settling import load_config
from gateway.birth import spare_collector
from gateway.config import Config
from gateway.exemptions.file import load_exemptions
from gateway.exemptions.index import NOBODY, Exemptions
from gateway.faults import Faults
from gateway.plugins import PluginError
from gateway.replay.crew import CrewError, Order
from gateway.replay.progress import Progress
from gateway.replay.reading import Bad
from gateway.replay.run import TOLD, Account, StoppedError, Watching, replay, rules_of, shipped
from gateway.replay.sources import Source
from gateway.slips import MisplacedError

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_IN = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)


@click.command("replay")
@click.argument("files", nargs=-1, required=True, type=_IN)
@click.option("--decisions", "out", type=click.Path(dir_okay=False, path_type=Path),
              help="File to write each change of a decision to, one JSON object a line.")  # fmt: skip
@click.option(
    "-c", "--config", "config", type=_FILE, help="A gateway's configuration; the shipped defaults without it."
)
@click.option("--policy", type=click.Path(exists=True, path_type=Path), help="A policy file or folder, instead.")
@click.option("--baseline", type=_FILE, help="A baseline, instead of the configuration's.")
@click.option("--exemptions", "exempt", type=_FILE,
              help="A file of entitlements, instead of the configuration's; keys and users as recorded.")  # fmt: skip
@click.option("--strict", is_flag=True, help="Stop at the first bad line, with exit code 1.")
@click.option("--jobs", type=click.IntRange(0, 256), default=1, show_default=True, help="Processes; 0: one a core.")
@click.option("-o", "output", type=click.Choice(["human", "json"]), default="human", help="How to print.")
def command(  # noqa: PLR0913, PLR0917 - one argument an option
    files: tuple[Path, ...], out: Path | None, config: Path | None, policy: Path | None, baseline: Path | None,
    exempt: Path | None, strict: bool, jobs: int, output: str,
) -> None:  # fmt: skip
    """Fold recorded traffic through the code that runs live, in shadow: JSON lines, .gz, .zst, .parquet, or -.

    Exit codes: 0 the files were folded (bad lines are told and skipped); 1 a configuration, policy or baseline is at
    fault, no line could be used, or --strict met a bad line; 2 the command line is wrong or a file is not there; 130
    it was interrupted.
    """
    order = _order(config, policy, baseline, jobs or len(os.sched_getaffinity(0)))
    order = order._replace(exemptions=_exemptions(exempt or order.config.exemptions))
    sources = [Source(file) for file in files]
    human = output == "human"
    with ExitStack() as stack:
        writing: BinaryIO | None = stack.enter_context(out.open("wb")) if out else None
        progress = stack.enter_context(Progress(sum(source.size for source in sources), shown=human))
        spare_collector()
        try:
            watching = Watching(_Telling(progress).bad, progress.far)
            account = replay(sources, order, writing, watching, strict=strict)
        except (StoppedError, CrewError) as fault:
            raise click.ClickException(str(fault)) from fault
        except KeyboardInterrupt:
            sys.exit(130)
    click.echo(
        "\n".join(_said(account, written=out is not None)) if human else msgspec.json.encode(account.row()).decode()
    )
    sys.exit(0 if account.exchanges or not account.bad else 1)


def _order(file: Path | None, policy: Path | None, baseline: Path | None, jobs: int) -> Order:
    """Return what is to be done; ends the process with every fault told if a file is at fault."""
    try:
        config = load_config(file) if file else shipped()
        config = config.model_copy(update={"policies": policy or config.policies})
        if baseline:
            config = config.model_copy(update={"analysis": _with_baseline(config, baseline)})
        return Order(config, rules_of(config), jobs)
    except (Faults, MisplacedError, PluginError) as faults:
        click.echo(str(faults), err=True)
    except (OSError, msgspec.DecodeError) as fault:
        click.echo(f"baseline: {fault}", err=True)
    sys.exit(1)


def _exemptions(file: Path | None) -> Exemptions:
    """Return who is exempt; ends the process with every fault told if the file is at fault."""
    try:
        return load_exemptions(file, hashed=False) if file else NOBODY
    except Faults as faults:
        click.echo(str(faults), err=True)
        sys.exit(1)


def _with_baseline(config: Config, baseline: Path) -> object:
    return config.analysis.model_copy(update={"baseline": baseline})


class _Telling:
    """Shows the first bad lines in full, above the progress."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._told = 0

    def bad(self, bad: Bad) -> None:
        """Show a bad line."""
        self._told += 1
        if self._told <= TOLD:
            self._progress.say(f"{bad.file}:{bad.line}: {bad.reason}")
        elif self._told == TOLD + 1:
            self._progress.say("more bad lines follow; they are counted at the end")


_SEVERITIES = ("lapsed", "watch", "trim, blur or watermark", "throttle or tarpit", "verify or reroute", "deny")


def _many(count: int, noun: str) -> str:
    """Return a count and its noun, as people write them."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _steps(account: Account, *, written: bool) -> list[str]:
    """Return how often each severity was decided, and how to learn on whom if no file was named."""
    if not account.decisions:
        return ["no decision"]
    lines = [
        f"  severity {severity} ({_SEVERITIES[severity]}): {_many(count, 'change')}"
        for severity, count in sorted(account.decisions.items())
    ]
    return lines if written else [*lines, "on whom and why: --decisions FILE writes each change with its reasons"]


def _used(uses: Sequence[dict[str, Any]]) -> list[str]:
    """Return what was taken under entitlements, those over budget first."""
    ordered = sorted(uses, key=lambda use: not use["over"])
    lines = [
        f"entitlement {use['name']}: {_many(use['exchanges'], 'exchange')}, {use['tokens']:,} tokens, "
        f"{use['traces']:,.0f} traces{', over its budget' if use['over'] else ''}"
        for use in ordered[:TOLD]
    ]
    return [*lines, f"and {len(uses) - TOLD:,} more"] if len(uses) > TOLD else lines


def _said(account: Account, *, written: bool) -> list[str]:
    """Return the account in words, a line each."""
    row = account.row()
    rates = f"{row['exchanges_per_second']:,.0f} a second, {row['exchanges_per_core_second']:,.0f} a second and core"
    folded = f"{_many(account.exchanges, 'exchange')} of {_many(account.subjects, 'subject')}"
    lines = [f"{folded} in {account.seconds:.1f} s: {rates}"]
    if account.unread:
        lines.append(f"{account.unread:,} of them failed or generate no text: nothing is observed of them")
    if account.late:
        lines.append(f"{account.late:,} of them were more than an hour out of order")
    lines += _steps(account, written=written)
    lines += _used(account.uses)
    if account.bad:
        lines.append(f"{_many(sum(account.bad.values()), 'bad line')} skipped:")
        lines += [f"  {count:,} × {reason}" for reason, count in Counter(account.bad).most_common()]
    lines += [f"detector {name} failed {count:,} times" for name, count in sorted(account.faults.items())]
    return lines
