"""``stillguard lab learn``: the shipped baseline, from the lab's accounts."""

import os
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.progress import Progress

from detectors.base import Baseline
from detectors.lab.pack import Pack
from detectors.lab.population import population
from detectors.lab.school import Record, calibrated, taught
from gateway.lab.bars import COLUMNS, bar
from gateway.lab.judging import Bench
from gateway.lab.running import over
from gateway.lab.schooling import schooled
from gateway.plugins import panel
from gateway.policies.ladder import Ladder

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
ADVERSARIES = 0.6  # of the benchmark's number: enough of each kind to learn what they share


@click.command("learn")
@click.option(
    "--pack",
    "folder",
    type=_FOLDER,
    envvar="STILLGUARD_PACK",
    show_envvar=True,
    help="Traffic pack; own text without it.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of every account.")
@click.option("--scale", type=float, default=1.0, show_default=True, help="Of the benchmark's number of accounts.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True,
              help="File to write; the shipped one is detectors/baselines/default.json.")  # fmt: skip
@click.option("--jobs", type=click.IntRange(1, 256), default=None, help="Processes; as many as there are cores.")
def learn(folder: Path | None, seed: int, scale: float, out: Path, jobs: int | None) -> None:
    """Learn weights, places, means, tails and rates from accounts that the benchmark never judges."""
    pack = Pack(folder) if folder else None
    tenants = [one for one in population(pack, "learn", seed, scale, ADVERSARIES * scale) if not one.contracted]
    bench = Bench(panel({}), Baseline(), Ladder(name="none", revision="", rungs=()))
    with Progress(*COLUMNS, console=Console(stderr=True), transient=True) as progress:
        records = over(schooled, bench, tenants, jobs or os.cpu_count() or 1, bar(progress, "lives", len(tenants)))
    baseline = learnt(records, bench, f"{'public and own-written' if pack else 'own-written'} text, seed {seed}")
    out.write_bytes(msgspec.json.format(msgspec.json.encode(baseline), indent=1) + b"\n")
    click.echo(f"{out}: {baseline.source}", err=True)


def learnt(records: list[Record], bench: Bench, text: str) -> Baseline:
    """Return the baseline of the records, told in words."""
    seen = [record for record in records if record.looks]
    honest = [record for record in seen if not record.adversary]
    exchanges = sum(record.looks[-1].exchanges for record in honest)
    source = (
        f"{len(honest)} honest subjects, {exchanges} exchanges of {text}, sources of the learning half only; "
        f"weights from {len(seen) - len(honest)} adversaries beside them"
    )
    return calibrated(taught(seen, bench.panel), honest, bench.panel, source)
