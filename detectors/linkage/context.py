"""What is known beside a group's imprints: facts of accounts, who was refused when, and what came out when."""

from collections.abc import Mapping

import msgspec

from detectors.linkage.base import Facts, Id, Imprint


class Ban(msgspec.Struct, frozen=True):
    """A member was refused from a time on (seconds since the epoch)."""

    member: Id
    at: float


class Release(msgspec.Struct, frozen=True):
    """A model came out.

    Attributes:
        model: fingerprint of its name, as in ``Imprint.models``.
        at: when, seconds since the epoch.
        share: of ordinary subjects of the group's traffic class that had moved to it 24 hours later.
    """

    model: int
    at: float
    share: float


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """All that coordination is weighed with; time is in it, no clock is read.

    Attributes:
        imprints: of the group's subjects at least; one without an imprint says nothing.
        facts: what the operator knows of them, where it does.
        marks: ``partner_mark`` of each subject, so that partners are recognised.
        bans: members that were refused, a decision or the operator's own.
        releases: of models within the hours that imprints remember.
        chance: that a payload of one ordinary subject is also one of another, of the group's class (1/N, N by
            capture and recapture on trusted subjects); 0: unknown.
    """

    imprints: Mapping[Id, Imprint]
    facts: Mapping[Id, Facts] = {}
    marks: Mapping[Id, int] = {}
    bans: tuple[Ban, ...] = ()
    releases: tuple[Release, ...] = ()
    chance: float = 0.0
