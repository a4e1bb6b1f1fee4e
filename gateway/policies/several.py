"""Several policies as one: each judges alone, and one verdict decides."""

from collections.abc import Sequence
from typing import NamedTuple

from gateway.decisions import Policy, Standing, Verdict
from gateway.policies.ladder import rank


class Several(NamedTuple):
    """All of a folder's policies.

    The verdict is the strictest of those enforced; failing any that touches the client, the strictest of all
    (``ladder.rank``). Of two that rank alike the one that lasts longer decides, then the one whose file comes first.
    """

    policies: Sequence[Policy]

    def judge(self, standing: Standing) -> Verdict | None:
        """Return the verdict that decides, or None if no policy says anything."""
        verdicts = [verdict for policy in self.policies if (verdict := policy.judge(standing)) is not None]
        return max(verdicts, key=lambda verdict: (*rank(verdict), verdict.lasts), default=None)
