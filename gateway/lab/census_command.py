"""``stillguard lab census``: the shipped census, from honest accounts of the lab's learning part."""

from pathlib import Path

import click
import msgspec

from detectors.lab.campaigns.company import SIZES, Size
from detectors.lab.pack import Pack
from gateway.lab.campaign_census import census as counted

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command("census")
@click.option("--pack", "folder", type=_FOLDER, envvar="STILLGUARD_PACK", show_envvar=True,
              help="Traffic pack; own text without it.")  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True, help="Of every account.")
@click.option("--size", type=click.Choice(list(SIZES)), default="full", show_default=True, help="How many accounts.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True,
              help="File to write; the shipped one is detectors/baselines/census.json.")  # fmt: skip
def census(folder: Path | None, seed: int, size: Size, out: Path) -> None:
    """Count how common paces and wordings are among honest accounts that no benchmark judges.

    Keyed fingerprints mean nothing on another installation: they are left out.
    """
    found = counted(Pack(folder) if folder else None, seed, size).portable()
    out.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n")
    click.echo(f"{out}: {max(found.trusted.values(), default=0)} accounts, {len(found.frames)} wordings", err=True)
