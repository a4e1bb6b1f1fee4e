"""``stillguard campaigns list``, ``show``, ``members`` and ``graph``."""

from pathlib import Path

import click
import msgspec

from gateway.appeals.opening import CONFIG, OUTPUT, opened
from gateway.campaign_rows import by_size, by_weight, member_row, row
from gateway.campaigns import Campaign, Member
from gateway.clock import now
from gateway.decisions import Decision, Subject
from gateway.opening import loaded
from gateway.roll.graph import html, svg
from gateway.roll.listing import campaign_lines, member_lines, whole
from gateway.roll.releasing import redo, release, take_back, undo
from gateway.stores.sqlite import SqliteStore


@click.group("campaigns")
def group() -> None:
    """Look at subjects that act together, set some or all of them free, or take that back."""


def named(store: SqliteStore, name: str) -> Campaign:
    """Return a campaign by its id, or by the beginning of it if that is no other's."""
    found = [one for one in store.roll().campaigns if one.id.startswith(name)]
    exact = [one for one in found if one.id == name]
    if len(exact or found) != 1:
        raise click.ClickException(f"{'several campaigns begin with' if found else 'there is no campaign'} {name}")
    return (exact or found)[0]


def standing(store: SqliteStore) -> dict[Subject, Decision]:
    """Return the decisions that stand on campaigns."""
    return {one.subject: one for one in store.announced(0, now()).decisions if one.subject.scope == "campaign"}


@group.command("list")
@CONFIG
@click.option("--all", "groups", is_flag=True, help="Groups on which nothing was ever decided, too.")
@OUTPUT
def list_campaigns(file: Path, groups: bool, output: str) -> None:
    """List campaigns, those on which a decision stands first."""
    with opened(loaded(file)) as store:
        decided = standing(store)
        found = by_size([one for one in store.roll().campaigns if groups or one.named], decided)
    if output == "json":
        click.echo(msgspec.json.encode([row(one, decided.get(one.subject)) for one in found]).decode())
        return
    for line in campaign_lines(found, decided):
        click.echo(line)
    if not found:
        click.echo("no campaign was found" + ("" if groups else "; --all lists groups too"), err=True)


@group.command("show")
@CONFIG
@click.argument("name", metavar="ID")
@OUTPUT
def show(file: Path, name: str, output: str) -> None:
    """Say of a campaign what joins its members, how it stands, what it took, and who belongs to it."""
    campaign, members, decision = _read(file, name)
    if output == "json":
        told = row(campaign, decision) | {"who": [member_row(one) for one in by_weight(members)]}
        click.echo(msgspec.json.encode(told).decode())
        return
    click.echo("\n".join(whole(campaign, members, decision)))


@group.command("members")
@CONFIG
@click.argument("name", metavar="ID")
@OUTPUT
def list_members(file: Path, name: str, output: str) -> None:
    """List all members of a campaign, those first whom decisions reach, by the weight of their tie."""
    _, members, _ = _read(file, name)
    if output == "json":
        click.echo(msgspec.json.encode([member_row(one) for one in by_weight(members)]).decode())
        return
    for line in member_lines(by_weight(members)):
        click.echo(line)


@group.command("graph")
@CONFIG
@click.argument("name", metavar="ID")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="FILE.svg or FILE.html.")
def graph(file: Path, name: str, out: Path) -> None:
    """Draw a campaign: who is tied to whom, and by what."""
    if out.suffix not in {".svg", ".html"}:
        raise click.UsageError("--out names a file that ends in .svg or .html")
    campaign, members, _ = _read(file, name)
    drawn = svg(campaign, members) if out.suffix == ".svg" else html(campaign, members)
    try:
        out.write_text(drawn, "utf-8")
    except OSError as fault:
        raise click.ClickException(f"{out}: {fault.strerror}") from fault
    click.echo(str(out))


def _read(file: Path, name: str) -> tuple[Campaign, list[Member], Decision | None]:
    with opened(loaded(file)) as store:
        campaign = named(store, name)
        return campaign, store.members(campaign.id), standing(store).get(campaign.subject)


for each in (release, take_back, undo, redo):
    group.add_command(each)
