"""What the guard made of the harvester: which rule fired, on whom and after how much, or why nothing did."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Final, NamedTuple, Self

from detectors.base import Baseline, Panel
from gateway.accounts import load_accounts
from gateway.clock import now
from gateway.config import Config
from gateway.decisions import SEVERITY_TOUCHES_CLIENT, Decision, Policy, Standing, Subject
from gateway.demo.letters import credentials
from gateway.engine import HARVEST, unseal, weigh
from gateway.identity import Identity
from gateway.review import BY_HAND
from gateway.secret import secret
from gateway.stores.sqlite import SqliteStore
from gateway.stores.sqlite_decisions import KeptDecisions
from gateway.workbench.conditions import conditions, nats, rules_of
from gateway.workbench.playing import DIALECT, OK, Heard, Plan

_PEER: Final = "127.0.0.1"
_SHARED: Final = {"network"}  # others come from there too
_SHOWN: Final = 3  # rules of which it is told what is missing


class Fired(NamedTuple):
    """A decision that the harvester met with, and how many of its questions were answered by then."""

    decision: Decision
    answers: int


class Rules(NamedTuple):
    """What the guard decides by."""

    panel: Panel
    baseline: Baseline
    policy: Policy


class Looking:
    """Reads what a running guard keeps of the harvester.

    Args:
        config: of the guard.
        plan: whose key and user are looked for.
    """

    def __init__(self, config: Config, plan: Plan) -> None:
        self.subjects = _subjects(config, plan)
        self._began = now()
        self._closing = ExitStack()
        self._store = SqliteStore(config.data)
        self._closing.callback(self._store.close)
        self._kept = KeptDecisions(config.data)
        self._closing.callback(self._kept.close)
        self._before = self._taken()

    def __enter__(self) -> Self:
        """Begin to look."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the data file."""
        self._closing.close()

    def fired(self) -> list[Fired]:
        """Return what policies decided on the harvester since it began, the first of each rule on each subject."""
        found: dict[tuple[Subject, str, str], Fired] = {}
        for subject in self.subjects:
            for one in self._kept.on(subject):
                if one.at >= self._began and one.policy != BY_HAND:
                    found.setdefault((subject, one.policy, one.rule), Fired(one, one.harvest.exchanges))
        return sorted(found.values(), key=lambda fired: fired.decision.at)

    def standing(self, rules: Rules) -> Standing | None:
        """Return how the harvester's key stands; None if the guard has no case of it."""
        key, case = self._case()
        if case is None:
            return None
        return weigh(rules.panel, rules.baseline, unseal(rules.panel, case).folio, key, now()).standing

    def folded(self, answers: int) -> bool:
        """Whether the guard has folded so many answers since the beginning."""
        return self._taken() - self._before >= answers

    def _taken(self) -> int:
        _, case = self._case()
        return HARVEST.reading(unseal({}, case).folio.harvest).exchanges if case else 0

    def _case(self) -> tuple[Subject, bytes | None]:
        key = next(subject for subject in self.subjects if subject.scope == "key")
        return key, self._store.cases([key]).get(key)

    def clean(self) -> list[Decision]:
        """End what policies decided on the harvester since it began; what stood before stays."""
        mine = {fired.decision.subject for fired in self.fired()}
        standing = [one for one in map(self._kept.newest, mine) if one and one.at >= self._began]
        return [
            lifted
            for one in standing
            if one.policy != BY_HAND and (lifted := self._store.lift(one.subject, now())) is not None
        ]


def _subjects(config: Config, plan: Plan) -> Sequence[Subject]:
    """Return under whom the guard holds the harvester's evidence, those that it shares with others left out."""
    identity = config.identity
    salt = secret(identity.secret_file or config.data / "secret")
    accounts = load_accounts(identity.accounts_file) if identity.accounts_file else None
    shown = [(name.encode(), value.encode()) for name, value in credentials(DIALECT, plan.key)]
    found = Identity(identity, salt, accounts).identify(shown, _PEER, plan.user).subjects
    return [subject for subject in found if subject.scope not in _SHARED]


def goal(policy: Policy) -> int:
    """Return the severity at which it is enough: what touches the client, or watching where no rule touches a key."""
    severities = [rule.verdict.severity for rule in rules_of(policy) if "key" in rule.rung.scopes]
    return SEVERITY_TOUCHES_CLIENT if max(severities, default=1) >= SEVERITY_TOUCHES_CLIENT else 1


def why_not(heard: Heard, standing: Standing | None, policy: Policy) -> Iterator[str]:
    """Yield in words why no rule, or none that touches the client, fired."""
    refused = {status: count for status, count in heard.statuses.items() if status != str(OK)}
    told = ", ".join(f"{status}: {count}" for status, count in sorted(refused.items()))
    if not heard.answered:
        yield f"no question was answered ({told or 'none was asked'}): does --key open the model, is --url the guard's?"
        return
    if refused:
        yield f"not all was answered ({told})"
    if standing is None:
        yield "the guard has no case of this key: do the questions go through it, is its analyst alive, and is it its"
        yield "data folder that the configuration names?"
        return
    taken = standing.harvest
    yield f"it stands at {nats(standing.weight)}, {taken.exchanges:,} exchanges and {taken.traces:,.0f} traces taken"
    missing = [(rule, [one for one in conditions(rule, standing) if not one.met]) for rule in rules_of(policy)]
    for rule, lacks in sorted(missing, key=lambda pair: (len(pair[1]), pair[0].rung.weight))[:_SHOWN]:
        if lacks:
            yield f"rule {rule.name} lacks " + "; ".join(f"{one.key} ({one.asked}; found {one.found})" for one in lacks)
