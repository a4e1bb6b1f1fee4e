"""``stillguard lab``: the detection benchmark, from the command line."""

import math
import os
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.progress import Progress

from detectors.base import Baseline
from detectors.lab.pack import Pack
from detectors.lab.population import Tenant, population
from gateway.app.analysing import SHIPPED
from gateway.decisions import SEVERITY_TOUCHES_CLIENT
from gateway.faults import Faults
from gateway.lab import campaign_report, campaign_trying
from gateway.lab.ablation import ablations
from gateway.lab.bars import COLUMNS, bar
from gateway.lab.census_command import census
from gateway.lab.figures import Figure
from gateway.lab.findings import Findings
from gateway.lab.judging import Bench
from gateway.lab.learn_command import learn
from gateway.lab.report import NAME, write
from gateway.lab.running import FITTED, fitted, honest_windows, judged
from gateway.lab.setting import Setting, Size
from gateway.lab.student_command import student
from gateway.lab.tables import measured
from gateway.lab.traffic_command import traffic
from gateway.plugins import panel
from gateway.policies.file import load_policy
from gateway.policies.ladder import Ladder

POLICY = Path(__file__).parents[1] / "policies" / "balanced.yaml"
FIGURES = Path("docs/figures")  # of where one stands: an installed package is no place to write to
_SCALES: dict[Size, float] = {"small": 0.05, "medium": 0.3, "full": 1.0}  # every kind plays at least once
_SHORT = 800  # exchanges of a life in the small size
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def lab() -> None:
    """The lab: what the detectors catch, what they cost the innocent, and how the literature compares."""


lab.add_command(student)
lab.add_command(learn)
lab.add_command(census)
lab.add_command(traffic)


@lab.command("evaluate")
@click.option(
    "--pack",
    "folder",
    type=_FOLDER,
    envvar="STILLGUARD_PACK",
    show_envvar=True,
    help="Traffic pack; own-written text without it.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of every tenant.")
@click.option("--size", type=click.Choice(list(_SCALES)), default="full", show_default=True, help="How many tenants.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=FIGURES,
    help="Folder for the figures; docs/figures without it.",
)
@click.option("--jobs", type=click.IntRange(1, 256), default=None, help="Processes; as many as there are cores.")
@click.option("--baseline", type=_FILE, default=SHIPPED, help="What the detectors bet against.")
@click.option("--policy", type=_FILE, default=POLICY, help="The policy whose alarms count.")
@click.option(
    "--campaigns", "whole", is_flag=True, help="Measure how campaigns are found, in place of single accounts."
)
def evaluate(  # noqa: PLR0913 - one for each option
    folder: Path | None,
    seed: int,
    size: Size,
    out: Path,
    jobs: int | None,
    baseline: Path,
    policy: Path,
    *,
    whole: bool,
) -> None:
    """Measure the panel on accounts that nothing was learnt from, beside the detectors of the literature."""
    setting = Setting(Pack(folder) if folder else None, seed, size, jobs or os.cpu_count() or 1, baseline, policy)
    command = f"stillguard lab evaluate{' --campaigns' * whole}{' --pack DIR' if folder else ''}"
    command = f"{command} --seed {seed} --size {size}"
    try:
        figures = _campaigns(setting, out, command) if whole else _accounts(setting, out, command)
    except (Faults, msgspec.DecodeError) as fault:
        raise click.ClickException(str(fault)) from fault
    for line in measured(one for one in figures if one.must is not None or one.aim is not None):
        click.echo(line)
    click.echo(f"{out / (campaign_report.NAME if whole else NAME)}.md", err=True)


def _accounts(setting: Setting, out: Path, command: str) -> list[Figure]:
    found, played = run(setting)
    return write(out, found, command, played)


def _campaigns(setting: Setting, out: Path, command: str) -> list[Figure]:
    found, played = campaign_trying.run(setting)
    return campaign_report.write(out, found, command, played)


def run(setting: Setting) -> tuple[Findings, str]:
    """Return what was found, and in words on whom.

    Raises:
        Faults: the policy is at fault.
        msgspec.DecodeError: the baseline is.
    """
    ladder = load_policy(setting.policy)
    baseline = msgspec.json.decode(setting.baseline.read_bytes(), type=Baseline)
    others, tenants = _tenants(setting)
    honest = [one for one in others if one.label == "benign" and not one.contracted]
    with Progress(*COLUMNS, console=Console(stderr=True), transient=True) as progress:
        rivals = fitted(honest, bar(progress, "rivals learn", min(len(honest), FITTED)))
        bench = Bench(panel({}), baseline, ladder, rivals, most=_SHORT if setting.size == "small" else 0)
        alone = bench._replace(rivals=())
        learnt = honest_windows(alone, honest, setting.jobs, bar(progress, "windows to learn from", len(honest)))
        outcomes = judged(bench, tenants, setting.jobs, bar(progress, "tenants judged", len(tenants)))
    left_out = ablations(outcomes, bench.panel, ladder)
    found = Findings(outcomes, learnt, left_out, list(bench.panel), _promise(ladder))
    return found, f"{_played(others, found, setting)} Baseline: {baseline.source}."


def _tenants(setting: Setting) -> tuple[list[Tenant], list[Tenant]]:
    """Return accounts to learn from, and accounts to judge."""
    scale = _SCALES[setting.size]
    learn = population(setting.pack, "learn", setting.seed, scale, 0.0)
    return learn, population(setting.pack, "judge", setting.seed, scale, scale)


def _promise(ladder: Ladder) -> float:
    """Return what the mildest rung that touches the client promises, subject-days."""
    touching = [rung.weight for rung in ladder.rungs if rung.verdict.severity >= SEVERITY_TOUCHES_CLIENT]
    return math.exp(min(touching, default=0.0))


def _played(learn: Sequence[Tenant], found: Findings, setting: Setting) -> str:
    """Return in words whom the figures are about."""
    honest, thieves = found.honest(), found.thieves()
    exchanges = sum(one.exchanges for one in found.outcomes)
    text = "public and own-written text" if setting.pack else "own-written text alone"
    return (
        f"{len(honest)} honest tenants and {len(found.contracted())} under contract, {len(thieves)} adversaries "
        f"({len(found.single())} of them single-key), {exchanges} exchanges of {text}; rivals and `_limit_learnt` "
        f"learn from {len(learn)} others."
    )
