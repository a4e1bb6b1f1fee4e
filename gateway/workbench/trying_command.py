"""``stillguard test policy``: runs the cases that stand beside policy files."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from gateway.faults import Fault, Faults
from gateway.plugins import panel
from gateway.policies.file import policy_files
from gateway.workbench.cases import beside, is_test
from gateway.workbench.tried import PRINTERS, coverage, percent
from gateway.workbench.trying import Tried, try_file, untested


@click.group("test")
def command() -> None:
    """Try files against what they are expected to do."""


@command.command("policy")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--min-coverage", type=click.FloatRange(0.0, 100.0), default=0.0, show_default=True,
              help="Share of rules that must decide in some case, per cent.")  # fmt: skip
@click.option("-o", "output", type=click.Choice(list(PRINTERS)), default="human", help="How to print.")
def policy(files: tuple[Path, ...], min_coverage: float, output: str) -> None:
    """Run policy tests: of a policy the NAME_test.yaml beside it, of a folder all; a test file may be named itself.

    Exit codes: 0 every case passes; 1 a case fails, a file is at fault, there is no case, or fewer rules decide than
    --min-coverage asks for; 2 the command line is wrong or a file is not there.
    """
    tried: list[Tried] = []
    faults: list[Fault] = []
    for file in dict.fromkeys(each for given in files for each in _meant(given)):
        try:
            tried.append(_try(file))
        except Faults as error:
            faults += error.faults
    if faults:
        click.echo(str(Faults(dict.fromkeys(faults))), err=True)
    click.echo(PRINTERS[output](tried))
    sys.exit(1 if faults or not _satisfied(tried, min_coverage) else 0)


def _meant(given: Path) -> Iterator[Path]:
    """Yield the test files that a path means, and the policies that have none."""
    if not given.is_dir():
        yield given if is_test(given) else beside(given) or given
        return
    yield from (beside(file) or file for file in policy_files(given))
    yield from sorted(file for file in given.iterdir() if file.suffix in {".yaml", ".yml"} and is_test(file))


def _try(file: Path) -> Tried:
    return try_file(file, panel({})) if is_test(file) else untested(file)


def _satisfied(tried: Sequence[Tried], least: float) -> bool:
    outcomes = [outcome for one in tried for outcome in one.outcomes]
    if not outcomes:
        click.echo("no case was run", err=True)
        return False
    short = coverage(tried) * 100 + 1e-9 < least
    if short:
        click.echo(f"{percent(coverage(tried))} of rules decide in some case; {least:g} % are asked for", err=True)
    return not short and all(outcome.passed for outcome in outcomes)
