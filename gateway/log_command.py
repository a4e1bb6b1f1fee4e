"""``stillguard log``: prove the decision log, read it, export it, and take a subject out of everything."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import click
import msgspec
from pydantic import TypeAdapter, ValidationError

from gateway.app.keeping import decision_log
from gateway.by_hand import named_subject
from gateway.clock import now
from gateway.decision_log.chronicle import Chronicle
from gateway.decision_log.erasing import Erasing
from gateway.decision_log.reading import lines, named, shown
from gateway.decision_log.signing import KeyFileError
from gateway.decision_log.verifying import Head, Proof, verify
from gateway.decision_log.writer import KEY
from gateway.ledger import Ledgers
from gateway.opening import loaded
from gateway.stores.base import StoreError
from gateway.stores.sqlite import SqliteStore
from gateway.stores.sqlite_file import FILE
from gateway.units import Duration

T = TypeVar("T")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_SHOWN = 20  # flaws printed for people; all of them in JSON
_CONFIG = click.option("-c", "--config", "config", type=_FILE, help="The configuration that names the log.")
_FOLDER = click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
_OUTPUT = click.option("-o", "output", type=click.Choice(["human", "json"]), default="human", help="How to print.")


@click.group("log")
def command() -> None:
    """Prove, read and export the decision log; forget a subject."""


def _found(folder: Path | None, config: Path | None) -> Path:
    """Return the log's folder: the one that is named, or the configuration's."""
    if folder is not None:
        return folder
    if config is None:
        raise click.UsageError("name the log's FOLDER, or a configuration with -c")
    settings = loaded(config)
    named_there = settings.log.folder or settings.data / "log"
    if not named_there.is_dir():
        raise click.ClickException(f"there is no decision log in {named_there}")
    return named_there


def _key(given: str | None, folder: Path) -> str:
    """Return the public key: as given, or read from the file that is given, or the one beside the log."""
    try:
        if given is None:
            return (folder / KEY).read_text().strip()
        return Path(given).read_text().strip() if Path(given).is_file() else given
    except OSError as error:
        raise click.ClickException(f"no public key in {folder / KEY}; give one with --key") from error


@command.command("verify")
@_FOLDER
@_CONFIG
@click.option("--key", help="The public key, or a file with it, from a place of your own; else the one in the folder.")
@click.option("--checkpoint", "kept", multiple=True, type=_FILE, help="A copy of head.json that was kept elsewhere.")
@_OUTPUT
def verify_log(folder: Path | None, config: Path | None, key: str | None, kept: tuple[Path, ...], output: str) -> None:
    """Find records that were changed, removed, reordered or cut off: exit code 0 if there are none, else 1."""
    place = _found(folder, config)
    try:
        heads = [msgspec.json.decode(file.read_bytes(), type=Head) for file in kept]
    except msgspec.MsgspecError as error:
        raise click.ClickException(f"--checkpoint: {error}") from error
    proof = verify(place, _key(key, place), heads)
    if output == "json":
        click.echo(msgspec.json.encode(proof._asdict() | {"flaws": [flaw._asdict() for flaw in proof.flaws]}).decode())
    else:
        _tell(proof, own_key=key is None)
    sys.exit(1 if proof.flaws else 0)


def _tell(proof: Proof, *, own_key: bool) -> None:
    for flaw in proof.flaws[:_SHOWN]:
        click.echo(str(flaw))
    if len(proof.flaws) > _SHOWN:
        click.echo(f"and {len(proof.flaws) - _SHOWN} more; -o json tells all")
    unsigned = max(0, proof.last - 1 - proof.signed)
    click.echo(
        f"{proof.records} records in {proof.files} files, {proof.first} to {proof.last}; "
        f"{unsigned} not signed yet; personal data forgotten in {proof.forgotten}; "
        f"{len(proof.flaws) or 'no'} flaws"
    )
    if own_key:
        click.echo("the key was taken from beside the log: who can replace both is not found without --key", err=True)


def _moment(text: str | None, otherwise: float) -> float:
    """Read a time: a date or time as ISO 8601 writes it (UTC unless it says otherwise), or how long ago, as 7d."""
    if text is None:
        return otherwise
    try:
        return now() - TypeAdapter(Duration).validate_python(text)
    except ValidationError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.ClickException(f"{text!r} is neither a time as 2026-11-26T12:00 nor a duration as 7d") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


@command.command("export")
@_FOLDER
@_CONFIG
@click.option("--since", help="From this time on: 2026-11-26, 2026-11-26T12:00, or 7d for seven days ago.")
@click.option("--until", help="Before this time.")
@click.option("--kind", "kinds", multiple=True, help="Only this kind of record; may be given again.")
def export_log(
    folder: Path | None, config: Path | None, since: str | None, until: str | None, kinds: tuple[str, ...]
) -> None:
    """Print records as JSON lines, personal parts in their places."""
    place = _found(folder, config)
    for line in lines(place, _moment(since, 0.0), _moment(until, float("inf")), kinds):
        click.echo(msgspec.json.encode(shown(line)))


@command.command("show")
@click.argument("name")
@_FOLDER
@_CONFIG
def show_record(name: str, folder: Path | None, config: Path | None) -> None:
    """Print what the log says of NAME: a decision's id, or the number of a record."""
    found = list(named(_found(folder, config), name))
    if not found:
        raise click.ClickException(f"the log says nothing of {name}")
    for line in found:
        click.echo(msgspec.json.format(msgspec.json.encode(shown(line))).decode())


@command.command("key")
@click.option("-c", "--config", "config", type=_FILE, required=True, help="The configuration that names the key.")
def show_key(config: Path) -> None:
    """Print the public key that proves the log; keep it where the log cannot be written from."""
    click.echo(_opened(lambda: decision_log(loaded(config))).public)


def _opened(make: Callable[[], T]) -> T:
    try:
        return make()
    except (KeyFileError, StoreError) as fault:
        raise click.ClickException(str(fault)) from fault


@command.command("forget")
@click.argument("scope", type=click.Choice(["user", "key", "account", "network", "campaign"]))
@click.argument("value")
@click.option("-c", "--config", "config", type=_FILE, required=True, help="The configuration of the guard.")
@click.option("--by", required=True, help="Who asks for it; stays in the log.")
@click.option("--reason", required=True, help="Why; name nobody in it, for it stays in the log.")
def forget_subject(scope: str, value: str, config: Path, by: str, reason: str) -> None:
    """Delete all that is kept of a subject: SCOPE VALUE. The log stays verifiable, and says that it was done."""
    settings = loaded(config)
    try:
        subject = named_subject(scope, value)
    except ValueError as fault:
        raise click.ClickException(str(fault)) from fault
    if not (settings.data / FILE).exists():
        raise click.ClickException(f"no guard has run on the data folder {settings.data}")
    store = _opened(lambda: SqliteStore(settings.data))
    log = _opened(lambda: decision_log(settings))
    ledgers = Ledgers(settings.ledgers, settings.data)
    erasing = Erasing(store, Chronicle(log, store.audit, patience=0.0), also=ledgers.forget)
    if not _opened(lambda: erasing.forget(subject, by, reason)):
        raise click.ClickException("the request is kept, but the analyst has not done it yet: look at its log")
    click.echo(f"{scope}:{value} is forgotten; copies and backups elsewhere are yours to find")
