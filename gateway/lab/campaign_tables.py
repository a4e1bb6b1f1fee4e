"""The tables of the campaigns' benchmark, as a page shows them."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from detectors.lab.traffic import START
from gateway.lab import intervals
from gateway.lab.campaign_findings import Findings, by_kind
from gateway.lab.campaign_outcome import Ledger
from gateway.lab.campaign_rivals import Compared, Count
from gateway.lab.campaign_watch import Look

_LOUD: Final = 1.0  # nats; what says less is not named
_DAY: Final = 86_400.0
Lines = Iterator[str]


def kinds(found: Findings) -> Lines:
    """Yield campaigns by kind."""
    yield from _head("kind", "campaigns", "accounts", "found", "accounts attributed", "harvest gone, median", "days")
    for kind, some in by_kind(found.ledger.campaigns()):
        caught = [one for one in some if one.found_at]
        keys = sum(len(one.keys) for one in caught)
        right = sum(len(one.named & one.keys) for one in caught)
        days, gone = intervals.median([one.days for one in some]), intervals.median([one.gone for one in some])
        yield (
            f"| {kind} | {len(some)} | {sum(len(one.keys) for one in some)} | {len(caught)} | "
            f"{f'{right / keys:.1%}' if keys else '-'} | {gone:.1%} | {days:.2f} |"
        )


def campaigns(found: Findings) -> Lines:
    """Yield each campaign, the least found first."""
    yield from _head(
        "campaign", "accounts", "planned", "taken", "gone", "found on day", "attributed", "others among them",
        "weight at last", "speak loudest", "how it is varied",
    )  # fmt: skip
    last = heaviest(found.ledger)
    for one in sorted(found.ledger.campaigns(), key=lambda one: -one.gone):
        look = last.get(one.group.name)
        day = f"{(one.found_at - START) / _DAY:.2f}" if one.found_at else "never"
        yield (
            f"| {one.group.name} | {len(one.keys)} | {one.group.plan} | {one.taken} | {one.gone:.1%} | {day} | "
            f"{len(one.named & one.keys)} | {len(one.named - one.keys)} | {_weight(look)} | {_said(look)} | "
            f"{'; '.join(one.group.traits)} |"
        )


def honest(found: Findings) -> Lines:
    """Yield honest groups by kind: linked, touched, and how near they came."""
    yield from _head(
        "kind", "groups", "accounts", "linked (8 and more)", "named a campaign", "accounts named", "highest weight",
        "speak loudest",
    )  # fmt: skip
    last = heaviest(found.ledger)
    some: dict[str, list[str]] = {}
    for group in found.ledger.groups.values():
        if group.side != "campaign":
            some.setdefault(f"{group.kind}{' (framed)' if group.side == 'framed' else ''}", []).append(group.name)
    for kind, names in sorted(some.items()):
        groups = [found.ledger.groups[name] for name in names]
        looks = [last[name] for name in names if name in last]
        top = max(looks, key=lambda look: look.standing.weight, default=None)
        named = [f"account:{m.account}" in found.ledger.named for group in groups for m in group.members]
        yield (
            f"| {kind} | {len(groups)} | {len(named)} | {len(looks)} | {sum(map(found.ledger.accused, groups))} | "
            f"{sum(named)} | {_weight(top)} | {_said(top)} |"
        )


def accused(found: Findings) -> Lines:
    """Yield every look that touched mostly honest accounts, first of each campaign."""
    yield from _head("campaign", "mostly", "members", "of", "weight", "families", "speak loudest")
    ledger, seen = found.ledger, set[str]()
    for look in ledger.trial.touching:
        name = ledger.mostly(look)
        if look.name in seen or (name and ledger.groups[name].side == "campaign"):
            continue
        seen.add(look.name)
        most = Counter(ledger.group_of[one] or "individuals" for one in look.members).most_common(3)
        families = ", ".join(f"{family} {weight:.1f}" for family, weight in look.standing.families.items() if weight)
        yield (
            f"| {look.name[-6:]} | {name or 'nobody'} | {len(look.members)} | "
            f"{', '.join(f'{who} {count}' for who, count in most)} | {_weight(look)} | {families} | {_said(look)} |"
        )


def compared(found: Findings) -> Lines:
    """Yield the rivals beside us."""
    yield from _head("detector", "campaigns", "their accounts", "honest accounts", "honest groups")
    ledger = found.ledger
    caught, innocent = ledger.campaigns(), ledger.innocents()
    keys = {one: one in ledger.named for outcome in caught for one in outcome.keys}
    people = [f"account:{m.account}" in ledger.named for m in ledger.honest()]
    ours = Compared(
        "**stillguard, campaigns**", (sum(keys.values()), len(keys)),
        (sum(one.found_at > 0 for one in caught), len(caught)), (sum(people), len(people)),
        (sum(map(ledger.accused, innocent)), len(innocent)),
    )  # fmt: skip
    for one in (ours, *found.rivals):
        cells = (one.campaigns, one.keys, one.honest, one.groups)
        yield f"| {one.name} | {' | '.join(map(_of, cells))} |"


def heaviest(ledger: Ledger) -> dict[str, Look]:
    """Return the heaviest of the newest looks at campaigns that most members of each group are in."""
    found: dict[str, Look] = {}
    for look in ledger.trial.last.values():
        name = ledger.mostly(look)
        if name and (name not in found or look.standing.weight > found[name].standing.weight):
            found[name] = look
    return found


def spared(found: Findings) -> Lines:
    """Yield how many accounts were spared in groups that were touched, and why, by side."""
    yield from _head("why spared", "attacking accounts", "honest accounts")
    newest = {look.name: look for look in found.ledger.trial.touching}
    count: Counter[tuple[str, bool]] = Counter()
    for look in newest.values():
        count.update((why, one in found.ledger.trial.served) for one, why in look.spared.items())
    for why in sorted({why for why, _ in count}):
        yield f"| {why} | {count[why, True]} | {count[why, False]} |"


def _head(*columns: str) -> Lines:
    yield f"| {' | '.join(columns)} |"
    yield f"|---|{'---:|' * (len(columns) - 1)}"


def _of(count: Count) -> str:
    return f"{count[0]} of {count[1]} ({count[0] / count[1]:.1%})" if count[1] else "-"


def _weight(look: Look | None) -> str:
    return f"{look.standing.weight:.1f}" if look else "-"


def _said(look: Look | None) -> str:
    if look is None:
        return "not linked"
    loud = sorted(
        ((one.weight, name) for name, one in look.standing.evidence.items() if one.weight >= _LOUD), reverse=True
    )
    return ", ".join(f"{name} {weight:.1f}" for weight, name in loud[:4])
