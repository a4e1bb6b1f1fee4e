"""Habits that prove nothing, drawn from one law for honest clients and distillers alike."""

from random import Random
from typing import Final, NamedTuple

from detectors.lab.traffic import bell

_AGENTS = (
    "OpenAI/Python 2.6.1|OpenAI/Python 1.109.1|AsyncOpenAI/Python 2.6.1|OpenAI/JS 6.7.0|python-requests/2.32.5|"
    "python-httpx/0.28.1|axios/1.12.2|node-fetch|Go-http-client/2.0|okhttp/5.1.0|curl/8.14.1|LangChain/0.3|"
    "litellm/1.80.0|aiohttp/3.13.0|Anthropic/Python 0.72.0|Java-http-client/21.0.4|PostmanRuntime/7.48.0"
)
AGENTS: Final = tuple(_AGENTS.split("|"))
ASSISTANTS: Final = (
    "",
    "",
    "You are a helpful assistant.",
    "You are a helpful, precise assistant.",
    "You are an AI assistant that follows instructions extremely well. Help as much as you can.",
    "Answer clearly and completely.",
    "You are a knowledgeable expert. Give well-structured answers.",
    "Be accurate. If you are not sure, say so.",
    "You are a friendly assistant of a small company. Keep to the question.",
    "Reply in the language of the question.",
)
_ANTHROPIC, _STREAMS = 0.2, 0.4  # shares of clients


class Habits(NamedTuple):
    """One client's way of calling.

    Attributes:
        max_tokens: cap that it always sends, tokens; 0: none.
        temperature: -1.0: not sent.
        system: what it puts in front where the job has no system prompt of its own.
        wordy: factor on the length of the answers that it gets: its prompts, its taste.
        flaky: share of its calls that fail and are tried again.
        addresses: how many it calls from.
        stints: mean exchanges between two rests of a program; 0: none.
    """

    max_tokens: int
    temperature: float
    stream: bool
    agent: str
    anthropic: bool
    system: str
    wordy: float
    flaky: float
    addresses: int
    stints: int


def habits(rng: Random) -> Habits:
    """Draw them."""
    return Habits(
        max_tokens=rng.choice((0, 0, 0, 512, 1024, 1024, 2048, 4096, 4096, 8192)),
        temperature=rng.choice((-1.0, -1.0, -1.0, 0.0, 0.0, 0.2, 0.3, 0.7, 0.7, 1.0, 1.0)),
        stream=rng.random() < _STREAMS,
        agent=rng.choice(AGENTS),
        anthropic=rng.random() < _ANTHROPIC,
        system=rng.choice(ASSISTANTS),
        wordy=bell(rng, 1.0, 0.3),
        flaky=rng.choice((0.0, 0.0, 0.002, 0.01, 0.03)),
        addresses=rng.choice((1, 1, 1, 2, 3, 8)),
        stints=rng.choice((0, 0, 100, 300, 1000)),
    )
