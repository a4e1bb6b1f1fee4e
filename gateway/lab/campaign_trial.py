"""The trial: the whole population is played in time order, with a pass each hour of its traffic."""

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from xxhash import xxh3_64_intdigest

from detectors.lab.campaigns.base import Member
from detectors.lab.campaigns.company import Company
from detectors.linkage.base import Facts, Id, Imprint
from detectors.linkage.context import Ban
from gateway import clock
from gateway.decisions import SEVERITY_TOUCHES_CLIENT
from gateway.lab.campaign_reading import Seen, identity
from gateway.lab.campaign_watch import Bans, Look, Watch

HOUR: Final = 3600.0  # seconds between two passes
_ALONE: Final = 12  # passes between two looks at every account by itself
Times = array  # of exchanges, seconds since the epoch, in order


class Alone(NamedTuple):
    """What the panel said of one account by itself.

    Attributes:
        peak: highest fused weight at any look, nats.
        alarm: when a verdict first touched it, seconds since the epoch; 0.0: never.
    """

    peak: float = 0.0
    alarm: float = 0.0


class Trial(NamedTuple):
    """All that was seen.

    Attributes:
        company: who was played.
        touching: looks at groups whose verdict touched clients, in time order.
        last: the newest look at each campaign.
        served: when each account was served exchanges of an attack, in order.
        alone: of each account.
        imprints: of each account, at the end.
        seconds: that each look at all groups took.
        exchanges: played.
    """

    company: Company
    touching: Sequence[Look]
    last: Mapping[str, Look]
    served: Mapping[Id, "Times[float]"]
    alone: Mapping[Id, Alone]
    imprints: Mapping[Id, Imprint]
    seconds: Sequence[float]
    exchanges: int


def facts(members: Iterable[Member]) -> dict[Id, Facts]:
    """Return what the operator knows of accounts: when each signed up, and of some who pays and to whom they belong."""
    return {
        identity(one): Facts(
            joined=one.joined, payment=xxh3_64_intdigest(one.payment.encode()) if one.payment else 0, kin=one.kin
        )
        for one in members
    }


def bans(company: Company) -> Bans:
    """Return the operator's own revocations: of each campaign's first pool, from the day on which it was banned."""
    at = {
        identity(member): group.banned_at
        for group in company.groups
        if group.banned_at
        for member in group.members
        if not member.pool
    }
    return lambda members, now: tuple(Ban(one, at[one]) for one in members if one in at and at[one] <= now)


def tried(
    company: Company, batches: Iterable[list[Seen]], watch: Watch, others: Sequence[Callable[[list[Seen]], object]] = ()
) -> Trial:
    """Play the population.

    Args:
        company: whom it is about.
        batches: what they did, in time order.
        watch: a guard that knows nobody yet.
        others: are shown each batch too.
    """
    recorder = _Recorder(watch)
    for batch in batches:
        for seen in batch:
            recorder.take(seen)
        for other in others:
            other(batch)
    recorder.end()
    imprints = {one: folio.imprint for one, folio in watch.folios.items()}
    return Trial(
        company, recorder.touching, recorder.last, recorder.served, recorder.alone, imprints, recorder.seconds,
        recorder.exchanges,
    )  # fmt: skip


class _Recorder:
    def __init__(self, watch: Watch) -> None:
        self._watch, self._hour, self._passes = watch, 0.0, 0
        self._changed: dict[Id, None] = {}
        self.touching: list[Look] = []
        self.last: dict[str, Look] = {}
        self.served: dict[Id, Times[float]] = {}
        self.alone: dict[Id, Alone] = {}
        self.seconds: list[float] = []
        self.exchanges = 0

    def take(self, seen: Seen) -> None:
        at = seen.at
        if at >= self._hour + HOUR:
            if self._hour:
                self._pass(at - at % HOUR)
            self._hour = at - at % HOUR
        self._watch.take(seen.member, seen.pair)
        self.exchanges += 1
        if seen.attack and seen.served:
            self.served.setdefault(seen.member, array("d")).append(at)

    def end(self) -> None:
        self._pass(self._hour + HOUR)
        self._look_alone(self._hour + HOUR)

    def _pass(self, at: float) -> None:
        changed = self._watch.fold()
        self._changed.update(dict.fromkeys(changed))
        self._passes += 1
        if not self._passes % _ALONE:
            self._look_alone(at)
        began = clock.monotonic()
        looks = self._watch.look(changed, at)
        self.seconds.append(clock.monotonic() - began)
        for look in looks:
            self.last[look.name] = look
            if look.touches:
                self.touching.append(look)

    def _look_alone(self, at: float) -> None:
        for one in self._changed:
            before = self.alone.get(one, Alone())
            weight, severity = self._watch.alone(one, at)
            alarm = before.alarm or at * (severity >= SEVERITY_TOUCHES_CLIENT)
            self.alone[one] = Alone(max(before.peak, weight), alarm)
        self._changed.clear()
