"""``stillguard selftest``: plays a harmless harvester against the running guard, and says what it made of it."""

import asyncio
import secrets
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click
import msgspec

from gateway.config import Config
from gateway.decisions import Decision
from gateway.faults import Faults
from gateway.opening import loaded
from gateway.plugins import panel
from gateway.replay.run import rules_of
from gateway.secret import SecretError
from gateway.stores.base import StoreError
from gateway.workbench.explained import moment
from gateway.workbench.opening import CONFIG, data_folder
from gateway.workbench.playing import Heard, Plan, marked, play
from gateway.workbench.selftest import Fired, Looking, Rules, goal, why_not


class _Found(NamedTuple):
    """What came of it; ``why`` says in words why nothing fired."""

    plan: Plan
    heard: Heard
    fired: Sequence[Fired]
    why: Sequence[str]
    cleaned: Sequence[Decision]


@click.command("selftest")
@CONFIG
@click.option("--url", help="Where clients reach the guard; the configuration's own address without it.")
@click.option("--key", default="", help="API key to ask with; one that nobody has without it.")
@click.option("--model", default="gpt-sim-1", show_default=True, help="Model to ask.")
@click.option("--most", type=click.IntRange(10, 100_000), default=400, show_default=True, help="Questions at most.")
@click.option("--rate", type=click.FloatRange(0.01, 1000.0), default=10.0, show_default=True, help="A second, at most.")
@click.option("--max-tokens", type=click.IntRange(1, 100_000), default=400, show_default=True, help="Of one answer.")
@click.option("--clean", is_flag=True, help="End the decisions that were taken on the harvester.")
@click.option("-o", "output", type=click.Choice(["human", "json"]), default="human", help="How to print.")
def command(  # noqa: PLR0913, PLR0917 - one argument an option
    config: Path, url: str | None, key: str, model: str, most: int, rate: float, max_tokens: int, clean: bool,
    output: str,
) -> None:  # fmt: skip
    """Play a harmless harvester against the running guard; tell which rule fired, or why none did.

    The questions are own-written, go out at a pace, and cost what the model's answers cost. They bear the user agent
    stillguard-selftest and an end user of their own. Exit codes: 0 a rule fired; 1 none did, or something is at fault;
    2 the command line is wrong or a file is not there; 130 it was interrupted.
    """
    settled = loaded(config)
    name = f"stillguard-selftest-{secrets.token_hex(6)}"
    plan = Plan(url or _own(settled), key or f"sk-{name}", name, model, most, rate, max_tokens)
    try:
        found = _found(settled, plan, clean=clean)
    except (Faults, StoreError, SecretError, OSError, msgspec.DecodeError) as fault:
        raise click.ClickException(str(fault)) from fault
    except KeyboardInterrupt:
        sys.exit(130)
    click.echo("\n".join(_lines(found)) if output == "human" else msgspec.json.encode(_row(found)).decode())
    sys.exit(0 if found.fired else 1)


def _own(config: Config) -> str:
    """Return the address that the configuration names for clients."""
    listen = config.listen
    if not listen.port:
        raise click.UsageError("the configuration leaves the port open: give --url")
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(listen.host, listen.host)  # noqa: S104 - all interfaces: ours too
    scheme = "https" if listen.tls_certificate else "http"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{listen.port}"


def _found(config: Config, plan: Plan, *, clean: bool) -> _Found:
    data_folder(config)
    decides = rules_of(config)
    rules = Rules(panel(config.panel), decides.baseline, decides.policy)
    enough = goal(rules.policy)
    with Looking(config, plan) as looking:
        heard = asyncio.run(play(plan, lambda: _strictest(looking.fired()) >= enough, looking.folded))
        fired = looking.fired()
        reached = _strictest(fired) >= enough
        why = [] if reached else list(why_not(heard, looking.standing(rules), rules.policy))
        return _Found(plan, heard, fired, why, looking.clean() if clean else ())


def _strictest(fired: Sequence[Fired]) -> int:
    return max((one.decision.severity for one in fired), default=0)


def _lines(found: _Found) -> Iterator[str]:
    heard = found.heard
    yield f"asked {heard.asked:,} questions in {heard.seconds:.1f} s, as {marked()}; {heard.answered:,} were answered"
    for one in found.fired:
        decision = one.decision
        how = "enforced" if decision.mode == "enforce" else "in shadow, so the client noticed nothing"
        yield f"rule {decision.policy}/{decision.rule} fired after {one.answers:,} answers: {decision.action}, {how}"
        yield f"  {decision.id} on {decision.subject}, until {moment(decision.until)}"
    yield from (f"the guard refused, with the reference {name}" for name in found.heard.refusals)
    if found.why:
        yield "no rule that touches the client fired:" if found.fired else "no rule fired:"
        yield from (f"  {line}" for line in found.why)
    yield from (f"ended {decision.id} on {decision.subject}" for decision in found.cleaned)
    if any(one.decision.severity for one in found.fired) and not found.cleaned:
        yield "what was decided stands until it lapses; --clean would have ended it"


def _row(found: _Found) -> dict[str, Any]:
    return {
        "asked": found.heard.asked,
        "answered": found.heard.answered,
        "statuses": dict(found.heard.statuses),
        "seconds": found.heard.seconds,
        "refusals": found.heard.refusals,
        "user_agent": marked(),
        "fired": [
            {
                "decision": one.decision.id, "subject": one.decision.subject._asdict(), "answers": one.answers,
                "policy": one.decision.policy, "rule": one.decision.rule, "action": one.decision.action,
                "mode": one.decision.mode, "until": one.decision.until,
            }
            for one in found.fired
        ],
        "why": found.why,
        "cleaned": [decision.id for decision in found.cleaned],
    }  # fmt: skip
