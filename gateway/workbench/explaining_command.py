"""``stillguard explain``: why a decision was taken, from what the data file keeps."""

from contextlib import closing, suppress
from pathlib import Path

import click
import msgspec

from detectors.base import Panel
from gateway.app.last_good import FOLDER
from gateway.campaign_rows import by_weight
from gateway.campaigns import SCOPE
from gateway.clock import now
from gateway.config import Config
from gateway.decisions import Decision, Policy
from gateway.faults import Faults
from gateway.opening import loaded
from gateway.plugins import panel
from gateway.policies.file import load_policies
from gateway.stores.base import StoreError
from gateway.stores.sqlite_campaigns import SqliteCampaigns
from gateway.stores.sqlite_decisions import KeptDecisions
from gateway.stores.sqlite_file import SqliteFile
from gateway.workbench.conditions import conditions
from gateway.workbench.explained import lines, row
from gateway.workbench.explaining import Explained, State, margins, otherwise, standing_at, state, voices
from gateway.workbench.opening import CONFIG, data_folder
from gateway.workbench.written import Text, Written, judging, policy_of, text_of


@click.command("explain")
@click.argument("name", metavar="ID")
@CONFIG
@click.option("-o", "output", type=click.Choice(["human", "json"]), default="human", help="How to print.")
def command(name: str, config: Path, output: str) -> None:
    """Say why decision ID was taken: the rule, the numbers then, the reasons, what would have changed it.

    Exit codes: 0 it was found; 1 it was not, or the configuration or the data file is at fault; 2 the command line is
    wrong or a file is not there.
    """
    settled = loaded(config)
    try:
        with closing(KeptDecisions(data_folder(settled))) as kept:
            announced = kept.of(name)
            if not announced:
                raise click.ClickException(f"the data file knows no decision {name}")
            became = state(announced, kept.newest(announced[0].subject), now())
    except StoreError as fault:
        raise click.ClickException(str(fault)) from fault
    told = explained(settled, announced[0], became)
    if announced[0].subject.scope == SCOPE:
        told = with_campaign(told, data_folder(settled))
    click.echo("\n".join(lines(told, now())) if output == "human" else msgspec.json.encode(row(told)).decode())


def explained(config: Config, decision: Decision, became: State) -> Explained:
    """Return all that is to be said of a decision under a configuration."""
    detectors = panel(config.panel)
    written = policy_of((config.policies, config.data / FOLDER), decision.policy, decision.revision)
    told = Explained(
        decision=decision,
        state=became,
        voices=voices(decision, detectors),
        appeal=str(decision.parameters.get("appeal") or config.appeal),
    )
    return _by_rule(told, written, detectors, config) if written else told


def with_campaign(told: Explained, folder: Path) -> Explained:
    """Return an explanation with the campaign that the decision is on, as it is now."""
    file = SqliteFile(folder)
    try:
        kept, name = SqliteCampaigns(file), told.decision.subject.value
        campaign = next((one for one in kept.roll().campaigns if one.id == name), None)
        return told._replace(campaign=campaign, members=by_weight(kept.members(name)))
    except StoreError as fault:
        raise click.ClickException(str(fault)) from fault
    finally:
        file.close()


def _by_rule(told: Explained, written: Written, detectors: Panel, config: Config) -> Explained:
    """Return an explanation with what the rule that decided adds to it."""
    rule = written.rule(told.decision.rule)
    text = text_of(written.file, told.decision.rule) or Text(0, ())
    told = told._replace(file=str(written.file), same=written.same, line=text.line, text=text.lines)
    if rule is None:
        return told
    standing = standing_at(told.decision)
    judges = judging(written, _live(config.policies))
    return told._replace(
        conditions=conditions(rule, standing),
        margins=margins(rule, standing),
        otherwise=otherwise(told.decision, detectors, judges),
        again=judges.judge(standing),
    )


def _live(place: Path) -> Policy | None:
    with suppress(Faults):
        return load_policies(place)
    return None
