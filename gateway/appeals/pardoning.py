"""``stillguard decisions pardon``, ``label`` and ``labels``: what an operator says after somebody complained."""

import math
from pathlib import Path
from typing import Any

import click
import msgspec

from gateway.appeals.opening import CONFIG, OUTPUT, day, opened, seconds
from gateway.clock import now
from gateway.decisions import Decision, Subject
from gateway.opening import loaded
from gateway.pardons import Kind, Label, Pardon, label_of, pardon_of
from gateway.stores.sqlite import SqliteStore

_BY = click.option("--by", required=True, help="Who says so.")


def _named(store: SqliteStore, names: tuple[str, ...]) -> Decision:
    """Return the decision of an id, or the newest on a subject."""
    if len(names) == 1:
        found = store.appeals.decision(names[0])
    elif len(names) == 2:  # noqa: PLR2004 - scope and value
        found = store.appeals.newest(Subject(*names))
    else:
        raise click.UsageError("name a decision by its id, or by SCOPE VALUE of its subject")
    if found is None:
        raise click.ClickException(
            f"there is no decision {names[0]}"
            if len(names) == 1
            else f"no decision was ever taken on {':'.join(names)}"
        )
    return found


@click.command("pardon")
@CONFIG
@click.argument("names", nargs=-1, metavar="ID | SCOPE VALUE")
@click.option("--reason", required=True, help="Why.")
@_BY
@click.option("--for", "lasts", default="30d", show_default=True, help="How long: 4h, 7d.")
@click.option("--growth", type=click.FloatRange(1.0, min_open=True), default=1000.0, show_default=True,
              help="The pardon ends early when the evidence is so many times as strong.")  # fmt: skip
@OUTPUT
def pardon(file: Path, names: tuple[str, ...], reason: str, by: str, lasts: str, growth: float, output: str) -> None:
    """End a decision, and spare its subject from the same rule (and milder ones of the policy) for a time.

    What the rule would do is watched meanwhile. A stricter rule still applies, and so does this one once the evidence
    has grown by --growth.
    """
    time = seconds("--for", lasts)
    with opened(loaded(file)) as store:
        given = pardon_of(_named(store, names), at=now(), lasts=time, growth=math.log(growth), reason=reason, by=by)
        ended = store.pardon(given)
        store.audit.note("pardon", given.at, _body(given) | {"ended": ended is not None})
    row = _body(given) | {"ended": ended is not None}
    click.echo(msgspec.json.encode(row).decode() if output == "json" else "\n".join(_told(given, ended)))


def _body(given: Pardon) -> dict[str, Any]:
    row: dict[str, Any] = msgspec.to_builtins(given)
    return row | {"subject": {"scope": given.subject.scope, "value": given.subject.value}}


def _told(given: Pardon, ended: Decision | None) -> list[str]:
    done = f"{given.decision} on {given.subject} ended"
    spared = f"spared from {given.policy}/{given.rule} until {day(given.until)}"
    return [
        done if ended else f"nothing like {given.decision} stands on {given.subject}",
        f"{spared}, unless the evidence reaches {given.ceiling:.1f} nats",
    ]


@click.command("label")
@CONFIG
@click.argument("name", metavar="ID")
@click.argument("label", type=click.Choice(["false_alarm", "confirmed"]))
@_BY
@click.option("--note", default="", help="What else there is to say.")
@OUTPUT
def label(file: Path, name: str, label: Kind, by: str, note: str, output: str) -> None:
    """Say whether a decision was a false alarm or is confirmed; the decision itself stays as it is."""
    with opened(loaded(file)) as store:
        given = label_of(_named(store, (name,)), label, at=now(), by=by, note=note)
        store.appeals.label(given)
        store.audit.note("label", given.at, _row(given))
    _print([given], output)


@click.command("labels")
@CONFIG
@OUTPUT
def labels(file: Path, output: str) -> None:
    """List the newest label of each decision; -o json writes what `stillguard calibrate --labels` reads."""
    with opened(loaded(file)) as store:
        found = store.appeals.labels()
    _print(found, output)
    if output == "human" and not found:
        click.echo("no decision has a label", err=True)


def _row(given: Label) -> dict[str, Any]:
    row: dict[str, Any] = msgspec.to_builtins(given)
    return row | {"subject": {"scope": given.subject.scope, "value": given.subject.value}}


def _print(found: list[Label], output: str) -> None:
    if output == "json":
        click.echo(msgspec.json.encode([_row(one) for one in found]).decode())
        return
    for one in found:
        note = f": {one.note}" if one.note else ""
        click.echo(
            f"{one.decision}  {one.subject!s:44}  {one.policy}/{one.rule}  {one.label}  {day(one.at)} by {one.by}{note}"
        )
