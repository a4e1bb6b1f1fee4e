"""``stillguard backtest``: who would be treated otherwise by another policy, on traffic or decisions of the past."""

import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import click
import msgspec

from gateway.app.settling import load_config
from gateway.config import Config
from gateway.decisions import Policy
from gateway.faults import Faults
from gateway.plugins import PluginError, panel
from gateway.policies.file import load_policies
from gateway.replay.crew import Order
from gateway.replay.progress import Progress
from gateway.replay.reading import Bad
from gateway.replay.run import TOLD, rules_of, shipped
from gateway.replay.sources import Source
from gateway.slips import MisplacedError
from gateway.stores.base import StoreError
from gateway.stores.sqlite_decisions import KeptDecisions
from gateway.workbench.backtested import Report, lines, record, revisions
from gateway.workbench.backtesting import Watching, Went, decided, traffic
from gateway.workbench.both import Both, enforced
from gateway.workbench.labels import LabelsError, load_labels
from gateway.workbench.ledger import Ledger
from gateway.workbench.logged import of_lines, of_store
from gateway.workbench.opening import data_folder
from gateway.workbench.page import page

_PLACE = click.Path(exists=True, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_IN = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
_OUT = click.Path(dir_okay=False, path_type=Path)


class _Job(NamedTuple):
    """What is to be judged, and by what."""

    config: Config
    both: Both
    ledger: Ledger
    telling: "_Telling"


@click.command("backtest")
@click.argument("files", nargs=-1, type=_IN)
@click.option("--old", type=_PLACE, help="The policy as it is; the configuration's, or the shipped one, without it.")
@click.option("--new", type=_PLACE, required=True, help="The policy as it is to be.")
@click.option("--traffic", "more", multiple=True, type=_IN, help="Recorded traffic, as for replay; as FILES.")
@click.option("--decisions", "logs", multiple=True, type=_IN, help="Decisions as lines of JSON, instead of traffic.")
@click.option("-c", "--config", "file", type=_FILE, help="A guard's configuration; alone, its data file is judged.")
@click.option("--labels", type=_FILE, help="What is known of subjects, as lines of JSON with subject and label.")
@click.option("--enforced", "as_enforced", is_flag=True, help="Take every rung as enforced that is not off.")
@click.option("--html", "html", type=_OUT, help="File to write a page to.")
@click.option("--json", "out", type=_OUT, help="File to write the whole record to.")
@click.option("-o", "output", type=click.Choice(["human", "json"]), default="human", help="How to print.")
def command(  # noqa: PLR0913, PLR0917 - one argument an option
    files: tuple[Path, ...], old: Path | None, new: Path, more: tuple[Path, ...], logs: tuple[Path, ...],
    file: Path | None, labels: Path | None, as_enforced: bool, html: Path | None, out: Path | None, output: str,
) -> None:  # fmt: skip
    """Judge recorded traffic (FILES), or decisions that were taken, by two policies; tell who is treated otherwise.

    Exit codes: 0 it was judged; 1 a configuration, policy or file is at fault, or nothing could be judged; 2 the
    command line is wrong or a file is not there; 130 it was interrupted.
    """
    recorded = (*files, *more)
    if bool(recorded) + bool(logs) != 1 and not (file and not recorded and not logs):
        raise click.UsageError("give files of recorded traffic, or --decisions, or --config alone for its data file")
    config, before, after = _policies(file, old, new)
    sides = (enforced(before), enforced(after)) if as_enforced else (before, after)
    with Progress(_size((*recorded, *logs)), shown=output == "human") as progress:
        job = _Job(config, Both(*sides), Ledger(_labels(labels)), _Telling(progress))
        went = _went(job, recorded, logs)
    named = [(str(place), revisions(policy)) for place, policy in ((old or config.policies, before), (new, after))]
    source = "traffic" if recorded else "decisions"
    report = Report(named[0], named[1], source, as_enforced, went, job.both, job.ledger)
    _write(report, html, out)
    click.echo("\n".join(lines(report)) if output == "human" else msgspec.json.encode(record(report)).decode())
    sys.exit(0 if went.exchanges else 1)


def _size(files: tuple[Path, ...]) -> int:
    return sum(Source(file).size for file in files)


def _policies(file: Path | None, old: Path | None, new: Path) -> tuple[Config, Policy, Policy]:
    try:
        config = load_config(file) if file else shipped()
        return config, load_policies(old or config.policies), load_policies(new)
    except Faults as faults:
        click.echo(str(faults), err=True)
        sys.exit(1)


def _labels(file: Path | None) -> dict[tuple[str, ...], str]:
    try:
        return load_labels(file) if file else {}
    except LabelsError as fault:
        raise click.ClickException(str(fault)) from fault


def _went(job: _Job, recorded: tuple[Path, ...], logs: tuple[Path, ...]) -> Went:
    try:
        if recorded:
            return _of_traffic(job, [Source(file) for file in recorded])
        if logs:
            return _of_lines(job, [Source(file) for file in logs])
        with closing(KeptDecisions(data_folder(job.config))) as kept:
            return decided(of_store(kept.each()), job.both, job.ledger, job.telling.judged)
    except (Faults, MisplacedError, PluginError, StoreError, OSError, msgspec.DecodeError) as fault:
        raise click.ClickException(str(fault)) from fault
    except KeyboardInterrupt:
        sys.exit(130)


def _of_traffic(job: _Job, sources: list[Source]) -> Went:
    order = Order(job.config, rules_of(job.config)._replace(policy=job.both), 1)
    return traffic(sources, order, job.both, job.ledger, Watching(job.telling.bad, job.telling.far))


def _of_lines(job: _Job, sources: list[Source]) -> Went:
    standings = of_lines(sources, panel(job.config.panel), job.telling.bad)
    went = decided(standings, job.both, job.ledger, job.telling.judged)
    return went._replace(bad=job.telling.count)


class _Telling:
    """Shows the first bad lines in full, and how far it went.

    Attributes:
        count: bad lines so far.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self.count = 0
        self.far: Callable[[int, int, int], None] = progress.far

    def bad(self, bad: Bad) -> None:
        """Show a bad line."""
        self.count += 1
        if self.count <= TOLD:
            self._progress.say(f"{bad.file}:{bad.line}: {bad.reason}")

    def judged(self, count: int) -> None:
        """Show how many decisions were judged."""
        self._progress.far(0, count, 0)


def _write(report: Report, html: Path | None, out: Path | None) -> None:
    try:
        if html:
            with html.open("w", encoding="utf-8") as file:
                file.writelines(page(report))
        if out:
            out.write_bytes(msgspec.json.encode(record(report)) + b"\n")
    except OSError as fault:
        raise click.ClickException(f"not written: {fault}") from fault
