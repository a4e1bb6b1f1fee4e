"""``stillguard verify``: what clients said of themselves, and an operator's word on it."""

from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec
from pydantic import TypeAdapter, ValidationError

from gateway.clock import now
from gateway.opening import loaded
from gateway.storage import storage_of
from gateway.stores.base import StoreError
from gateway.units import Duration
from gateway.verification.attestation import Attestation
from gateway.verification.book import Book
from gateway.verification.settling import NotPendingError, approve, refuse

_CONFIG = click.option(
    "-c", "--config", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True,
    help="The configuration file.",
)  # fmt: skip
_OUTPUT = click.option("-o", "output", type=click.Choice(["human", "json"]), default="human", help="How to print.")


@click.group()
def verify() -> None:
    """Read what refused clients said of themselves, and approve or refuse it."""


@verify.command("list")
@_CONFIG
@click.option("--all", "every", is_flag=True, help="Also those that were decided on.")
@_OUTPUT
def list_attestations(file: Path, every: bool, output: str) -> None:
    """List the attestations that wait for a word, oldest first."""
    found = Book(loaded(file).data).all(None if every else "pending")
    _print(found, output)
    if output == "human" and not found:
        click.echo("nobody waits", err=True)


@verify.command("approve")
@_CONFIG
@click.argument("identifier", metavar="ID")
@click.option("--for", "lasts", help="How long the subject counts as verified: 30d. Default: verification.lasts.")
@_OUTPUT
def approve_attestation(file: Path, identifier: str, lasts: str | None, output: str) -> None:
    """Approve an attestation: the decision that asked for it ends within a second."""
    config = loaded(file)
    try:
        seconds = TypeAdapter(Duration).validate_python(lasts) if lasts else config.verification.lasts
        store = storage_of(config).store(config.data)
        try:
            settled = approve(Book(config.data), store, identifier, now(), seconds, "operator")
        finally:
            store.close()
    except ValidationError as fault:
        raise click.ClickException(f"--for {lasts}: {fault.errors()[0]['msg']}") from fault
    except (NotPendingError, StoreError) as fault:
        raise click.ClickException(str(fault)) from fault
    _print([settled], output)


@verify.command("refuse")
@_CONFIG
@click.argument("identifier", metavar="ID")
@_OUTPUT
def refuse_attestation(file: Path, identifier: str, output: str) -> None:
    """Refuse an attestation: the decision stays as it is."""
    try:
        settled = refuse(Book(loaded(file).data), identifier, now(), "operator")
    except (NotPendingError, StoreError) as fault:
        raise click.ClickException(str(fault)) from fault
    _print([settled], output)


def _print(found: list[Attestation], output: str) -> None:
    if output == "json":
        click.echo(msgspec.json.encode(found).decode())
        return
    for one in found:
        when = datetime.fromtimestamp(one.at, UTC).strftime("%Y-%m-%d %H:%M")
        click.echo(f"{one.id}  {one.state:9} {when}  {one.subject}  decision {one.decision}")
        click.echo(f"    {one.name}, {one.contact}")
        click.echo(f"    {one.purpose}")
