"""Several policies as one: each judges alone, and one verdict decides."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gateway.decisions import Judgement, Policy, Standing, Verdict
from gateway.policies.judging import counts_strikes, judgement, least, windows
from gateway.policies.ladder import rank


class Several(NamedTuple):
    """All of a folder's policies.

    The verdict is the strictest of those enforced; failing any that touches the client, the strictest of all
    (``ladder.rank``). Of two that rank alike the one that lasts longer decides, then the one whose file comes first.
    """

    policies: Sequence[Policy]

    def judge(self, standing: Standing) -> Verdict | None:
        """Return the verdict that decides, or None if no policy says anything."""
        return self.judgement(standing).verdict

    def judgement(self, standing: Standing) -> Judgement:
        """Return the same, with the rules of all policies that could not be asked."""
        told = [judgement(policy, standing) for policy in self.policies]
        verdicts = [one.verdict for one in told if one.verdict is not None]
        decides = max(verdicts, key=lambda verdict: (*rank(verdict), verdict.lasts), default=None)
        return Judgement(decides, tuple(fault for one in told for fault in one.faults))

    @property
    def least(self) -> float:
        """Fused weight below which no policy says anything, nats."""
        return min(map(least, self.policies), default=math.inf)

    @property
    def windows(self) -> Mapping[str, float]:
        """Seconds within which each strike counts; names begin with the policy's, so no two meet."""
        return {name: seconds for policy in self.policies for name, seconds in windows(policy).items()}

    @property
    def counts(self) -> bool:
        """Whether any policy reads how often something was decided before."""
        return any(map(counts_strikes, self.policies))
