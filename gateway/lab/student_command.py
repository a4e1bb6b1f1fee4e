"""``stillguard lab student``: what detection buys, from the command line."""

from pathlib import Path

import click

from gateway.lab.student_alarms import AlarmsError, alarms
from gateway.lab.student_findings import Size, measure
from gateway.lab.student_report import NAME, told, write

FIGURES = Path("docs/figures")  # of where one stands: an installed package is no place to write to
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command("student")
@click.option(
    "--pack",
    type=_FOLDER,
    envvar="STILLGUARD_PACK",
    show_envvar=True,
    help="Traffic pack; own-written text without it.",
)
@click.option("--detection", type=click.Path(dir_okay=False, path_type=Path), default=FIGURES / "detection.json",
              help="Figures of lab evaluate, for where the alarm stood.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of every split, thief and run.")
@click.option("--size", type=click.Choice(["small", "full"]), default="full", show_default=True, help="How much.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=FIGURES,
    help="Folder for the figures; docs/figures without it.",
)
def student(pack: Path | None, detection: Path, seed: int, size: Size, out: Path) -> None:
    """Train students on what adversaries had obtained at the alarm, and on their full harvest."""
    try:
        stood = alarms(detection)
    except AlarmsError as fault:
        raise click.ClickException(str(fault)) from fault
    if not stood:
        click.echo(f"{detection} tells of no alarms: students are shown at fixed numbers of queries", err=True)
    found = measure(pack, size, seed, stood, lambda says: click.echo(says, err=True))
    write(out, found, f"stillguard lab student{' --pack DIR' if pack else ''} --seed {seed} --size {size}")
    for line in told(found):
        click.echo(line)
    click.echo(f"{out / NAME}.md", err=True)
