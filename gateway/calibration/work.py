"""A whole calibration: lives in, a baseline and a report out."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from detectors.base import Baseline, Panel
from detectors.lab.learning import FEWEST
from detectors.stats.likeness import LEAST
from gateway.calibration.gathering import Gathered
from gateway.calibration.labels import places
from gateway.calibration.learning import learnt, telling
from gateway.calibration.lives import Life
from gateway.calibration.report import Found, Left
from gateway.calibration.sifting import suspects, suspicion
from gateway.calibration.trial import crossed, expected, rungs
from gateway.decisions import Policy, Subject
from gateway.pardons import Kind

LABELS: Final[tuple[Kind, Kind]] = ("false_alarm", "confirmed")


class TooFewError(Exception):
    """There are too few subjects to learn anything; the message says how many, and how many it takes."""


class Task(NamedTuple):
    """What lives are learnt and judged with.

    Attributes:
        baseline: one that was taught, to start from.
        panel, policy: as they run live.
        scope: of the subjects.
        spoilt: share of them that may harvest.
        live: lives are cases of a guard that runs.
        labels: what operators found: false alarms are kept as honest, confirmed harvesters are left out.
    """

    baseline: Baseline
    panel: Panel
    policy: Policy
    scope: str
    spoilt: float
    live: bool = False
    labels: Mapping[Subject, Kind] = MappingProxyType({})


def calibrate(task: Task, gathered: Gathered, told: Callable[[], object]) -> Found:
    """Return the new baseline and all that is to be said of it.

    Args:
        task: what with.
        gathered: lives.
        told: called twice a life: when it is sifted, and when it is judged.

    Raises:
        TooFewError: fewer than ``FEWEST`` subjects have lived long enough.
    """
    lives = gathered.lives
    _enough(lives, task.scope)
    suspicions = list(_suspicions(task, lives, told))
    honest, confirmed = (places(lives, task.labels, label) for label in LABELS)
    out = suspects(suspicions, task.spoilt, honest) | confirmed
    kept = [life for i, life in enumerate(lives) if i not in out]
    after = learnt(task.baseline, kept, task.panel, described(task, gathered, len(out)))
    judged = rungs(task.policy, task.scope)
    verdicts = crossed(task.baseline, lives, out, task.panel, [rung for _, rung in judged], told)
    alarms = None if verdicts is None else list(expected(judged, lives, verdicts, out))
    return Found(
        gathered,
        Left(task.spoilt, out, suspicions, len(honest), len(confirmed)),
        task.baseline,
        after,
        alarms,
        task.live,
    )


def _enough(lives: list[Life], scope: str) -> None:
    enough = len(telling(lives))
    if enough < FEWEST:
        found = f"{len(lives)} subjects of scope {scope}, {enough} of them with {LEAST} exchanges or more"
        raise TooFewError(f"{found}; {FEWEST} such are needed to learn anything. The numbers in use go on to serve.")


def _suspicions(task: Task, lives: list[Life], told: Callable[[], object]) -> Iterator[float]:
    for life in lives:
        yield suspicion(task.panel, task.baseline, life)
        told()


def described(task: Task, gathered: Gathered, out: int) -> str:
    """Return in words what the numbers were learnt from: it stands in the baseline."""
    lives = gathered.lives
    exchanges = sum(life.exchanges for life in lives)
    traffic = "cases of a running guard" if task.live else "recorded traffic"
    return (
        f"{len(lives) - out} subjects (scope {task.scope}), {exchanges} exchanges of {traffic}; {out} of "
        f"{len(lives)} subjects left out, {task.spoilt:.1%} at most; what it does not reach is from: "
        f"{task.baseline.source}"
    )
