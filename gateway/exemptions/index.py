"""Exemptions by subject: a look-up costs the same for ten and for a million. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from gateway.decisions import Subject
from gateway.exemptions.base import Entitlement, KeyGroup

_WIDTH: Mapping[str, int] = {"user": 0, "key": 1, "account": 2}  # a network is many people's: it owns nobody


class Covering(NamedTuple):
    """The entitlement that an exchange falls under, and which of the exchange's subjects it covers."""

    entitlement: Entitlement
    subjects: tuple[Subject, ...]


class Clash(NamedTuple):
    """Two parts of a file that cannot both be meant: of which list and at which place, and what is wrong."""

    list: str
    place: int
    message: str


class Exemptions:
    """All entitlements and key groups of one file.

    Args:
        entitlements, groups: as written; what clashes is in ``clashes``, and then nothing may be decided by it.
        revision: digest of the file; empty where there is none.
    """

    def __init__(
        self, entitlements: Sequence[Entitlement] = (), groups: Sequence[KeyGroup] = (), revision: str = ""
    ) -> None:
        self.entitlements = entitlements
        self.groups = {group.name: group for group in groups}
        self.revision = revision
        self.clashes = [
            *_same_names("entitlements", (one.name for one in entitlements)),
            *_same_names("groups", (one.name for one in groups)),
        ]
        self._member: dict[Subject, KeyGroup] = {}
        self._join(groups)
        self._index: dict[Subject, int | tuple[int, ...]] = {}
        for place, entitlement in enumerate(entitlements):
            self._enter(place, entitlement)

    def _join(self, groups: Sequence[KeyGroup]) -> None:
        for place, group in enumerate(groups):
            for member in group.members:
                first = self._member.setdefault(member, group)
                if first is not group:
                    self.clashes.append(Clash("groups", place, f"a member is in the group {first.name} already"))

    def _enter(self, place: int, entitlement: Entitlement) -> None:
        for subject in self._meant(place, entitlement):
            held = self._index.get(subject)
            others = () if held is None else (held,) if isinstance(held, int) else held
            for other in others:
                if other != place and _meet(entitlement, self.entitlements[other]):
                    name = self.entitlements[other].name
                    message = (
                        f"a subject of it has the entitlement {name} at the same time: starts and ends must part them"
                    )
                    self.clashes.append(Clash("entitlements", place, message))
            if place not in others:
                self._index[subject] = (*others, place) if others else place

    def _meant(self, place: int, entitlement: Entitlement) -> Iterator[Subject]:
        """Yield whom an entitlement is entered under: a member stands for its group, and for itself beyond it."""
        for subject in entitlement.subjects:
            if subject.scope == "group" and subject.value not in self.groups:
                self.clashes.append(Clash("entitlements", place, f"there is no group {subject.value}"))
            yield subject
            group = self._member.get(subject)
            if group is not None:
                yield Subject("group", group.name)

    def of(self, subject: Subject, at: float) -> Entitlement | None:
        """Return the entitlement of a subject at a time, its own or its group's; None if it has none then."""
        found = self._at(subject, at)
        if found is None and self._member:
            group = self._member.get(subject)
            if group is not None and at < group.ends:
                return self._at(Subject("group", group.name), at)
        return found

    def _at(self, subject: Subject, at: float) -> Entitlement | None:
        held = self._index.get(subject)
        if held is None:
            return None
        for place in (held,) if isinstance(held, int) else held:
            entitlement = self.entitlements[place]
            if entitlement.starts <= at < entitlement.ends:
                return entitlement
        return None

    def covering(self, subjects: Iterable[Subject | tuple[str, str]], at: float) -> Covering | None:
        """Return the entitlement of an exchange: that of its narrowest subject which has one.

        It covers that subject and those within it: an account's entitlement covers its keys and users too. A
        network's covers the network alone.
        """
        if not self._index:
            return None
        named = [Subject(*subject) for subject in subjects]
        for subject in sorted(named, key=lambda subject: _WIDTH.get(subject.scope, len(_WIDTH))):
            entitlement = self.of(subject, at)
            if entitlement is not None:
                return Covering(entitlement, within(subject, named))
        return None

    def names(self, subjects: Iterable[Subject]) -> bool:
        """Whether any of these subjects is named, for whatever time."""
        return bool(self._index) and any(one in self._index or one in self._member for one in subjects)

    def groups_of(self, subject: Subject, at: float) -> tuple[str, ...]:
        """Return the names of the key groups that a subject belongs to at a time."""
        group = self._member.get(subject)
        return (group.name,) if group is not None and at < group.ends else ()

    def expired(self, at: float) -> int:
        """Return how many entitlements have ended: they change nothing any more."""
        return sum(entitlement.ends <= at for entitlement in self.entitlements)

    def next_start(self, after: float) -> float:
        """Return when the next entitlement begins, seconds since the epoch; infinity if none does."""
        return min((one.starts for one in self.entitlements if one.starts > after), default=float("inf"))


def within(wide: Subject, subjects: Iterable[Subject]) -> tuple[Subject, ...]:
    """Return a subject and those of the same exchange that are narrower: an account's key, a key's user."""
    width = _WIDTH.get(wide.scope, -1)
    return tuple(one for one in subjects if one == wide or _WIDTH.get(one.scope, len(_WIDTH)) < width)


def owners(subject: Subject, subjects: Iterable[Subject]) -> tuple[Subject, ...]:
    """Return those of the same exchange that a subject belongs to: a user's keys and account, a key's account."""
    width = _WIDTH.get(subject.scope, len(_WIDTH))
    return tuple(one for one in subjects if _WIDTH.get(one.scope, -1) > width)


def _same_names(kind: str, names: Iterable[str]) -> Iterator[Clash]:
    seen: set[str] = set()
    for place, name in enumerate(names):
        if name in seen:
            yield Clash(kind, place, f"there is another of the name {name}")
        seen.add(name)


def _meet(a: Entitlement, b: Entitlement) -> bool:
    return a.starts < b.ends and b.starts < a.ends


NOBODY = Exemptions()
