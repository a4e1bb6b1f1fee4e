"""Cases that can be linked, and a finder and an examiner that say what a test wants."""

from collections.abc import Mapping, Sequence
from typing import Any

from detectors.linkage.base import Group, Id, Imprint, Link, Mark, Reason
from gateway.campaigns import subject_of
from gateway.config import Linkage
from gateway.decisions import Decision, Standing, Subject, Verdict
from gateway.engine import begin, seal
from gateway.examining import Examination, Examined
from gateway.linker import Linker, Rules
from gateway.stores.base import Folded, Store

NOW = 1_800_000_000.0
SHARED = Reason("scaffold", 7, 6.5, 3)


def case(exchanges: int = 10, at: float = NOW) -> bytes:
    """Return the case of a subject that did so much."""
    marks = (Mark(7, exchanges, at, at),)
    imprint = Imprint(exchanges=exchanges, first_at=at, last_at=at, scaffolds=marks)
    return seal(begin({})._replace(observations=2 * exchanges, first_at=at, last_at=at, imprint=imprint))


def keep(store: Store, *members: Id, exchanges: int = 10, at: float = NOW) -> None:
    """Keep a case of each."""
    cases = {subject_of(one): case(exchanges, at) for one in members}
    store.commit(Folded(upto=0, cases=cases, at=at))


def keys(count: int, start: int = 0) -> list[Id]:
    """Return ids of keys."""
    return [f"key:{n:02}" for n in range(start, start + count)]


def group(members: Sequence[Id]) -> Group:
    """Return a group that hangs on its first member."""
    links = tuple(Link(members[0], one, 6.5, (SHARED,)) for one in members[1:])
    return Group(tuple(sorted(members)), links, (SHARED,))


class ByScaffold:
    """All subjects that show the scaffold 7 are one group."""

    def __init__(self) -> None:
        self.alive: set[Id] = set()
        self.read: list[Id] = []

    def find(
        self, changed: Mapping[Id, Imprint], gone: frozenset[Id], before: Mapping[str, frozenset[Id]]
    ) -> Mapping[str, Group]:
        del before
        self.read = sorted(changed)
        self.alive = (self.alive | {one for one, imprint in changed.items() if imprint.scaffolds}) - gone
        return {"camp_a": group(sorted(self.alive))} if self.alive else {}


class Says:
    """Finds everybody as guilty as it is told to."""

    def __init__(self, weight: float = 20.0, spared: Mapping[Id, str] | None = None) -> None:
        self.weight, self.spared = weight, dict(spared or {})
        self.asked: list[Examination] = []

    def examine(self, examination: Examination) -> Examined:
        self.asked.append(examination)
        members = [one for one in examination.group.members if one not in self.spared]
        standing = Standing(
            subject=examination.subject, at=examination.at, weight=self.weight, families={"identity": self.weight},
            evidence={}, harvest=begin_harvest(), members=len(members),
        )  # fmt: skip
        return Examined(standing, self.spared)


def begin_harvest() -> Any:
    return Decision(id="", subject=Subject("", ""), action="", severity=0, at=0, until=0).harvest


class Denies:
    """Denies campaigns for an hour, from 10 nats on."""

    windows: Mapping[str, float] = {}
    counts = False

    def judge(self, standing: Standing) -> Verdict | None:
        if standing.weight < 10.0:
            return None
        return Verdict(action="deny", severity=5, lasts=3600.0, policy="p", rule="r", revision="1", mode="enforce")


def linker(store: Store, finds: Any = None, examines: Any = None, **changed: Any) -> Linker:
    """Return a linker at NOW; ids of decisions count up."""
    rules = Rules(Denies(), examines or Says(), **{k: v for k, v in changed.items() if k in Rules._fields})
    settings = Linkage(least=changed.get("least", 3), subjects=changed.get("subjects", 1000))
    taken: list[str] = []

    def name(at: float) -> str:
        taken.append(f"dec_{at:.0f}_{len(taken)}")
        return taken[-1]

    made = Linker(store, finds or ByScaffold(), rules, settings, name)
    made.clock = lambda: NOW
    return made


def bound(store: Store) -> list[str]:
    """Return whom decisions on campaigns reach."""
    return sorted(str(one.subject) for one in store.memberships(0).joined)
