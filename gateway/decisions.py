"""Whom evidence is held against, what is known of them, and what was decided: data and one protocol."""

from typing import Any, Literal, NamedTuple, Protocol, TypeAlias

import msgspec

from detectors.base import Evidence, Harvest

Scope: TypeAlias = Literal["user", "key", "account", "network", "campaign"]
Mode: TypeAlias = Literal["off", "shadow", "enforce"]

MOST_MODELS = 8  # names of models in a standing: more tell a policy nothing
SEVERITY_TOUCHES_CLIENT = 2  # from trim on the client is touched: that counts as an alarm


class Subject(NamedTuple):
    """Whom evidence is held against. ``value`` is a keyed hash where the original is a secret."""

    scope: str
    value: str

    def __str__(self) -> str:
        """Write ``scope:value``, as logs and listings show it."""
        return f"{self.scope}:{self.value}"


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """All that a policy may read of one subject.

    Attributes:
        subject: whom it is about.
        at: when, seconds since the epoch.
        weight: fused weight over all families, nats.
        families: weight by family, nats.
        evidence: what each detector said.
        harvest: what was taken home.
        company: how likely each traffic class is; they sum to 1, or nothing is known.
        models: that were asked for in the exchanges just folded, at most MOST_MODELS; clients write these names.
        tags: of the account that it belongs to, as its operator wrote them.
        strikes: how often a rule has been decided on it before and has lapsed, by ``policy/rule``; what was only
            decided in shadow counts apart, as ``policy/rule:shadow``. A rule that never was is not named.
        owners: whom it belongs to, as its newest exchange says: a user's keys and account, a key's account.
        members: of a campaign, those whom a decision would reach; 0 of any other subject.
    """

    subject: Subject
    at: float
    weight: float
    families: dict[str, float]
    evidence: dict[str, Evidence]
    harvest: Harvest
    company: dict[str, float] = {}
    models: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    strikes: dict[str, int] = {}
    owners: tuple[Subject, ...] = ()
    members: int = 0


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """An action on a subject until a time.

    Attributes:
        id: reference for logs, refusals and appeals.
        subject: whom it is about.
        action: by its name in the policy.
        parameters: the action's parameters, by name.
        severity: 0 nothing, 1 watch, 2 trim, 3 throttle, 4 verify or reroute, 5 deny.
        at, until: taken, and lapses, seconds since the epoch.
        policy, rule, revision: what decided, and the digest of its file.
        mode: shadow decides and records; enforce also acts.
        weight: fused weight then, nats.
        families, evidence, harvest, company, models, tags, strikes: the numbers at that moment, see Standing.
        owners: whom the subject belonged to then, as in a standing.
        members: how many it reached then, if it is about a campaign; who joins later is reached too.
        exempt: the entitlement, or the pardon, because of which it only watches; empty if nothing spared the subject.
    """

    id: str
    subject: Subject
    action: str
    severity: int
    at: float
    until: float
    parameters: dict[str, Any] = {}
    policy: str = ""
    rule: str = ""
    revision: str = ""
    mode: Mode = "shadow"
    weight: float = 0.0
    families: dict[str, float] = {}
    evidence: dict[str, Evidence] = {}
    harvest: Harvest = Harvest()
    company: dict[str, float] = {}
    models: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    strikes: dict[str, int] = {}
    owners: tuple[Subject, ...] = ()
    exempt: str = ""
    members: int = 0


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a policy says of a standing: the decision, before it has an id."""

    action: str
    severity: int
    lasts: float  # seconds
    parameters: dict[str, Any] = {}
    policy: str = ""
    rule: str = ""
    revision: str = ""
    mode: Mode = "shadow"
    exempt: str = ""  # what spared the subject: an entitlement's name, or a pardon


class RuleFault(NamedTuple):
    """A rule that could not be evaluated: it touched nobody, and its owner should know."""

    policy: str
    rule: str
    reason: str


class Judgement(NamedTuple):
    """A verdict, if any, and the rules that could not be asked."""

    verdict: Verdict | None
    faults: tuple[RuleFault, ...] = ()


class Policy(Protocol):
    """Evidence and harvest → what to do; pure.

    A policy may also have ``judgement``, which returns a Judgement, and ``windows``, by strike (see
    ``Standing.strikes``) the seconds within which it counts; ``gateway.policies.judging`` asks for both.
    """

    def judge(self, standing: Standing) -> Verdict | None:
        """Return the strictest verdict that the standing has earned, or None."""
        ...
