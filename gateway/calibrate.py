"""Learns from honest traffic the numbers that detectors bet against, and checks them on traffic held out.

``python -m gateway.calibrate --pack DIR --out FILE`` plays honest clients through the features that run live, and
writes the baseline; ``--check`` plays others, and says how often honest ones alarm and when distillers do.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import click
import msgspec

from detectors.base import Baseline, Panel
from detectors.lab import adversaries, benign, nulls
from detectors.lab.pack import CALIBRATION, HELD_OUT, Pack
from detectors.lab.traffic import Client
from gateway.plugins import panel as installed_panel
from gateway.rehearsal import LAX, SIZES, STRICT, Outcome, judge, live

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
    numbers = {rate: round(nulls.upper(values), 4) for rate, values in sorted(rates.items())}
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
    return f"{said}; rates cover {nulls.QUANTILE:.0%} of subjects at {nulls.CONFIDENCE:.0%} confidence"


def check(pack: Pack | None, panel: Panel, baseline: Baseline) -> Iterator[str]:
    """Yield the report: honest clients first, in sum and by kind, then those under contract, then distillers."""
    outcomes = [judge(client, panel, baseline) for client in unseen(pack)]
    days = sum(one.days for one in outcomes)
    yield f"honest, held out: {len(outcomes)} subjects, {days} subject-days"
    for one_in, alarmed in ((LAX, [o for o in outcomes if o.lax]), (STRICT, [o for o in outcomes if o.strict])):
        two = sum(one.families > 1 for one in alarmed)
        yield f"  at one in {one_in:.0e}: {len(alarmed)} alarmed, {two} of them by two families or more"
    yield from report(outcomes)
    yield "honest, under contract (generation: needs an entitlement):"
    contracted = benign.clients(range(UNSEEN, UNSEEN + CHECKED), entitled=True)
    yield from report([judge(client, panel, baseline) for client in contracted])
    yield "distillers:"
    yield from report([judge(client, panel, baseline) for client in distillers(pack)])


def report(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """Yield a line a kind and source: subjects, days, how many alarmed, median queries to the strict alarm."""
    groups: dict[tuple[str, str], list[Outcome]] = {}
    for one in outcomes:
        groups.setdefault((one.kind, one.source), []).append(one)
    yield f"{'kind':22}{'source':28}{'subjects':>9}{'days':>6}{'1e4':>6}{'1e6':>6}{'queries':>9}  highest weights"
    for (kind, source), some in sorted(groups.items()):
        strict = [one.strict for one in some if one.strict]
        lax, days = sum(one.lax > 0 for one in some), sum(one.days for one in some)
        top = {name: max(one.weights[name] for one in some) for name in some[0].weights}
        said = " ".join([f"{name} {weight:.1f}" for name, weight in top.items() if round(weight, 1)])
        queries = f"{median(strict):.0f}" if strict else "-"
        yield f"{kind:22}{source:28}{len(some):9}{days:6}{lax:6}{len(strict):6}{queries:>9}  {said}"


@click.command()
@click.option(
    "--pack", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), envvar="STILLGUARD_PACK"
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=DEFAULT, help="File to write or check.")
@click.option("--check", "checking", is_flag=True, help="Check the file on traffic held out; write nothing.")
def main(folder: Path | None, out: Path, checking: bool) -> None:
    """Learn the nulls of the installed panel from honest traffic, or check them."""
    pack, panel = Pack(folder) if folder else None, installed_panel({})
    if checking:
        for line in check(pack, panel, msgspec.json.decode(out.read_bytes(), type=Baseline)):
            click.echo(line)
        return
    baseline = learn(honest(pack), panel, described(pack))
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(msgspec.json.format(msgspec.json.encode(baseline), indent=1) + b"\n")
    click.echo(f"{out}: {baseline.source}", err=True)


if __name__ == "__main__":
    sys.exit(main())
