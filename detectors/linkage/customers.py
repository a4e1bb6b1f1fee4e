"""How many customers a group is: one that hides nothing, behind one address or under one name, is one customer."""

from collections import Counter
from collections.abc import Mapping

from detectors.linkage.base import Facts, Id, Imprint


def customers(members: Mapping[Id, Imprint], facts: Mapping[Id, Facts]) -> float:
    """Return how many customers the members are, as far as is known: 1 / sum of squared shares.

    Members of one kin are one customer, and so are members that mostly come from one network: an organisation whose
    reliability tooling spreads its load over its own keys does it openly. Who comes from nowhere known is its own
    customer.

    Examples:
        >>> from detectors.linkage.base import Mark
        >>> office = {f"key:{i}": Imprint(networks=(Mark(5, 9, 0.0, 0.0),)) for i in range(12)}
        >>> people = {f"key:{i}": Imprint(networks=(Mark(5 + i, 9, 0.0, 0.0),)) for i in range(12)}
        >>> round(customers(office, {})), round(customers(people, {}))
        (1, 12)
        >>> round(customers(people, {one: Facts(kin="house") for one in people}))
        1

    """
    whose = Counter(customer(one, imprint, facts) for one, imprint in members.items())
    total = sum(whose.values())
    return total * total / sum(count * count for count in whose.values()) if total else 0.0


def customer(one: Id, imprint: Imprint, facts: Mapping[Id, Facts]) -> str:
    """Return the name of the customer that a member is of: its kin, else its main network, else itself."""
    if one in facts and facts[one].kin:
        return f"kin/{facts[one].kin}"
    return f"network/{imprint.networks[0].value}" if imprint.networks else f"subject/{one}"


def one_of_each_kin(members: Mapping[Id, Imprint], facts: Mapping[Id, Facts]) -> dict[Id, Imprint]:
    """Return the members with one of each kin, the first by id: relatives say nothing of each other."""
    found: dict[str, Id] = {}
    for one in sorted(members):
        kin = facts[one].kin if one in facts else ""
        found.setdefault(f"kin/{kin}" if kin else f"subject/{one}", one)
    return {one: members[one] for one in found.values()}
