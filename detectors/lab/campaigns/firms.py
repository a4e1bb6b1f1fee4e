"""A firm whose load balancer deals its own customers' conversations over its accounts, turn by turn.

What a relay does, and honest: each account presents reasoning that another was served. It hides nothing, calls from its
own network, and half of such firms have told the operator which accounts are theirs.
"""

from collections.abc import Iterator
from functools import partial
from random import Random

from msgspec.structs import replace

from detectors.lab.campaigns.base import Act, Group, Member
from detectors.lab.campaigns.crowds import Setting, filled
from detectors.lab.campaigns.dealing import Dealing
from detectors.lab.campaigns.harvests import Relay
from detectors.lab.campaigns.pools import Pool, Work
from detectors.lab.grammars import people
from detectors.lab.words import Words, focussed

_PROMPTS = (
    "You are the assistant of {c} Insurance {n}. Help customers kindly.", "Desk {n} of the {c} library. Be helpful.",
    "You answer members of the {d} club {n}.", "Assistant of shop {n} in {c}: orders, returns, advice on {d}.",
)  # fmt: skip
_SOME = 0.5


def balanced(setting: Setting) -> Group:
    """Return such a firm."""
    rng = setting.dice("firm")
    pool = Pool(
        seed=setting.seed, name=setting.name, number=0, size=setting.size, kind=setting.kind, alike=True, where="cloud",
        anthropic=True,
    )  # fmt: skip
    dealing = Dealing(per_day=rng.uniform(10.0, 50.0), quota=rng.random() < _SOME, hours="day", noon=rng.uniform(9, 15))
    words = focussed(rng, Words(setting.half), 0.9)
    prompt = filled(setting, _PROMPTS)

    def asks(dice: Random) -> Relay:
        return Relay(dice, people.customers(dice, words), prompt, sticky=False)

    work = Work(setting.seed, (pool,), (dealing,), asks)
    kin, pays = (setting.name if rng.random() < _SOME else "" for _ in range(2))
    members = {
        one.account: one._replace(label="benign", traffic_class="app", kin=kin, payment=pays) for one in work.members()
    }
    plays = partial(_honestly, work, members)
    return Group(setting.name, setting.kind, "innocent", tuple(members.values()), 0, 0.0, (), plays)


def _honestly(work: Work, members: dict[str, Member]) -> Iterator[Act]:
    for act in work.acts():
        yield Act(members[act.member.account], replace(act.asked, attack=False))
