"""What became of one tenant: what it is, when it was seen, what it had taken by then, and what every rival said."""

from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from detectors.lab.rivals.base import Scores

Whole: TypeAlias = npt.NDArray[np.int64]


class Described(Protocol):
    """What is known of a tenant beforehand, which no detector is shown; ``detectors.lab.population`` makes such."""

    @property
    def account(self) -> str: ...  # noqa: D102 - as Who has it
    @property
    def label(self) -> str: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def traffic_class(self) -> str: ...  # noqa: D102
    @property
    def source(self) -> str: ...  # noqa: D102
    @property
    def seen(self) -> bool: ...  # noqa: D102
    @property
    def hard(self) -> bool: ...  # noqa: D102
    @property
    def profile(self) -> str: ...  # noqa: D102
    @property
    def share(self) -> float: ...  # noqa: D102
    @property
    def plan(self) -> int: ...  # noqa: D102


class Who(NamedTuple):
    """What is known of a tenant beforehand.

    Attributes:
        account: its name.
        label: benign or adversary.
        kind: what it does, for example ``evaluation`` or ``instruct_harvest``.
        traffic_class: the company that it belongs to.
        source: where its text is from.
        seen: calibration may have learnt from the source.
        hard: a hard negative.
        profile: of an adversary, a letter; empty for others.
        share: of its exchanges that are the attack, as planned, 0 to 1.
        plan: exchanges that its attack wants.
    """

    account: str
    label: str
    kind: str
    traffic_class: str
    source: str
    seen: bool
    hard: bool
    profile: str
    share: float
    plan: int

    @classmethod
    def of(cls, tenant: Described) -> "Who":
        """Return what is known, without the tenant's life."""
        return cls(*[getattr(tenant, field) for field in cls._fields])


class Trace(NamedTuple):
    """What the panel said at each look.

    Attributes:
        at: number of the exchange, counted from 1.
        days: day of life, counted from 0.
        weights: by look and detector, nats; columns as the panel is ordered.
        fused: weight over all families, nats.
        families: families that spoke, as policies count them.
        harvests: exchanges, prompt, completion and reasoning tokens, traces, by look.
    """

    at: Whole
    days: Whole
    weights: npt.NDArray[np.float32]
    fused: Scores
    families: Whole
    harvests: Scores


class Windowed(NamedTuple):
    """One stretch of a life, judged as if there were no other.

    Attributes:
        size: exchanges.
        first: number of its first exchange, counted from 0.
        attack: share of it that was the attack.
        weight: fused weight at its end, nats.
        rivals: highest score by rival.
    """

    size: int
    first: int
    attack: float
    weight: float
    rivals: dict[str, float]


class Steps(NamedTuple):
    """A running score, kept only where it rises."""

    at: Whole  # numbers of exchanges, counted from 1
    values: Scores

    def peak(self) -> float:
        """Return the highest score; -inf if there was none."""
        return float(self.values[-1]) if len(self.values) else -np.inf

    def reaches(self, limit: float) -> int:
        """Return the number of the exchange at which the score reaches a limit; 0 if it never does."""
        found = int(np.searchsorted(self.values, limit))
        return int(self.at[found]) if found < len(self.at) else 0


class Outcome(NamedTuple):
    """What became of one tenant.

    Attributes:
        who: the tenant.
        exchanges, attacks: played, and how many of them were the attack.
        days: calendar days with an exchange.
        trace: what the panel said.
        alarm: number of the exchange at which a rung that touches the client first fired; 0 if none did.
        convinced: the same, had harvest been ample: evidence and families alone.
        taken: exchanges of the attack served up to the alarm, or in all if there was none.
        rivals: each rival's running score.
        windows: stretches judged alone.
    """

    who: Who
    exchanges: int
    attacks: int
    days: int
    trace: Trace
    alarm: int
    convinced: int
    taken: int
    rivals: dict[str, Steps]
    windows: tuple[Windowed, ...]

    @property
    def gone(self) -> float:
        """Return the share of the planned harvest that was gone at the alarm, 0 to 1."""
        return min(1.0, self.taken / max(1, self.who.plan))


def steps(scores: Scores) -> Steps:
    """Return where a running score rises.

    Examples:
        >>> steps(np.array([-np.inf, 1.0, 1.0, 4.0])).at.tolist()
        [2, 4]

    """
    before = np.concatenate([[-np.inf], scores[:-1]]) if len(scores) else scores
    (rises,) = np.nonzero(scores > before)
    return Steps(rises + 1, scores[rises])
