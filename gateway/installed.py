"""Which plug-ins are installed, and by which distribution: read from entry points, nothing is imported.

A name belongs to one distribution. What Stillguard ships keeps its name whatever else is installed; of two strangers
that claim one name neither has it, since which came first would depend on the order of folders.
"""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal["detector", "policy", "action", "dialect", "embedder", "store"]
GROUPS: dict[Kind, str] = {
    "detector": "stillguard.detectors",
    "policy": "stillguard.policies",
    "action": "stillguard.actions",
    "dialect": "stillguard.dialects",
    "embedder": "stillguard.embedders",
    "store": "stillguard.stores",
}
OWN = "stillguard"  # the distribution whose plug-ins are ours


class Claim(NamedTuple):
    """One distribution's claim to a name.

    Attributes:
        entry: the entry point.
        distribution, version: who makes it; empty if the entry point does not say.
    """

    entry: EntryPoint
    distribution: str = ""
    version: str = ""

    @property
    def own(self) -> bool:
        """Whether Stillguard ships it."""
        return self.distribution == OWN

    def __str__(self) -> str:
        """Write the distribution and its version."""
        return f"{self.distribution} {self.version}".strip() or "an unnamed distribution"


@cache
def claims(kind: Kind) -> Mapping[str, tuple[Claim, ...]]:
    """Return who claims each name, in order of name; ours first, then the others in order of theirs."""
    found: dict[str, dict[str, Claim]] = {}
    for entry in entry_points(group=GROUPS[kind]):
        claim = _claim(entry)
        found.setdefault(entry.name, {}).setdefault(claim.distribution, claim)
    return {
        name: tuple(sorted(found[name].values(), key=lambda claim: (not claim.own, claim.distribution)))
        for name in sorted(found)
    }


@cache
def installed(kind: Kind) -> Mapping[str, EntryPoint]:
    """Return the plug-ins of a kind by name, in order of name: those whose name is not in dispute."""
    held = {name: owner(of) for name, of in claims(kind).items()}
    return {name: claim.entry for name, claim in held.items() if claim is not None}


def owner(of: tuple[Claim, ...]) -> Claim | None:
    """Return the claim that holds: ours, or the only one; None if strangers dispute the name."""
    return of[0] if of and (of[0].own or len(of) == 1) else None


def shipped(kind: Kind) -> list[str]:
    """Return the names that Stillguard ships, in order."""
    return [name for name, entry in installed(kind).items() if _claim(entry).own]


def is_own(entry: EntryPoint) -> bool:
    """Return whether Stillguard ships what an entry point names."""
    return _claim(entry).own


def _claim(entry: EntryPoint) -> Claim:
    return Claim(entry, entry.dist.name.lower(), entry.dist.version) if entry.dist else Claim(entry)
