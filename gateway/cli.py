"""The command line: what an operator types. It decides nothing; it loads, calls and prints."""

import importlib.metadata
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
import msgspec
import yaml
from pydantic import TypeAdapter, ValidationError

from gateway import logs, supervisor
from gateway.appeals.exempting import group as exemptions
from gateway.appeals.pardoning import label, labels, pardon
from gateway.by_hand import by_hand, named_subject
from gateway.calibration.command import command as calibrate
from gateway.clock import now
from gateway.config import Config
from gateway.decisions import Decision, Subject
from gateway.demo.story import run as run_demo
from gateway.exemptions.file import load_exemptions
from gateway.faults import Faults
from gateway.identity import key_hash
from gateway.lab.command import lab
from gateway.log_command import command as decision_log
from gateway.opening import loaded
from gateway.plugin_list import plugins
from gateway.plugins import PluginError
from gateway.policies.file import load_policies
from gateway.reasons import reasons
from gateway.replay.command import command as replay
from gateway.roll.command import group as campaigns
from gateway.schema import command as schema
from gateway.secret import secret
from gateway.slips import MisplacedError
from gateway.storage import storage_of
from gateway.stores.base import Folded, Store
from gateway.units import LONGEST, Duration
from gateway.verify_command import verify
from gateway.workbench.commands import COMMANDS as WORKBENCH

_CONFIG = click.option(
    "-c", "--config", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True,
    help="The configuration file; deploy/gateway.yaml is the commented sample.",
)  # fmt: skip
_OUTPUT = click.option("-o", "output", type=click.Choice(["human", "json"]), default="human", help="How to print.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(importlib.metadata.version("stillguard"))
def main() -> None:
    """Stillguard: a reverse proxy in front of a model API that sees distillation."""


main.add_command(lab)
main.add_command(schema)


@main.command()
@_CONFIG
@click.option("--workers", type=click.IntRange(1, 256), help="Proxy processes, instead of the file's.")
def serve(file: Path, workers: int | None) -> None:
    """Run the proxies, the analyst and the admin server until SIGTERM."""
    config = loaded(file)
    if workers:
        config = config.model_copy(update={"listen": config.listen.model_copy(update={"workers": workers})})
    _check_files(config)
    logs.set_up("supervisor", config.log_level)
    try:
        supervisor.run(config)
    except supervisor.StartError as fault:
        raise click.ClickException(str(fault)) from fault


def _check_files(config: Config) -> None:
    try:
        load_policies(config.policies)
        if config.exemptions is not None:
            load_exemptions(config.exemptions)
    except Faults as faults:
        click.echo(str(faults), err=True)
        sys.exit(1)


@main.group()
def check() -> None:
    """Tell every fault of a file, with line and column; exit 0 if there is none, else 1."""


@check.command("config")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check_config(file: Path) -> None:
    """Check a configuration file, and the policies and exemptions that it names."""
    config = loaded(file)
    _check_files(config)
    click.echo(f"{file}: no faults")


@check.command("policy")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def check_policy(files: tuple[Path, ...]) -> None:
    """Check policy files."""
    faulty = False
    for file in files:
        try:
            load_policies(file)
            click.echo(f"{file}: no faults")
        except Faults as faults:
            click.echo(str(faults), err=True)
            faulty = True
    sys.exit(1 if faulty else 0)


@main.command()
@click.option("--pack", type=click.Path(exists=True, file_okay=False, path_type=Path), envvar="STILLGUARD_PACK",
              help="Folder of real prompts to play; own-written ones without it.")  # fmt: skip
@click.option("--seconds", default=45.0, show_default=True, help="How long the clients play.")
@click.option("--plain", is_flag=True, help="Lines instead of a live table.")
def demo(pack: Path | None, seconds: float, plain: bool) -> None:
    """Play honest clients and harvesters against the guard on this machine, and tell what happened."""
    sys.exit(run_demo(pack, seconds, plain))


@main.group()
def identity() -> None:
    """Turn secrets into the keyed hashes that files and listings use."""


@identity.command("hash")
@_CONFIG
def identity_hash(file: Path) -> None:
    """Read API keys from standard input, one a line; print their keyed hashes for the accounts file."""
    config = loaded(file)
    place = config.identity.secret_file or config.data / "secret"
    if not place.exists():
        click.echo(f"no secret yet: one is made in {place}", err=True)
    salt = secret(place)
    for line in sys.stdin:
        if key := line.strip():
            click.echo(key_hash(salt, key))


@main.group()
def decisions() -> None:
    """Look at standing decisions, take one by hand, or end one."""


def _store(config: Config) -> Store:
    """Open the store of a guard that has run; a listing must not make an empty one elsewhere."""
    storage = storage_of(config)
    if not storage.used(config.data):
        raise click.ClickException(f"no guard has run on the data folder {config.data} (key data of the configuration)")
    return storage.store(config.data)


def _row(decision: Decision, at: float) -> str:
    left = f"{(decision.until - at) / 3600:6.1f} h left" if decision.until > at else "        ended"
    return (
        f"{decision.id}  {decision.subject!s:44}  {decision.action:9} {decision.mode:8} "
        f"{left}  {decision.rule or 'by hand'}{f'  exempt: {decision.exempt}' * bool(decision.exempt)}"
    )


def _print(rows: Iterable[Decision], output: str) -> None:
    if output == "json":
        click.echo(
            msgspec.json.encode([{**msgspec.to_builtins(r), "reasons": reasons(r.evidence)} for r in rows]).decode()
        )
        return
    for row in rows:
        click.echo(_row(row, now()))
        for reason in reasons(row.evidence):
            click.echo(f"    {reason}")


@decisions.command("list")
@_CONFIG
@_OUTPUT
def list_decisions(file: Path, output: str) -> None:
    """List the decisions that stand."""
    store = _store(loaded(file))
    standing = store.announced(0, now()).decisions
    _print(standing, output)
    if output == "human" and not standing:
        click.echo("no decision stands", err=True)


def _parameter(pair: str) -> tuple[str, Any]:
    """Read NAME=VALUE; the value as YAML, so that numbers and booleans are such."""
    name, equals, value = pair.partition("=")
    if not (name.strip() and equals):
        raise ValueError(f"{pair!r} is no NAME=VALUE")
    return name.strip(), yaml.safe_load(value)


def _lasting(text: str) -> float:
    seconds = TypeAdapter(Duration).validate_python(text)
    if not 0.0 < seconds <= LONGEST:
        raise ValueError(f"--for {text}: more than nothing, and {LONGEST / 86400.0:.0f}d at most")
    return seconds


@decisions.command("add")
@_CONFIG
@click.argument("scope", type=click.Choice(["user", "key", "account", "network", "campaign"]))
@click.argument("value")
@click.argument("action")
@click.option("--for", "lasts", default="4h", show_default=True, help="How long: 30s, 10m, 4h, 7d.")
@click.option("--with", "parameters", multiple=True, metavar="NAME=VALUE", help="A parameter of the action.")
@click.option("--shadow", is_flag=True, help="Record it, but do not act.")
@_OUTPUT
def add_decision(  # noqa: PLR0913, PLR0917 - one argument an option
    file: Path, scope: str, value: str, action: str, lasts: str, parameters: tuple[str, ...], shadow: bool, output: str
) -> None:
    """Decide by hand on a subject: SCOPE VALUE ACTION. The value of a key is its keyed hash."""
    config = loaded(file)
    try:
        named = dict(_parameter(pair) for pair in parameters)
        decision = by_hand(named_subject(scope, value), action, named, _lasting(lasts), now(), shadow=shadow)
    except ValidationError as fault:
        raise click.ClickException(
            f"--for {lasts}: {fault.errors()[0]['msg'].removeprefix('Value error, ')}"
        ) from fault
    except MisplacedError as fault:
        raise click.ClickException(
            "; ".join(f"--with {slip.loc[-1]}: {slip.message}" if slip.loc else slip.message for slip in fault.slips)
        ) from fault
    except (ValueError, PluginError, yaml.YAMLError) as fault:
        raise click.ClickException(str(fault)) from fault
    _store(config).commit(Folded(upto=0, cases={}, decisions=[decision], at=decision.at))
    _print([decision], output)


@decisions.command("delete")
@_CONFIG
@click.argument("scope")
@click.argument("value")
@_OUTPUT
def delete_decision(file: Path, scope: str, value: str, output: str) -> None:
    """End the decision that stands on a subject; proxies follow within a second."""
    lifted = _store(loaded(file)).lift(Subject(scope, value), now())
    if lifted is None:
        raise click.ClickException(f"no decision stands on {scope}:{value}")
    _print([lifted], output)


for each in (pardon, label, labels):
    decisions.add_command(each)
main.add_command(exemptions)
main.add_command(campaigns)
main.add_command(replay)
main.add_command(calibrate)
for each in WORKBENCH:
    main.add_command(each)
main.add_command(plugins)
main.add_command(verify)
main.add_command(decision_log)

if __name__ == "__main__":
    main()
