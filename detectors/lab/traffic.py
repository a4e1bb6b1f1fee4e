"""What a simulated client is: a seeded list of exchanges, in no dialect and with no server.

A client joins three things that vary apart: a *script* (what is said), a *kind* (how such clients call an API) and a
*seed* (this one's habits). Scripts are own-written grammars or the public traffic pack; kinds are the same for both.
"""

import math
from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple, TypeAlias

import msgspec

DAY = 86_400.0  # seconds
START = 1_764_806_400.0  # 2025-12-04 00:00 UTC, a Thursday like 1970-01-01: detectors' weeks begin with the lab's
CHARS_PER_TOKEN = 4.2  # English text, common tokenisers; lengths only, so a rough figure will do

_MANY = 30.0  # mean from which a Poisson law is near enough to a normal one


class Line(NamedTuple):
    """One user message, and the length of its reference answer where the source knows it."""

    text: str
    answer_chars: int = 0  # 0: unknown


class Conversation(NamedTuple):
    """What one sitting says, oldest first."""

    lines: tuple[Line, ...]
    system: str = ""
    tag: str = ""  # class, task or group, where the source has one


Script: TypeAlias = Iterator[Conversation]
Source: TypeAlias = Callable[[Random], Script]


class Said(msgspec.Struct, frozen=True):
    """One message of the conversation as sent: role is user, assistant or tool."""

    role: str
    text: str


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One exchange: what was asked, and how much came back.

    Attributes:
        at: arrival, seconds since the epoch.
        turns: the conversation, oldest first, without the system prompt.
        user: end user behind the key, if the client tells.
        answer_chars, answer_tokens: of all choices; tokens include reasoning.
        took: seconds to the last byte.
        choices: what came back, one text a sample; none where only lengths are simulated.
        finish: as the model says; empty: "stop", or "tool_calls" where it called one.
        status: HTTP status; other than 200, nothing came back.
        key: which of the account's keys, from 0; ``address``: which of its addresses.
        model: which of the operator's models, from 0, oldest first.
        attack: the exchange belongs to the extraction, and not to the cover of it.
        signature, handed: reasoning signature served, and those handed back in the history.
    """

    at: float
    turns: tuple[Said, ...]
    system: str = ""
    user: str = ""
    max_tokens: int = 0
    samples: int = 1
    logprobs: int = 0
    logit_bias: int = 0
    temperature: float = -1.0
    tools: int = 0
    tool_results: int = 0
    stream: bool = False
    answer_chars: int = 0
    answer_tokens: int = 0
    reasoning_tokens: int = 0
    tool_calls: int = 0
    took: float = 2.0
    choices: tuple[str, ...] = ()
    finish: str = ""
    status: int = 200
    key: int = 0
    address: int = 0
    model: int = 0
    attack: bool = False
    signature: str = ""
    handed: tuple[str, ...] = ()

    @property
    def answer(self) -> str:
        """The text of all choices, joined by newlines."""
        return "\n".join(self.choices)


class Play(NamedTuple):
    """What a kind needs to play one client: its dice, its script, how long and how much at most."""

    rng: Random
    script: Script
    days: int
    most: int  # exchanges
    gaps: tuple[float, ...] = ()  # seconds between turns of a chat, from a trace; none: drawn


Kind: TypeAlias = Callable[[Play], list[Asked]]


class Client(NamedTuple):
    """One client, playable any number of times with the same result."""

    kind: str
    source: str  # where the text is from: "own" or the pack's name
    seed: int
    behaves: Kind
    says: Source
    gaps: tuple[float, ...] = ()  # see Play

    def exchanges(self, days: int = 7, most: int = 1500) -> list[Asked]:
        """Return what the client does in so many days, in time order, at most so many exchanges."""
        rng = Random(f"{self.kind}/{self.source}/{self.seed}")
        asked = self.behaves(Play(rng, self.says(rng), days, most, self.gaps))
        return sorted(asked, key=lambda one: one.at)[:most]


def bell(rng: Random, median: float, spread: float) -> float:
    """Return a log-normal draw: e**spread is the factor between the median and the 84th percentile."""
    return median * math.exp(rng.gauss(0.0, spread))


def poisson(rng: Random, mean: float) -> int:
    """Return a Poisson draw, by the normal approximation where the mean is large."""
    if mean > _MANY:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    count, product, floor = 0, rng.random(), math.exp(-mean)
    while product > floor:
        count, product = count + 1, product * rng.random()
    return count


def daytime(rng: Random, day: int, noon: float = 14.0) -> float:
    """Return a moment of that day, mostly within seven hours of the client's own noon (hours, UTC)."""
    return START + day * DAY + (rng.gauss(noon, 3.2) % 24.0) * 3600.0


def office(day: int) -> bool:
    """Say whether that day of the lab's clock, which starts on a Thursday, is a working day."""
    return day % 7 not in (2, 3)


def tokens(chars: int) -> int:
    """Return about how many tokens so many characters are."""
    return max(1, round(chars / CHARS_PER_TOKEN))


def reply_chars(line: Line, drawn_tokens: float) -> int:
    """Return the length of the answer: the reference's where known, else as drawn (tokens)."""
    return line.answer_chars or round(max(1.0, drawn_tokens) * CHARS_PER_TOKEN)
