"""``stillguard exemptions``: who is exempt and what is left, a file checked, an entitlement given or taken back."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import msgspec

from gateway.appeals.editing import NEW, EditError, added, replaced, without
from gateway.appeals.opening import CONFIG, OUTPUT, day, has_run, opened
from gateway.appeals.rows import Row, rows
from gateway.clock import now
from gateway.config import Config
from gateway.exemptions.base import Entitlement
from gateway.exemptions.file import load_exemptions
from gateway.exemptions.index import Exemptions
from gateway.exemptions.uses import window
from gateway.faults import Faults
from gateway.opening import loaded
from gateway.stores.base import StoreError
from gateway.stores.lease import Lease

_LOCK = "exemptions.lock"


@click.group("exemptions")
def group() -> None:
    """Who may take much home: contracts, research, own evaluations."""


def _read(file: Path, *, hashed: bool = True) -> Exemptions:
    try:
        return load_exemptions(file, hashed=hashed)
    except Faults as faults:
        click.echo(str(faults), err=True)
        sys.exit(1)


def _file(config: Config) -> Path:
    if config.exemptions is None:
        raise click.ClickException("the configuration names no file of exemptions (key exemptions)")
    return config.exemptions


@group.command("list")
@CONFIG
@OUTPUT
def list_exemptions(file: Path, output: str) -> None:
    """List entitlements with what is used of them and what is left, those that have ended included."""
    config = loaded(file)
    exemptions, at = _read(_file(config)), now()
    keys = [(one.name, window(one, at)) for one in exemptions.entitlements]
    uses: dict[tuple[str, float], bytes] = {}
    if has_run(config):
        with opened(config) as store:
            uses = store.uses(keys)
    found = rows(exemptions, uses, at)
    if output == "json":
        click.echo(msgspec.json.encode([row.builtins() for row in found]).decode())
        return
    for row in found:
        click.echo("\n".join(_lines(row)))
    if not exemptions.entitlements:
        click.echo("nobody is exempt", err=True)


def _lines(row: Row) -> list[str]:
    one = row.entitlement
    ends = f" (window ends {day(row.window_ends)})" if row.window_ends < one.ends else ""
    spent = [
        f"    {name}: {number.used:,.0f} of {number.budget:,.0f} used, {number.left:,.0f} left{ends}"
        for name, number in row.spent.items()
    ]
    head = f"{one.name}  {row.state}  {one.purpose} until {day(one.ends)}  owner {one.owner}: {one.reason}"
    return [head, f"    {', '.join(map(str, one.subjects))}", *spent]


@group.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--recorded", is_flag=True, help="For recorded traffic: keys and users are named as the record does.")
def check_exemptions(files: tuple[Path, ...], recorded: bool) -> None:
    """Tell every fault of exemptions files, with line and column; exit 0 if there is none, else 1."""
    faulty = False
    for file in files:
        try:
            exemptions = load_exemptions(file, hashed=not recorded)
        except Faults as faults:
            click.echo(str(faults), err=True)
            faulty = True
            continue
        ended = exemptions.expired(now())
        told = f", {ended} of {len(exemptions.entitlements)} entitlements have ended" if ended else ""
        click.echo(f"{file}: no faults{told}")
    sys.exit(1 if faulty else 0)


@group.command("add")
@CONFIG
@click.argument("name")
@click.option("--subject", "subjects", multiple=True, required=True, metavar="SCOPE:VALUE", help="Who; several times.")
@click.option("--purpose", type=click.Choice(["contract", "research", "own_evaluation", "other"]), required=True)
@click.option("--tokens", type=click.IntRange(1), help="Most tokens received, reasoning included.")
@click.option("--traces", type=click.FloatRange(0, min_open=True), help="Most answers worth training on.")
@click.option("--exchanges", type=click.IntRange(1), help="Most answers.")
@click.option("--per", default="total", show_default=True, help="Window of the budget: total, 30d, 1d.")
@click.option("--starts", help="2027-01-31, or a moment with its zone; today without it.")
@click.option("--ends", required=True, help="The last day, or a moment with its zone.")
@click.option("--owner", required=True, help="Who answers for it.")
@click.option("--reason", required=True, help="Why it is given.")
@click.option("--note", help="What it is for, in your own words.")
@click.option("--tag", "tags", multiple=True, help="For policies; several times.")
@click.option("--over-budget", type=click.Choice(["policy", "watch"]), help="Who decides when the budget is spent.")
@OUTPUT
def add_exemption(file: Path, output: str, **said: Any) -> None:
    """Give an entitlement: it is appended to the file, comments stay. A running guard follows within seconds."""
    config, budget = loaded(file), {}
    said["starts"] = said["starts"] or day(now()).partition(" ")[0]  # its windows are counted from there
    for number in ("exchanges", "tokens", "traces"):
        if (limit := said.pop(number)) is not None:
            budget[number] = limit
    entry = {key: said[key] for key in ("name", "subjects", "purpose", "note")}
    entry |= {"budget": budget | {"per": said["per"]}}
    entry |= {key: said[key] for key in ("starts", "ends", "owner", "reason", "tags", "over_budget")}
    entry = {key: value for key, value in entry.items() if value is not None and value != ()}
    exemptions = _edit(config, lambda text: added(text or NEW, entry))
    given = next(one for one in exemptions.entitlements if one.name == entry["name"])
    _note(config, "added", given)
    click.echo(
        msgspec.json.encode(entry).decode() if output == "json" else f"{given.name} added until {day(given.ends)}"
    )


@group.command("delete")
@CONFIG
@click.argument("name")
@OUTPUT
def delete_exemption(file: Path, name: str, output: str) -> None:
    """Take an entitlement back: it is taken out of the file. What was used of it is kept."""
    config = loaded(file)
    gone = next((one for one in _read(_file(config)).entitlements if one.name == name), None)
    _edit(config, lambda text: without(text, name))
    if gone is not None:
        _note(config, "deleted", gone)
    click.echo(msgspec.json.encode({"deleted": name}).decode() if output == "json" else f"{name} deleted")


def _edit(config: Config, change: Callable[[str], str]) -> Exemptions:
    """Change the file's text, one operator at a time."""
    file = _file(config)
    config.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    turn = Lease(config.data / _LOCK)
    turn.take(wait=True)
    try:
        if file.exists():
            _read(file)
        return replaced(file, change(file.read_text("utf-8-sig") if file.exists() else ""))
    except Faults as faults:
        click.echo(str(faults), err=True)
        sys.exit(1)
    except (EditError, OSError, StoreError) as fault:
        raise click.ClickException(f"nothing changed: {fault}") from fault
    finally:
        turn.release()


def _note(config: Config, change: str, entitlement: Entitlement) -> None:
    """Leave a note for the decision log; where no guard has run there is none."""
    if not has_run(config):
        return
    body = {
        "change": change,
        "name": entitlement.name,
        "subjects": [str(subject) for subject in entitlement.subjects],
        "ends": entitlement.ends,
        "owner": entitlement.owner,
        "reason": entitlement.reason,
    }
    with opened(config) as store:
        store.audit.note("exemption", now(), body)
