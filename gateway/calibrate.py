"""Learns from honest traffic the numbers that detectors bet against, and checks them on traffic held out.

``python -m gateway.calibrate --pack DIR --out FILE`` plays honest clients through the features that run live, and
writes the baseline; ``--check`` plays others, and says how often honest ones alarm and when distillers do;
``--figures DIR`` writes that down.
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
import msgspec

from detectors.base import Baseline, Panel
from detectors.lab import adversaries, benign, nulls
from detectors.lab.pack import CALIBRATION, HELD_OUT, Pack
from detectors.lab.traffic import Client
from gateway.first_panel import Checked, told, write
from gateway.plugins import panel as installed_panel
from gateway.rehearsal import SIZES, judge, live

DEFAULT = Path(__file__).parent.parent / "detectors" / "baselines" / "default.json"
LEARNT, CHECKED = 24, 12  # seeds a kind: to learn from, to check
PACK_LEARNT, PACK_CHECKED, PACK_THEIRS = 12, 8, 4  # seeds a source: to learn from, to check, of distillers
UNSEEN = 1000  # first seed of those that are checked
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_FILE = click.Path(dir_okay=False, path_type=Path)


def learn(clients: Iterable[Client], panel: Panel, source: str) -> Baseline:
    """Return the baseline of honest clients.

    Args:
        clients: whom to learn from; about three hundred make the quantile's bound a bound.
        panel: the detectors whose nulls are wanted.
        source: what the clients are, in words; counts are put in front.
    """
    rates: dict[str, list[float]] = {}
    samples: dict[int, list[float]] = {}
    exchanges = subjects = 0
    for client in clients:
        life = live(client, panel)
        subjects, exchanges = subjects + 1, exchanges + life.exchanges
        for size, value in life.cells.items():
            samples.setdefault(size, []).append(value)
        for name, detector in panel.items():
            for rate in _rates(detector):
                rates.setdefault(rate, []).append(nulls.lowest_rate(detector, rate, life.looks[name]))
    # A laboratory has some twenty kinds of text: it can show that a default is too low, never that it is too high.
    least = {rate: value for detector in panel.values() for rate, value in getattr(detector, "nulls", {}).items()}
    numbers = {rate: round(max(nulls.upper(values), least[rate]), 4) for rate, values in sorted(rates.items())}
    if "coverage" in panel:
        numbers |= nulls.rarefaction(samples, SIZES)
    return Baseline(source=f"{subjects} honest subjects, {exchanges} exchanges: {source}", numbers=numbers)


def _rates(detector: Any) -> list[str]:
    return [name for name in getattr(detector, "nulls", ()) if not name.startswith("coverage.")]


def honest(pack: Pack | None) -> list[Client]:
    """Return the honest clients to learn from."""
    return benign.clients(range(LEARNT)) + (list(pack.clients(CALIBRATION, range(PACK_LEARNT))) if pack else [])


def unseen(pack: Pack | None) -> list[Client]:
    """Return honest clients of seeds and sources that nothing was learnt from."""
    own = benign.clients(range(UNSEEN, UNSEEN + CHECKED))
    return own + (list(pack.clients(HELD_OUT, range(PACK_CHECKED))) if pack else [])


def distillers(pack: Pack | None) -> list[Client]:
    """Return distillers; nothing is ever learnt from any."""
    own = adversaries.clients(range(UNSEEN, UNSEEN + CHECKED))
    return own + (list(pack.distillers(range(PACK_THEIRS))) if pack else [])


def described(pack: Pack | None) -> str:
    """Return in words what ``honest`` plays."""
    said = f"own-written {', '.join(benign.KINDS)}, seeds 0 to {LEARNT - 1} each"
    if pack:
        said += f"; public prompts {', '.join(CALIBRATION)}, seeds 0 to {PACK_LEARNT - 1} each"
    covered = f"{nulls.QUANTILE:.0%} of subjects at {nulls.CONFIDENCE:.0%} confidence"
    return f"{said}; rates cover {covered}, and are never below the detectors' defaults"


def check(pack: Pack | None, panel: Panel, baseline: Baseline) -> Checked:
    """Return what became of honest clients, of those under contract, and of distillers; nothing was learnt from any."""
    contracted = benign.clients(range(UNSEEN, UNSEEN + CHECKED), entitled=True)
    honest, entitled, theirs = (
        [judge(client, panel, baseline) for client in clients]
        for clients in (unseen(pack), contracted, distillers(pack))
    )
    return Checked(honest, entitled, theirs)


@click.command()
@click.option("--pack", "folder", type=_FOLDER, envvar="STILLGUARD_PACK")
@click.option("--out", type=_FILE, default=DEFAULT, help="File to write or check.")
@click.option("--check", "checking", is_flag=True, help="Check the file on traffic held out; learn nothing.")
@click.option("--figures", type=_FOLDER, help="With --check: folder to write first_panel.json and first_panel.md to.")
def main(folder: Path | None, out: Path, checking: bool, figures: Path | None) -> None:
    """Learn the nulls of the installed panel from honest traffic, or check them."""
    pack, panel = Pack(folder) if folder else None, installed_panel({})
    if checking:
        checked = check(pack, panel, msgspec.json.decode(out.read_bytes(), type=Baseline))
        for line in told(checked):
            click.echo(line)
        if figures:
            write(figures, checked, f"python -m gateway.calibrate{' --pack DIR' if pack else ''} --check --figures DIR")
        return
    baseline = learn(honest(pack), panel, described(pack))
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(msgspec.json.format(msgspec.json.encode(baseline), indent=1) + b"\n")
    click.echo(f"{out}: {baseline.source}", err=True)


if __name__ == "__main__":
    sys.exit(main())
