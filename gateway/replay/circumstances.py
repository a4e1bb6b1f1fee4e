"""What a policy may read of a replayed subject beside its case: models, tags and strikes, as the analyst tells them."""

from collections import deque
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from gateway.circumstances import belonging, tagged
from gateway.decisions import MOST_MODELS, Decision, Policy, Standing, Subject
from gateway.policies.judging import counts_strikes, windows
from gateway.replay.reading import Group
from gateway.stores.base import MOST_TAKEN, Taken
from gateway.strikes import counted


class Circumstances:
    """Remembers what was decided, and what the block at hand tells.

    Args:
        policy: asked whether strikes count for it.
        tags: of accounts, by name.
    """

    def __init__(self, policy: Policy, tags: Mapping[str, tuple[str, ...]]) -> None:
        self._windows = windows(policy)
        self._counts = counts_strikes(policy)
        self._tags = tagged(tags)
        self._taken: dict[Subject, deque[Taken]] = {}
        self._members: Mapping[Subject, Sequence[int]] = {}
        self._groups: Sequence[Group] = ()
        self._number = 0

    def block(self, members: Mapping[Subject, Sequence[int]], groups: Sequence[Group]) -> None:
        """Tell from these groups from now on; ``members`` are the places of each subject's."""
        self._members, self._groups = members, groups

    def complete(self, standing: Standing) -> Standing:
        """Return a standing with all that the policy may read."""
        subject = standing.subject
        groups = [self._groups[place] for place in self._members.get(subject, ())]
        models = dict.fromkeys(model for group in groups for model in group.models)
        accounts = [Subject("account", group.account) for group in groups[:1] if group.account]
        taken = self._taken.get(subject, ())
        return replace(
            standing,
            models=tuple(models)[:MOST_MODELS],
            tags=tuple(sorted(set(belonging(subject, {subject, *accounts}, self._tags)))),
            strikes=counted(taken, self._windows, standing.at) if taken else {},
        )

    def took(self, decision: Decision) -> None:
        """Remember a decision."""
        if self._counts:
            self._number += 1
            told = Taken(
                str(self._number), decision.at, decision.until, decision.policy, decision.rule, decision.mode
            )  # replayed decisions have no id
            self._taken.setdefault(decision.subject, deque(maxlen=MOST_TAKEN)).append(told)
