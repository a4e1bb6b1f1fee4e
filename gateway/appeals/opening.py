"""What all commands here begin with: the configuration, and the store of a guard that has run."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from pydantic import TypeAdapter, ValidationError

from gateway.config import Config
from gateway.stores.sqlite import SqliteStore
from gateway.stores.sqlite_file import FILE
from gateway.units import Duration

_LAST = datetime.max.replace(tzinfo=UTC).timestamp() - 1.0  # seconds since the epoch: later is not in the calendar

CONFIG = click.option(
    "-c", "--config", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True,
    help="The configuration file; deploy/gateway.yaml is the commented sample.",
)  # fmt: skip
OUTPUT = click.option("-o", "output", type=click.Choice(["human", "json"]), default="human", help="How to print.")


def has_run(config: Config) -> bool:
    """Whether a guard has ever run on the data folder."""
    return (config.data / FILE).exists()


@contextmanager
def opened(config: Config) -> Iterator[SqliteStore]:
    """Open the store of a guard that has run: a listing must not make an empty one elsewhere."""
    if not has_run(config):
        raise click.ClickException(f"no guard has run on the data folder {config.data} (key data of the configuration)")
    store = SqliteStore(config.data)
    try:
        yield store
    finally:
        store.close()


def seconds(option: str, written: str) -> float:
    """Return a duration of the command line in seconds."""
    try:
        return float(TypeAdapter(Duration).validate_python(written))
    except ValidationError as fault:
        raise click.ClickException(f"{option} {written}: {fault.errors()[0]['msg']}") from fault


def day(at: float) -> str:
    """Return a time as listings show it, in UTC; infinity is empty."""
    return datetime.fromtimestamp(min(at, _LAST), UTC).strftime("%Y-%m-%d %H:%M") if at < float("inf") else ""
