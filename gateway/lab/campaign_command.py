"""``stillguard lab evaluate --campaigns``: how well campaigns are found, and who else is named."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from threadpoolctl import threadpool_limits

from detectors.base import Baseline
from detectors.lab.campaigns.company import SIZES, Company, Size, company
from detectors.lab.pack import Pack
from detectors.lab.population import population
from detectors.lab.rivals.base import Rival
from gateway.features import Features
from gateway.lab.bars import COLUMNS, bar
from gateway.lab.campaign_atlas import Finder, census
from gateway.lab.campaign_findings import Findings, rate
from gateway.lab.campaign_outcome import Ledger
from gateway.lab.campaign_reading import SALT, Seen, read, read_beside
from gateway.lab.campaign_rivals import compared
from gateway.lab.campaign_trial import Trial, bans, facts, tried
from gateway.lab.campaign_watch import Judge, Watch
from gateway.lab.campaign_witness import Witness
from gateway.lab.running import FITTED, fitted
from gateway.plugins import panel
from gateway.policies.file import load_policy


class Setting(NamedTuple):
    """What the benchmark is run with.

    Attributes:
        pack: the traffic pack, if there is one.
        seed: of every account.
        size: small (a minute), medium or full.
        jobs: processes; with two, one plays and observes while the other folds and links.
        baseline, policy: files.
    """

    pack: Pack | None
    seed: int
    size: Size
    jobs: int
    baseline: Path
    policy: Path


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
        rivals = _fitted(setting, progress)
        known = facts(everybody.members())
        judge = Judge(panel({}), baseline, policy, known, bans(everybody))
        watch = Watch(judge, Finder(census(setting.pack, setting.seed, setting.size), known))
        witness = Witness(everybody)
        ticks = bar(progress, "days played", DAYS)
        trial = tried(everybody, _batches(setting, everybody), watch, (witness.take, _days(ticks)))
        ledger = Ledger(trial)
        found = Findings(ledger, list(compared(ledger, witness, rivals, rate(ledger))))
    return found, f"{_played(trial, setting)} Baseline: {baseline.source}."
