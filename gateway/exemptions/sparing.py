"""What the analyst knows of exemptions and pardons while it works: uses counted with each batch, kept with its commit.

An exchange that an entitlement covers is counted once, in the use of the entitlement. While the budget lasts it is
held in the cases of the covered subjects only: an account that owns a contracted key is not suspected for the
contract, and neither is the network that both come from. Beyond the budget it is held in every case.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeAlias

from msgspec.structs import replace

from detectors.base import Observation
from detectors.harvest import HarvestState
from gateway.decisions import SEVERITY_TOUCHES_CLIENT, Judgement, Policy, Standing, Subject, Verdict
from gateway.exemptions.base import Exempt, meaning, softened, verdict_under
from gateway.exemptions.index import NOBODY, Exemptions, owners
from gateway.exemptions.uses import counted, over, seal, unseal, window
from gateway.pardons import Pardon, Pardoned
from gateway.policies.judging import judgement

UsedKey: TypeAlias = tuple[str, float]  # an entitlement's name, and when the window began
_REMEMBERED = 100_000  # uses in memory, some 0.5 KiB each; when full, all are read anew as they are needed


class KeepsUses(Protocol):
    """Where uses and pardons outlive the process: the store."""

    def uses(self, keys: Sequence[UsedKey]) -> dict[UsedKey, bytes]:
        """Return the uses known of these entitlements and windows."""
        ...

    def pardoned(self, after: int) -> Pardoned:
        """Return the pardons given after a position."""
        ...


class Sparing:
    """Knows whom to spare. One thread works with it; ``exempt`` may be called from any.

    Args:
        store: read when a use is not in memory, and for new pardons.

    Attributes:
        exemptions: those in force.
        uses: counted since ``begin``, for the commit.
    """

    def __init__(self, store: KeepsUses) -> None:
        self._store = store
        self.exemptions: Exemptions = NOBODY
        self.uses: dict[UsedKey, HarvestState] = {}
        self._kept: dict[UsedKey, HarvestState] = {}
        self._beside: dict[Subject, Sequence[Subject]] = {}  # all subjects of its newest exchange
        self._pardons: dict[Subject, list[Pardon]] = {}
        self._position = 0
        self._next_start: float | None = None

    def exempt(self, exemptions: Exemptions) -> None:
        """Spare by other exemptions from now on."""
        self.exemptions = exemptions
        self._next_start = None

    def begin(self) -> None:
        """Read new pardons, and count from what was kept: the batch before may have failed."""
        found = self._store.pardoned(self._position)
        self._position = found.position
        for pardon in found.pardons:
            if pardon.until <= pardon.at:  # one that ends as it is given takes back those before it
                self._pardons.pop(pardon.subject, None)
            else:
                self._pardons.setdefault(pardon.subject, []).append(pardon)
        self.uses, self._beside = {}, {}

    def keep(self) -> None:
        """Believe what was counted: it is committed."""
        if len(self._kept) > _REMEMBERED:
            self._kept.clear()
        self._kept.update(self.uses)

    def sealed(self) -> Mapping[UsedKey, bytes]:
        """Return the uses counted since ``begin`` as they are stored."""
        return {key: seal(use) for key, use in self.uses.items()}

    def count(
        self, subjects: Sequence[tuple[str, str]], observations: Sequence[Observation], at: float
    ) -> Sequence[Subject]:
        """Count an exchange, and return the subjects in whose cases it is held.

        Args:
            subjects: all of the exchange.
            observations: of it.
            at: when it began, seconds since the epoch.
        """
        named = [Subject(*subject) for subject in subjects]
        self._beside.update(dict.fromkeys(named, named))
        covering = self.exemptions.covering(named, at)
        if covering is None:
            return named
        key = covering.entitlement.name, window(covering.entitlement, at)
        use = self.uses[key] = counted(self._use(key), observations)
        return named if over(use, covering.entitlement.budget) else covering.subjects

    def owned(self, standing: Standing) -> Standing:
        """Return a standing with those whom its subject belongs to, as the exchanges since ``begin`` say."""
        return replace(standing, owners=owners(standing.subject, self._beside.get(standing.subject, ())))

    def of(self, standing: Standing, at: float) -> Exempt | None:
        """Return what the entitlement of a subject, or of whom it belongs to, means at a time; None if it has none."""
        covering = self.exemptions.covering((standing.subject, *standing.owners), at)
        if covering is None or standing.subject not in covering.subjects:
            return None
        use = self._use((covering.entitlement.name, window(covering.entitlement, at)))
        return meaning(covering.entitlement, over=over(use, covering.entitlement.budget))

    def spares(self, subject: Subject, at: float) -> bool:
        """Whether an entitlement of its own spares a subject from all that touches it, at a time."""
        covering = self.exemptions.covering((subject,), at)
        if covering is None:
            return False
        use = self._use((covering.entitlement.name, window(covering.entitlement, at)))
        return meaning(covering.entitlement, over=over(use, covering.entitlement.budget)).spared

    def holds(self, subject: Subject, at: float) -> bool:
        """Whether any pardon of a subject has begun and not ended, at a time."""
        return any(pardon.at <= at < pardon.until for pardon in self._pardons.get(subject, ()))

    def _use(self, key: UsedKey) -> HarvestState:
        use = self.uses.get(key) or self._kept.get(key)
        if use is None:
            use = self._kept[key] = unseal(self._store.uses([key]).get(key))
        return use

    def under(self, policy: Policy, at: float) -> "Under":
        """Return the policy as exemptions and pardons leave it at a time, seconds since the epoch.

        That is now, though the standing may be an old one: what stands is judged anew by the numbers of its own time.
        """
        return Under(policy, self.of, self._pardons, at)

    def starts(self, at: float) -> bool:
        """Whether an entitlement has begun since the last call: who is denied until then is not weighed by itself.

        Args:
            at: now, seconds since the epoch.
        """
        if self._next_start is not None and at < self._next_start:
            return False
        begun = self._next_start is not None
        self._next_start = self.exemptions.next_start(at)
        return begun


class Under(NamedTuple):
    """A policy under exemptions and pardons.

    Attributes:
        policy: as written.
        exempt_of: what a standing's entitlement means at a time.
        pardons: by subject.
        at: now, seconds since the epoch.
    """

    policy: Policy
    exempt_of: Callable[[Standing, float], Exempt | None]
    pardons: Mapping[Subject, Sequence[Pardon]]
    at: float

    def judge(self, standing: Standing) -> Verdict | None:
        """Return the policy's verdict, with the standing's tags, where it spares nobody."""
        return self.judgement(standing).verdict

    def judgement(self, standing: Standing) -> Judgement:
        """Return the same, with the rules that could not be asked."""
        exempt = self.exempt_of(standing, self.at)
        if exempt is not None:
            standing = replace(standing, tags=(*standing.tags, *exempt.tags))
        found, faults = judgement(self.policy, standing)
        verdict = verdict_under(found, exempt)
        for pardon in self.pardons.get(standing.subject, ()):
            if verdict is not None and pardon.spares(standing, verdict, self.at):
                return Judgement(_pardoned(verdict, pardon), faults)
        return Judgement(verdict, faults)


def _pardoned(verdict: Verdict, pardon: Pardon) -> Verdict | None:
    """Return what is left of a verdict: what would touch the client is watched, what only watches is forgone."""
    if verdict.severity < SEVERITY_TOUCHES_CLIENT:
        return None if verdict.rule == pardon.rule else verdict
    return softened(verdict, f"pardon of {pardon.decision}")
