"""``stillguard campaigns release``, ``take-back``, ``undo`` and ``redo``: one member set free, or all of them."""

import math
from pathlib import Path
from typing import Any

import click
import msgspec
from msgspec.structs import replace

from gateway.appeals.opening import CONFIG, OUTPUT, day, opened, seconds
from gateway.campaigns import Membership, subject_of
from gateway.clock import now
from gateway.decisions import Subject
from gateway.opening import loaded
from gateway.pardons import Pardon, pardon_of
from gateway.stores.sqlite import SqliteStore

_BY = click.option("--by", required=True, help="Who says so.")
_REASON = click.option("--reason", required=True, help="Why.")
_ID = click.argument("name", metavar="ID")


@click.command("release")
@CONFIG
@_ID
@click.argument("member", metavar="SCOPE:VALUE")
@_REASON
@_BY
@OUTPUT
def release(file: Path, name: str, member: str, reason: str, by: str, output: str) -> None:
    """Set one member free of what is decided on its campaign. Its own decisions stay, and so do the other members'."""
    _change(file, name, member, now(), {"change": "released", "reason": reason, "by": by}, output)


@click.command("take-back")
@CONFIG
@_ID
@click.argument("member", metavar="SCOPE:VALUE")
@_BY
@OUTPUT
def take_back(file: Path, name: str, member: str, by: str, output: str) -> None:
    """Take a release back: what is decided on the campaign reaches the member again."""
    _change(file, name, member, 0.0, {"change": "release taken back", "by": by}, output)


def _change(file: Path, name: str, member: str, at: float, said: dict[str, str], output: str) -> None:
    if ":" not in member:
        raise click.UsageError("name the member as scope:value, for example account:acme")
    subject = subject_of(member)
    with opened(loaded(file)) as store:
        if not store.release(Membership(name, subject), at):
            known = {str(one.subject) for one in store.members(name)}
            reason = "is so already" if member in known else f"is no member of {name}"
            raise click.ClickException(f"nothing changed: {member} {reason}")
        body: dict[str, Any] = {"campaign": name, "members": [member], **said}
        store.audit.note("campaign", now(), body)
    free = bool(at)
    told = f"{member} is free of what is decided on {name}" if free else f"{member} is reached again by {name}"
    row = {"campaign": name, "subject": {"scope": subject.scope, "value": subject.value}, "released": free}
    click.echo(msgspec.json.encode(row).decode() if output == "json" else told)


@click.command("undo")
@CONFIG
@_ID
@_REASON
@_BY
@click.option("--for", "lasts", default="30d", show_default=True, help="How long: 4h, 7d.")
@click.option("--growth", type=click.FloatRange(1.0, min_open=True), default=1000.0, show_default=True,
              help="It ends early when the evidence is so many times as strong.")  # fmt: skip
@OUTPUT
def undo(file: Path, name: str, reason: str, by: str, lasts: str, growth: float, output: str) -> None:
    """Set all members of a campaign free: end what is decided on it, and spare it for a time.

    The campaign is watched meanwhile. The same as a pardon of its decision.
    """
    time = seconds("--for", lasts)
    with opened(loaded(file)) as store:
        decision = store.appeals.newest(Subject("campaign", name))
        if decision is None:
            raise click.ClickException(f"nothing was ever decided on {name}")
        given = pardon_of(decision, at=now(), lasts=time, growth=math.log(growth), reason=reason, by=by)
        ended = store.pardon(given)
        _note(store, given, "pardon", ended=ended is not None)
    told = (
        f"all members of {name} are free until {day(given.until)}, unless the evidence reaches {given.ceiling:.1f} nats"
    )
    row = {"campaign": name, "decision": given.decision, "until": given.until, "ended": ended is not None}
    click.echo(msgspec.json.encode(row).decode() if output == "json" else told)


@click.command("redo")
@CONFIG
@_ID
@_BY
@OUTPUT
def redo(file: Path, name: str, by: str, output: str) -> None:
    """Take back that a campaign was set free: its next pass decides on it again."""
    with opened(loaded(file)) as store:
        last = [one for one in store.pardoned(0).pardons if one.subject == Subject("campaign", name)][-1:]
        if not last or last[0].until <= now():
            raise click.ClickException(f"nobody set {name} free, or that has ended")
        at = now()
        given = replace(last[0], at=at, until=at, reason="taken back", by=by)
        store.pardon(given)
        _note(store, given, "pardon", ended=False)
    told = f"{name} is decided on again at the linker's next pass"
    click.echo(msgspec.json.encode({"campaign": name, "spared": False}).decode() if output == "json" else told)


def _note(store: SqliteStore, given: Pardon, kind: str, *, ended: bool) -> None:
    row: dict[str, Any] = msgspec.to_builtins(given)
    body = row | {"subject": {"scope": given.subject.scope, "value": given.subject.value}, "ended": ended}
    store.audit.note(kind, given.at, body)
