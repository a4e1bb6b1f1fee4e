"""The atlas: imprints in, groups of subjects that act together out, each tie with its reasons.

What holds a group together is rare to share and shared in two families of evidence, or a direct tie. It says that
its members act together. Whether one hand deals work out to them, and whether that work is extraction, is for others.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from xxhash import xxh3_64_intdigest

from detectors.linkage.base import Facts, Group, Id, Imprint, Link, Partner
from detectors.linkage.census import Census
from detectors.linkage.gathering import Nodes, gather, nodes
from detectors.linkage.grouping import grouped
from detectors.linkage.nets import Tie, strong, ties
from detectors.linkage.paraphrase import Paraphrases
from detectors.linkage.rarity import Rarity
from detectors.linkage.shown import Shown, declared, frames, shown
from detectors.linkage.table import Table
from detectors.linkage.threshold import THRESHOLD

NOTHING: Final[Mapping[Id, Facts]] = MappingProxyType({})
_UNKNOWN: Final = Facts()
MOST_TIES: Final = 16  # of one member that are told


def _mark(subject: Id) -> int:
    return xxh3_64_intdigest(subject.encode("utf-8", "surrogatepass")) or 1


class Atlas:
    """All subjects that are live, and the groups they form.

    The groups depend on the imprints, facts and census held, not on the order or the portions in which they came.

    Args:
        census: how common marks are among trusted subjects.
        threshold: what two marks must say together for their bucket to bind, nats.
        partner_mark: the fingerprint of a subject's id by which ``Imprint.partners`` name it.

    Example:
        >>> from detectors.linkage.base import Mark
        >>> def imprint(scaffold: int) -> Imprint:
        ...     once = (0.0, 9.0)
        ...     return Imprint(exchanges=9, scaffolds=(Mark(scaffold, 9, *once),), habits=(Mark(5, 9, *once),))
        >>> atlas = Atlas()
        >>> atlas.update({f"key:{n}": imprint(7 if n < 20 else n) for n in range(60)})
        >>> [len(group.members) for group in atlas.groups()]
        [20]
        >>> [reason.kind for reason in atlas.ties("key:3")[0].reasons]
        ['scaffold', 'habit', 'pace']
    """

    def __init__(
        self,
        census: Census | None = None,
        threshold: float = THRESHOLD,
        partner_mark: Callable[[Id], int] = _mark,
    ) -> None:
        self.threshold = threshold
        self._partner_mark = partner_mark
        self._table = Table()
        self._facts: dict[Id, Facts] = {}
        self._partners: dict[Id, tuple[Partner, ...]] = {}
        self._wordings: dict[Id, dict[int, bytes]] = {}
        self._users: dict[int, Counter[bytes]] = defaultdict(Counter)  # of a scaffold, by its embedding
        self._paraphrases = Paraphrases()
        self._rarity = Rarity(census or Census(), self._paraphrases)
        self._who: Nodes | None = None
        self._found: list[Group] | None = None
        self._links: dict[Id, list[Link]] = {}

    def __len__(self) -> int:
        return len(self._table)

    def __contains__(self, subject: Id) -> bool:
        return subject in self._table

    @property
    def census(self) -> Census:
        """How common marks are among trusted subjects; it may be replaced."""
        return self._rarity.census

    @census.setter
    def census(self, census: Census) -> None:
        self._rarity, self._found = Rarity(census, self._paraphrases), None

    def update(
        self, changed: Mapping[Id, Imprint], facts: Mapping[Id, Facts] = NOTHING, gone: Iterable[Id] = ()
    ) -> None:
        """Take in what changed: whole imprints, in place of those held, and facts; then let go of who is gone.

        Facts stay as given until others are given. Those of a subject that is not held count once it comes.
        """
        self._found, wordings, many = None, set[int](), len(self._table)
        self._facts.update(facts)
        for subject, imprint in changed.items():
            self._table.put(subject, shown(imprint))
            self._partners[subject] = strong(imprint.partners)
            wordings |= self._reworded(subject, frames(imprint))
        for subject in {*changed, *facts}:
            if subject in self._table:
                self._table.declare(subject, declared(self._facts.get(subject, _UNKNOWN)))
        for subject in gone:
            wordings |= self._reworded(subject, {})
            self._table.drop(subject)
            self._partners.pop(subject, None)
            self._who = None
        if facts or len(self._table) != many:
            self._who = None
        self._settle(wordings)

    def groups(self) -> list[Group]:
        """Return who acts together, in order of members; a member belongs to one group."""
        if self._found is None:
            self._found = self._pass()
            self._links = defaultdict(list)
            for group in self._found:
                for link in group.links:
                    self._links[link.one].append(link)
                    self._links[link.other].append(link)
        return self._found

    def ties(self, member: Id) -> tuple[Link, ...]:
        """Return the links that hold a member in its group, heaviest first, at most MOST_TIES."""
        self.groups()
        return tuple(
            sorted(self._links.get(member, ()), key=lambda link: (-link.weight, link.one, link.other))[:MOST_TIES]
        )

    def shown(self, member: Id) -> tuple[Shown, ...]:
        """Return the marks that a subject shows, with when each first was; its wordings under their leaders too.

        Raises:
            KeyError: the subject is not held.
        """
        held = self._table.shown(member)
        led = [
            mark._replace(kind="paraphrase", value=leader)
            for mark in held
            if mark.kind == "scaffold"
            for leader in self._paraphrases.leaders(mark.value)
        ]
        return (*held, *led)

    def _reworded(self, subject: Id, wordings: dict[int, bytes]) -> set[int]:
        """Hold the wordings of a subject's scaffolds; return the scaffolds that this touches."""
        before = self._wordings.pop(subject, {})
        for scaffold, frame in before.items():
            users = self._users[scaffold]
            users[frame] -= 1
            if not users[frame]:
                del users[frame]
        for scaffold, frame in wordings.items():
            self._users[scaffold][frame] += 1
        if wordings:
            self._wordings[subject] = wordings
        return {*before, *wordings} if before != wordings else set()

    def _settle(self, touched: set[int]) -> None:
        """Bring the paraphrases in line with the wordings held. Of two under one fingerprint the lower counts."""
        new, gone = {}, []
        for scaffold in touched:
            users = self._users[scaffold]
            if users:
                new[scaffold] = min(users)
            else:
                del self._users[scaffold]
                gone.append(scaffold)
        self._paraphrases.change(new, gone)
        self._rarity.forget(touched)

    def _pass(self) -> list[Group]:
        if self._who is None:
            self._who = nodes(self._table, {subject: facts.kin for subject, facts in self._facts.items() if facts.kin})
        who = self._who
        gathered = gather(self._table, who, self._paraphrases, self._rarity)
        return grouped(who, gathered, self._ties(who), self._paraphrases, self.threshold)

    def _ties(self, who: Nodes) -> list[Tie]:
        handed = [(int(who.of_row[self._table.row(one)]), held) for one, held in self._partners.items() if held]
        if not handed:
            return []
        named = ((node, subject) for node, members in enumerate(who.members) for subject in members)
        return ties(handed, {self._partner_mark(subject): node for node, subject in named})
