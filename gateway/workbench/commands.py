"""The workbench's commands, for the command line to take in."""

from typing import Final

import click

from gateway.workbench.backtesting_command import command as backtest
from gateway.workbench.differing_command import command as diff
from gateway.workbench.explaining_command import command as explain
from gateway.workbench.selftest_command import command as selftest
from gateway.workbench.trying_command import command as test

COMMANDS: Final[tuple[click.Command, ...]] = (test, backtest, diff, explain, selftest)
