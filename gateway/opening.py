"""What every command begins with: the configuration, or all that is wrong with it."""

import sys
from pathlib import Path

import click

from gateway.app.settling import load_config
from gateway.config import Config
from gateway.faults import Faults


def loaded(file: Path) -> Config:
    """Return a configuration; ends the process with every fault told if it is at fault."""
    try:
        return load_config(file)
    except Faults as faults:
        click.echo(str(faults), err=True)
        sys.exit(1)
