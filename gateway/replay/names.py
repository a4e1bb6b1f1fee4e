"""Whom a line is about: subjects by the names that the log itself uses.

A user is held apart under the account, or the key, in which it was named: two customers may both have a user 17.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from gateway.addresses import address, network
from gateway.asns import FindAsn
from gateway.decisions import Subject

_REMEMBERED = 65_536  # clients whose subjects are kept worked out, some 600 bytes each
OF = "\x1f"  # between an owner and its user: no log writes it into a name


class Client(NamedTuple):
    """Who sent a line, as the log names it; empty where it does not."""

    account: str = ""
    key: str = ""
    user: str = ""
    address: str = ""


class Place(NamedTuple):
    """Where a client sits: its network and the number of its autonomous system; empty and 0 where unknown."""

    network: str = ""
    asn: int = 0


class Places:
    """Tells where recorded addresses are.

    Args:
        asn: finds autonomous systems.
        prefix_v4, prefix_v6: bits of an address that make its network.
    """

    def __init__(self, asn: FindAsn, prefix_v4: int, prefix_v6: int) -> None:
        self._asn = asn
        self._prefixes = prefix_v4, prefix_v6
        self.of = lru_cache(_REMEMBERED)(self._of)

    def _of(self, written: str) -> Place:
        found = address(written) if written else None
        return Place() if found is None else Place(network(found, *self._prefixes), self._asn(found))


class Names:
    """Turns clients into subjects.

    Args:
        scopes: the scopes that evidence is held against.
        prefix_v4, prefix_v6: bits of an address that make its network.
    """

    def __init__(self, scopes: tuple[str, ...], prefix_v4: int, prefix_v6: int) -> None:
        self._scopes = scopes
        self._prefixes = prefix_v4, prefix_v6
        self.wants_user = "user" in scopes
        self.of = lru_cache(_REMEMBERED)(self._of)

    def _of(self, client: Client) -> tuple[Subject, ...]:
        near = address(client.address) if client.address else None
        values = {
            "account": client.account,
            "key": client.key,
            "network": network(near, *self._prefixes) if near is not None else "",
            "user": _owned(client) if client.user else "",
        }
        return tuple([Subject(scope, value) for scope, value in values.items() if value and scope in self._scopes])


def _owned(client: Client) -> str:
    for scope, owner in (("account", client.account), ("key", client.key)):
        if owner:
            return OF.join((scope, owner, client.user))
    return client.user


def told(subject: Subject) -> dict[str, Any]:
    """Return a subject as the output names it: a user with the account or key that it belongs to.

    >>> told(Subject("network", "203.0.113.0/24"))
    {'scope': 'network', 'value': '203.0.113.0/24'}
    """
    if subject.scope != "user" or OF not in subject.value:
        return {"scope": subject.scope, "value": subject.value}
    scope, owner, user = subject.value.split(OF, 2)
    return {"scope": "user", "value": user, "of": {"scope": scope, "value": owner}}


def held(said: Mapping[str, Any]) -> Subject:
    """Return the subject that an output names: the way back from ``told``; raises KeyError if it names none.

    >>> held(told(Subject("user", OF.join(("account", "acme", "17"))))).value.split(OF)
    ['account', 'acme', '17']
    """
    owner = said.get("of")
    value = OF.join((owner["scope"], owner["value"], said["value"])) if owner else said["value"]
    return Subject(said["scope"], value)
