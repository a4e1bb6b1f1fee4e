"""Tries the guard on the campaigns' population: learns from others, plays it, asks rivals, sums up."""

from collections.abc import Callable, Iterator, Sequence

import msgspec
from rich.console import Console
from rich.progress import Progress
from threadpoolctl import threadpool_limits

from detectors.base import Baseline
from detectors.lab.campaigns.company import SIZES, Company, company
from detectors.lab.habits import RELEASE
from detectors.lab.population import Tenant, population
from detectors.lab.replay_line import MODELS
from detectors.lab.tempo import DAYS
from detectors.lab.traffic import DAY, START
from detectors.linkage.census import Census
from detectors.linkage.context import Release
from gateway.app.linking import CENSUS
from gateway.features import Features
from gateway.finding import ByAtlas
from gateway.known import KnownMarks
from gateway.lab.bars import COLUMNS, bar
from gateway.lab.campaign_findings import Findings, rate
from gateway.lab.campaign_ledgers import ledgers, noted
from gateway.lab.campaign_outcome import Ledger
from gateway.lab.campaign_reading import SALT, Seen, read, read_beside
from gateway.lab.campaign_rivals import compared
from gateway.lab.campaign_trial import Trial, bans, facts, tried
from gateway.lab.campaign_watch import Judge, Watch
from gateway.lab.campaign_witness import Witness
from gateway.lab.running import FITTED, fitted
from gateway.lab.setting import Setting
from gateway.plugins import panel
from gateway.policies.file import load_policy
from gateway.scaffold import Fingerprints


def run(setting: Setting) -> tuple[Findings, str]:
    """Return what was found, and in words on whom.

    Raises:
        Faults: the policy is at fault.
        msgspec.DecodeError: the baseline is.
    """
    policy = load_policy(setting.policy)
    baseline = msgspec.json.decode(setting.baseline.read_bytes(), type=Baseline)
    everybody = company(setting.pack, "judge", setting.seed, setting.size)
    with Progress(*COLUMNS, console=Console(stderr=True), transient=True) as progress, threadpool_limits(1):
        honest = _honest(setting)
        rivals = fitted(honest, bar(progress, "rivals learn", min(len(honest), FITTED)))
        known = facts(everybody.members())
        judge = Judge(panel({}), baseline, policy, known, bans(everybody), (release(honest),))
        watch = Watch(judge, ByAtlas(known, KnownMarks(), _census()))
        witness = Witness(everybody)
        ticks = bar(progress, "days played", DAYS)
        trial = tried(
            everybody, noted(_batches(setting, everybody), ledgers(known)), watch, (witness.take, _days(ticks))
        )
        ledger = Ledger(trial)
        found = Findings(ledger, list(compared(ledger, witness, rivals, rate(ledger))))
    return found, f"{_played(trial, setting)} Baseline: {baseline.source}."


def _batches(setting: Setting, everybody: Company) -> Iterator[list[Seen]]:
    features = Features(SALT)
    return (read if setting.jobs == 1 else read_beside)(everybody.acts(), features)


def _census() -> Census:
    """Return what is shipped of how common marks are."""
    return msgspec.json.decode(CENSUS.read_bytes(), type=Census)


def _honest(setting: Setting) -> list[Tenant]:
    """Return honest accounts that nothing is judged on."""
    scale = SIZES[setting.size].people
    return [one for one in population(setting.pack, "learn", setting.seed, scale, 0.0) if not one.contracted]


def release(honest: Sequence[Tenant]) -> Release:
    """Return when the new model came out, and the share of honest accounts that had moved to it a day later."""
    moved = [one.cast.habits(one.seed).adopts <= RELEASE + 1.0 for one in honest]
    return Release(Fingerprints(SALT).of(MODELS[1]), START + RELEASE * DAY, sum(moved) / len(moved))


def _days(ticks: Callable[[], object]) -> Callable[[list[Seen]], None]:
    """Return what moves a bar on at the end of each day of traffic."""
    days: set[int] = set()

    def told(batch: list[Seen]) -> None:
        day = int(batch[-1].at // DAY)
        if day not in days:
            days.add(day)
            ticks()

    return told


def _played(trial: Trial, setting: Setting) -> str:
    """Return in words whom the figures are about."""
    everybody = trial.company
    members = everybody.members()
    guilty = sum(one.label == "adversary" for one in members)
    campaigns = [group for group in everybody.groups if group.side == "campaign"]
    text = "public and own-written text" if setting.pack else "own-written text alone"
    return (
        f"{len(campaigns)} campaigns of {len({one.kind for one in campaigns})} kinds on {guilty} accounts, "
        f"{len(everybody.groups) - len(campaigns)} honest groups, {len(everybody.individuals)} individuals, "
        f"{len(members) - guilty} honest accounts in all, {trial.exchanges} exchanges of {text}; the census and rivals "
        f"learn from others."
    )
