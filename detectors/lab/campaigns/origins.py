"""Whence accounts call: homes, data centres, one office, exits of a VPN. Made-up addresses outside reserved ranges.

That accounts share an address proves nothing, and that they share none neither: campaigns rent residential proxies.
"""

from random import Random
from typing import Final, NamedTuple

_FIRST: Final = (23, 45, 62, 78, 84, 91, 109, 146, 151, 178, 185, 194, 203, 212)  # first bytes in use
_PROVIDERS: Final = 60  # of homes' connections; their numbers begin at 3000
_CLOUDS: Final = 12  # of servers; their numbers begin at 14000
_JA4: Final = 0xFFFFFFFFFFFF
_STACKS: Final = {"OpenAI/Python": 1, "AsyncOpenAI": 1, "Anthropic": 1, "python-httpx": 1, "litellm": 1, "LangChain": 1,
                  "python-requests": 2, "aiohttp": 3, "OpenAI/JS": 4, "node-fetch": 4, "axios": 4}  # fmt: skip


class Origin(NamedTuple):
    """Addresses, and the autonomous system of each."""

    addresses: tuple[str, ...]
    asns: tuple[int, ...]


def home(rng: Random, count: int = 1) -> Origin:
    """Return addresses of that many homes: any network, any provider."""
    picked = [(_address(rng), 3000 + rng.randrange(_PROVIDERS)) for _ in range(count)]
    return Origin(tuple(address for address, _ in picked), tuple(number for _, number in picked))


def cloud(rng: Random, networks: int = 1) -> Origin:
    """Return addresses of servers in so many networks of one provider."""
    number = 14_000 + rng.randrange(_CLOUDS)
    return Origin(tuple(_address(rng) for _ in range(networks)), (number,) * networks)


def within(rng: Random, origin: Origin, count: int = 1) -> Origin:
    """Return other addresses in the same /24 networks: several machines of one place."""
    chosen = [rng.randrange(len(origin.addresses)) for _ in range(count)]
    near = [f"{origin.addresses[i].rpartition('.')[0]}.{rng.randrange(1, 255)}" for i in chosen]
    return Origin(tuple(near), tuple(origin.asns[i] for i in chosen))


def tls(agent: str) -> str:
    """Return what an edge would say of the TLS of that software: the same for all that share a library."""
    stack = next((number for name, number in _STACKS.items() if agent.startswith(name)), 0)
    seed = f"stack {stack}" if stack else agent
    return f"t13d{Random(seed).getrandbits(48) & _JA4:012x}"


def _address(rng: Random) -> str:
    return f"{rng.choice(_FIRST)}.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(1, 255)}"
