"""What the workbench's commands have in common: opening a configuration, and the data folder that it names."""

from pathlib import Path

import click

from gateway.config import Config
from gateway.stores.sqlite_file import FILE

CONFIG = click.option(
    "-c", "--config", "config", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True,
    help="The guard's configuration file.",
)  # fmt: skip


def data_folder(config: Config) -> Path:
    """Return the data folder of a guard that has run; a reader must not make an empty one elsewhere."""
    if not (config.data / FILE).exists():
        raise click.ClickException(f"no guard has run on the data folder {config.data} (key data of the configuration)")
    return config.data
