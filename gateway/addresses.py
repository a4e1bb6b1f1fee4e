"""The client's address, behind proxies that are trusted and past headers that anybody can write.

Each proxy adds, on the right, the address that it saw. So the list is walked from the right for as long as the
hop that wrote it is trusted; the first address that is not, is the client. All to its left is hearsay.
"""

import re
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import NamedTuple, TypeAlias

from gateway.config import Network

Address: TypeAlias = IPv4Address | IPv6Address

MOST_HOPS = 32  # walked at most: no chain of proxies is longer, and a header of 64 KiB could be
_FORWARDED_FOR = re.compile(rb'(?:^|[;\s])for\s*=\s*"?([^";,]*)', re.IGNORECASE)


class Hops(NamedTuple):
    """The forwarded headers of one request, as received; repeated ones joined by commas."""

    x_forwarded_for: bytes = b""
    forwarded: bytes = b""
    x_real_ip: bytes = b""


def address(text: str) -> Address | None:
    """Read an address as peers and proxies write it, with port, brackets, zone or quotes; None if it is none."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def client(peer: str, hops: Hops, trusted: Sequence[Network]) -> Address | None:
    """Return the right-most address that is not a trusted proxy; None if not even the peer's can be read.

    A hop that cannot be read ends the walk: what is left of it was written by nobody known.
    """
    nearest = address(peer)
    if nearest is None or not trusts(nearest, trusted):
        return nearest
    for text in _from_the_right(hops):
        hop = address(text)
        if hop is None:
            break
        nearest = hop
        if not trusts(hop, trusted):
            break
    return nearest


def trusts(found: Address, trusted: Sequence[Network]) -> bool:
    """Return whether an address lies in one of the networks."""
    return any(found in network for network in trusted)


def network(found: Address, prefix_v4: int, prefix_v6: int) -> str:
    """Return the network around an address, as evidence is held against it.

    >>> network(IPv4Address("203.0.113.7"), 24, 56)
    '203.0.113.0/24'
    """
    prefix = prefix_v4 if isinstance(found, IPv4Address) else prefix_v6
    return str(ip_network((found, prefix), strict=False))


def _from_the_right(hops: Hops) -> Iterator[str]:
    """Read one header only: mixing them would let a client add to the one that its proxy does not write."""
    if hops.x_forwarded_for:
        parts = hops.x_forwarded_for.rsplit(b",", MOST_HOPS)[-MOST_HOPS:]
    elif hops.forwarded:
        elements = hops.forwarded.rsplit(b",", MOST_HOPS)[-MOST_HOPS:]
        parts = [match[1] if (match := _FORWARDED_FOR.search(element)) else b"" for element in elements]
    else:
        parts = [hops.x_real_ip] if hops.x_real_ip else []
    return (part.decode("latin-1") for part in reversed(parts))
