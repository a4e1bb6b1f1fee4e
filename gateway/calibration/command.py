"""``stillguard calibrate``: options, progress, the report, and the file."""

import os
import secrets
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import click
import msgspec
from rich.console import Console
from rich.progress import Progress

from detectors.base import Baseline
from gateway.app.settling import load_config
from gateway.calibration.gathering import Gathered, Recorded, standing
from gateway.calibration.labels import read_labels
from gateway.calibration.report import Found
from gateway.calibration.sample import Sample
from gateway.calibration.work import Task, TooFewError, calibrate
from gateway.config import Config
from gateway.decisions import Subject
from gateway.faults import Faults
from gateway.lab.bars import COLUMNS, bar
from gateway.pardons import Kind
from gateway.plugins import PluginError
from gateway.replay.run import TOLD, rules_of, shipped
from gateway.replay.sources import Source
from gateway.slips import MisplacedError
from gateway.storage import storage_of
from gateway.stores.base import StoreError

MOST = 5000  # subjects; a life's looks take some 50 to 120 KiB
_IN = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class Wish(NamedTuple):
    """What was asked for on the command line."""

    scope: str
    spoilt: float
    most: int
    key: str
    live: bool
    labels: Mapping[Subject, Kind]


@click.command("calibrate")
@click.argument("files", nargs=-1, type=_IN)
@click.option("--live", is_flag=True, help="Learn from the cases of the guard that --config runs, not from files.")
@click.option(
    "-c", "--config", "config", type=_FILE, help="A gateway's configuration; the shipped defaults without it."
)
@click.option("--policy", type=click.Path(exists=True, path_type=Path), help="A policy file or folder, instead.")
@click.option("--baseline", type=_FILE, help="The baseline to start from, instead of the configuration's.")
@click.option("--scope", type=click.Choice(["key", "account"]), default="key", show_default=True, help="Of subjects.")
@click.option("--spoilt", type=click.FloatRange(0.0, 0.25), default=0.05, show_default=True,
              help="Share of the subjects that may be harvesters.")  # fmt: skip
@click.option("--subjects", "most", type=click.IntRange(50, 1_000_000), default=MOST, show_default=True,
              help="Most subjects held; of more, a sample.")  # fmt: skip
@click.option("--labels", type=_FILE,
              help="From decisions labels -o json: false alarms are honest, confirmed are left out.")  # fmt: skip
@click.option("--key", default="", help="Of the hash that samples and halves; drawn anew without it.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write the new baseline to.")
@click.option("-o", "output", type=click.Choice(["human", "json"]), default="human", help="How to print.")
def command(  # noqa: PLR0913, PLR0917 - one argument an option
    files: tuple[Path, ...], live: bool, config: Path | None, policy: Path | None, baseline: Path | None, scope: str,
    spoilt: float, most: int, labels: Path | None, key: str, out: Path | None, output: str,
) -> None:  # fmt: skip
    """Learn the baseline from traffic of your own: recorded (as for replay), or the cases of a running guard.

    Means, tails and rates are learnt anew, per traffic class; the weights are the baseline's that it starts from. It
    says what it assumed, which numbers changed, and how many false alarms to expect. Nothing is written without --out.

    Exit codes: 0 it learnt; 1 a configuration, policy or baseline is at fault, or too few subjects are there; 2 the
    command line is wrong or a file is not there; 130 it was interrupted.
    """
    if bool(files) == live:
        raise click.UsageError("give files of recorded traffic, or --live with --config")
    if live and config is None:
        raise click.UsageError("--live needs --config: the guard whose cases are read")
    wish = Wish(scope, spoilt, most, key or secrets.token_hex(8), live, _labels(labels))
    settled = _settled(config, policy, baseline, wish)
    try:
        found = _found(settled, wish, files)
    except (TooFewError, StoreError) as fault:
        raise click.ClickException(str(fault)) from fault
    except KeyboardInterrupt:
        sys.exit(130)
    try:
        if out:
            write(out, found.after)
    except OSError as fault:
        raise click.ClickException(f"nothing written: {fault}") from fault
    _tell(found, wish, out, output)


def _labels(file: Path | None) -> Mapping[Subject, Kind]:
    try:
        return read_labels(file) if file else {}
    except (OSError, msgspec.DecodeError) as fault:
        raise click.ClickException(f"labels: {fault}") from fault


class _Settled(NamedTuple):
    config: Config
    task: Task


def _settled(file: Path | None, policy: Path | None, baseline: Path | None, wish: Wish) -> _Settled:
    """Return what is to be done; ends the process with every fault told if a file is at fault."""
    try:
        config = load_config(file) if file else shipped()
        analysis = {"scopes": (wish.scope,), "baseline": baseline or config.analysis.baseline}
        config = config.model_copy(
            update={"policies": policy or config.policies, "analysis": config.analysis.model_copy(update=analysis)}
        )
        rules = rules_of(config)
        task = Task(rules.baseline, rules.panel, rules.policy, wish.scope, wish.spoilt, wish.live, wish.labels)
        return _Settled(config, task)
    except (Faults, MisplacedError, PluginError) as faults:
        click.echo(str(faults), err=True)
    except (OSError, msgspec.DecodeError) as fault:
        click.echo(f"baseline: {fault}", err=True)
    sys.exit(1)


def _found(settled: _Settled, wish: Wish, files: Sequence[Path]) -> Found:
    sample = Sample(wish.most, wish.key.encode()[:64])
    with Progress(*COLUMNS, console=Console(stderr=True), transient=True) as progress:
        gathered = _from_store(settled, sample) if wish.live else _from_files(settled, sample, files, progress)
        return calibrate(settled.task, gathered, bar(progress, "subjects", 2 * len(gathered.lives)))


def _from_files(settled: _Settled, sample: Sample, files: Sequence[Path], progress: Progress) -> Gathered:
    if settled.config.analysis.embedding != "static":
        raise click.ClickException(
            "recorded traffic is read with the static vectors, and this configuration chooses others: their cells "
            "cannot be compared. Learn from the running guard instead: --live"
        )
    sources = [Source(file) for file in files]
    task = progress.add_task("MiB", total=sum(source.size for source in sources) / 2**20 or None)
    recorded, told = Recorded(settled.config, settled.task.panel, sample), 0
    for step in recorded.read(sources):
        progress.update(task, completed=step.read / 2**20)
        for bad in step.bad[: max(0, TOLD - told)]:
            progress.console.print(f"{bad.file}:{bad.line}: {bad.reason}", markup=False, highlight=False)
        told += len(step.bad)
    return recorded.gathered()


def _from_store(settled: _Settled, sample: Sample) -> Gathered:
    config = settled.config
    storage = storage_of(config)
    if not storage.used(config.data):
        raise click.ClickException(f"no guard has run on the data folder {config.data} (key data of the configuration)")
    with closing(storage.store(config.data)) as store:
        each = getattr(store, "each", None)  # no promise of a store's: some cannot list what they hold
        if each is None:
            raise click.ClickException(f"the store {config.store.plugin} cannot list its cases: calibrate from a log")
        return standing(each(settled.task.scope), settled.task.panel, sample)


def write(file: Path, baseline: Baseline) -> None:
    """Write a baseline, whole or not at all: a guard that reads it meanwhile finds the old one or the new one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        aside.write_bytes(msgspec.json.format(msgspec.json.encode(baseline), indent=1) + b"\n")
        os.replace(aside, file)  # noqa: PTH105 - the name appears with its content whole
    finally:
        aside.unlink(missing_ok=True)


def _tell(found: Found, wish: Wish, out: Path | None, output: str) -> None:
    if output == "json":
        row = found.row() | {"key": wish.key, "scope": wish.scope, "out": str(out) if out else None}
        click.echo(msgspec.json.encode(row).decode())
        return
    for line in found.lines():
        click.echo(line)
    click.echo(
        f"{out} written; name it in the configuration: analysis.baseline" if out else "nothing written: no --out"
    )
