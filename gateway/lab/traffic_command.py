"""``stillguard lab traffic``: the benchmark's population as recorded traffic, with its labels beside it."""

from pathlib import Path
from typing import Any

import click
import msgspec
import zstandard
from rich.console import Console
from rich.progress import Progress

from detectors.lab.campaigns.company import SIZES, Size, company
from detectors.lab.campaigns.writing import label, written
from detectors.lab.pack import Pack
from detectors.lab.tempo import DAYS
from detectors.lab.traffic import DAY
from gateway.lab.bars import COLUMNS, bar

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_LEVEL = 6  # of compression: a third of the level that is a tenth smaller, and as fast as lives are played
_write = msgspec.json.Encoder().encode


@click.command("traffic")
@click.option(
    "--pack",
    "folder",
    type=_FOLDER,
    envvar="STILLGUARD_PACK",
    show_envvar=True,
    help="Traffic pack; own-written text without it.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of every account.")
@click.option("--size", type=click.Choice(list(SIZES)), default="full", show_default=True, help="How many accounts.")
@click.option("--campaigns", is_flag=True, help="With campaigns; honest accounts alone without it.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="File, .jsonl.zst.")
def traffic(folder: Path | None, seed: int, size: Size, out: Path, *, campaigns: bool) -> None:
    """Write a fortnight of many accounts in the format that replay reads, and FILE.labels.json: who they are."""
    everybody = company(Pack(folder) if folder else None, "judge", seed, size, campaigned=campaigns)
    labels: dict[str, Any] = {}
    with Progress(*COLUMNS, console=Console(stderr=True), transient=True) as progress, out.open("wb") as file:
        tick, day = bar(progress, "days written", DAYS), -1
        with zstandard.ZstdCompressor(level=_LEVEL).stream_writer(file) as stream:
            for act in everybody.acts():
                stream.write(_write(written(act)) + b"\n")
                labels.setdefault(act.member.account, label(act))
                if int(act.asked.at // DAY) != day:
                    day = int(act.asked.at // DAY)
                    tick()
    beside = out.with_name(f"{out.name}.labels.json")
    beside.write_bytes(msgspec.json.format(_write(list(labels.values())), indent=1) + b"\n")
    click.echo(f"{out}, {beside}", err=True)
