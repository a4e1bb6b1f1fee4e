"""Honest kinds of client: how each calls the API, whatever its text.

Every habit that tenants of one kind differ in is drawn once a client: pace, lengths, caps, streaming. Figures are
orders of magnitude from public traces: gaps between the turns of a chat have percentiles 10/50/90 of 39/123/474 s,
support replies stay under a hundred words, batch jobs run at an even pace.
"""

from collections.abc import Iterator
from heapq import heapreplace
from itertools import islice
from typing import Any, Final

from detectors.lab import scripts
from detectors.lab.traffic import (
    START,
    Asked,
    Client,
    Conversation,
    Kind,
    Play,
    Said,
    Source,
    bell,
    daytime,
    office,
    poisson,
    reply_chars,
    tokens,
)

_GAP, _GAP_SPREAD = 123.0, 1.0  # seconds between turns of a chat, and its log-normal spread
_STEP, _STEP_SPREAD = 8.0, 0.7  # seconds between an agent's calls
_STREAMS, _TELLS, _SCORES = 0.8, 0.5, 0.3  # shares of clients that stream; name end users; ask for log-probabilities
_POOLS = 0.5  # share of evaluation harnesses that keep so many requests open
_FEW = 4.0  # tokens; a shorter answer is a choice, not a text


def _sitting(play: Play, one: Conversation, at: float, typical: float, **asked: Any) -> Iterator[Asked]:
    """Play one conversation turn by turn, answers of ``typical`` tokens, each turn sent with all before it."""
    said: tuple[Said, ...] = ()
    for line in one.lines:
        said = (*said, Said("user", line.text))
        chars = reply_chars(line, bell(play.rng, typical, 0.8))
        took = 0.5 + tokens(chars) / 60.0
        yield Asked(
            at=at, turns=said, system=one.system, answer_chars=chars, answer_tokens=tokens(chars), took=took,
            **asked,
        )  # fmt: skip
        said = (*said, Said("assistant", "…" * min(chars, 400)))
        at += took + (play.rng.choice(play.gaps) if play.gaps else bell(play.rng, _GAP, _GAP_SPREAD))


def chat(play: Play) -> list[Asked]:
    """A person with a chat window: some sittings a day, a few turns each, anything at all."""
    rng = play.rng
    a_day, typical, noon = bell(rng, 4.0, 0.7), bell(rng, 220.0, 0.4), rng.uniform(8, 20)
    stream, temperature = rng.random() < _STREAMS, rng.choice((-1.0, -1.0, 0.7, 1.0))
    asked: list[Asked] = []
    for day in range(play.days):
        for one in islice(play.script, poisson(rng, a_day)):
            at = daytime(rng, day, noon)
            asked += _sitting(play, one, at, typical, stream=stream, temperature=temperature)
    return asked


def app(play: Play) -> list[Asked]:
    """Thousands of end users behind one key: short turns, short replies, a day curve, one system prompt."""
    rng = play.rng
    a_day, typical = bell(rng, 90.0, 0.6), bell(rng, 60.0, 0.3)
    tells, cap = rng.random() < _TELLS, rng.choice((0, 256, 512))
    asked: list[Asked] = []
    for day in range(play.days):
        for one in islice(play.script, poisson(rng, a_day)):
            user = f"u{rng.randrange(5000)}" if tells else ""
            asked += _sitting(play, one, daytime(rng, day), typical, user=user, max_tokens=cap, temperature=0.3)
    return asked


def advice(play: Play) -> list[Asked]:
    """People's questions to one app that answers at length: new contents all day under one system prompt."""
    rng = play.rng
    a_day, typical = bell(rng, 90.0, 0.6), bell(rng, 320.0, 0.3)
    asked: list[Asked] = []
    for day in range(play.days):
        for one in islice(play.script, poisson(rng, a_day)):
            asked += _sitting(play, one, daytime(rng, day), typical, stream=True, temperature=0.5)
    return asked


def retrieval(play: Play) -> list[Asked]:
    """Question answering over documents: long prompts, answers of a paragraph, now and then a second question."""
    rng = play.rng
    a_day, typical, noon = bell(rng, 120.0, 0.6), bell(rng, 110.0, 0.35), rng.uniform(10, 16)
    asked: list[Asked] = []
    for day in range(play.days):
        for one in islice(play.script, poisson(rng, a_day if office(day) else a_day / 6)):
            asked += _sitting(play, one, daytime(rng, day, noon), typical, max_tokens=800, temperature=0.0)
    return asked


def analyst(play: Play) -> list[Asked]:
    """Text to SQL in office hours: one schema, short statements back."""
    rng = play.rng
    a_day, typical = bell(rng, 80.0, 0.6), bell(rng, 45.0, 0.3)
    asked: list[Asked] = []
    for day in range(play.days):
        for one in islice(play.script, poisson(rng, a_day if office(day) else a_day / 10)):
            asked += _sitting(play, one, daytime(rng, day), typical, temperature=0.0)
    return asked


def agent(play: Play) -> list[Asked]:
    """A program with tools: each call carries the whole growing context, and what the last tool returned."""
    rng = play.rng
    a_day, offered = bell(rng, 12.0, 0.6), rng.randint(4, 24)
    asked: list[Asked] = []
    for day in range(play.days):
        for one in islice(play.script, poisson(rng, a_day)):
            asked += _errand(play, one, daytime(rng, day), offered)
    return asked


def _errand(play: Play, one: Conversation, at: float, offered: int) -> Iterator[Asked]:
    said: tuple[Said, ...] = ()
    for number, line in enumerate(one.lines):
        said = (*said, Said("tool" if number else "user", line.text))
        chars = reply_chars(line, bell(play.rng, 140.0, 0.9))
        took = 0.8 + tokens(chars) / 60.0
        yield Asked(
            at=at, turns=said, system=one.system, tools=offered, tool_results=min(number, 1), stream=True,
            tool_calls=int(number < len(one.lines) - 1), answer_chars=chars, answer_tokens=tokens(chars), took=took,
        )  # fmt: skip
        said = (*said, Said("assistant", "…" * min(chars, 300)))
        at += took + bell(play.rng, _STEP, _STEP_SPREAD)


def labelling(play: Play) -> list[Asked]:
    """A moderation or labelling job: one template, one word back, as even as a metronome for hours on end."""
    rng = play.rng
    every, cap, scores = bell(rng, 20.0, 0.8), rng.choice((1, 4, 8, 16)), rng.random() < _SCORES
    asked: list[Asked] = []
    at = START + rng.uniform(0, 86_400.0)
    for one in islice(play.script, play.most):
        asked.append(
            Asked(
                at=at, turns=(Said("user", one.lines[0].text),), system=one.system, max_tokens=cap, temperature=0.0,
                logprobs=5 if scores else 0, answer_chars=rng.randint(2, 12), answer_tokens=min(cap, 3), took=0.4,
            )
        )  # fmt: skip
        at += every * rng.uniform(0.9, 1.1)
    return asked


def evaluation(play: Play) -> list[Asked]:
    """Benchmark runs: the same items at each checkpoint, in bursts or as fast as they are answered, some scored."""
    rng = play.rng
    runs, lanes = rng.randint(1, 4), rng.choice((1, 4, 8, 16, 32))
    scores, samples, pool = rng.random() < _SCORES, rng.choice((1, 1, 1, 1, 4)), rng.random() < _POOLS
    batch = list(islice(play.script, min(play.most, round(bell(rng, 300.0, 0.7)))))
    worked = bell(rng, 250.0, 0.5)  # tokens: terse models and verbose ones
    asked: list[Asked] = []
    for _ in range(runs):
        at = daytime(rng, rng.randrange(play.days))
        free = [at] * lanes
        for item, one in enumerate(batch):
            answer = 3.0 if one.tag == "choice" else bell(rng, worked, 0.5)
            at += rng.uniform(1, 6) if item % lanes == 0 else rng.uniform(0, 0.05)
            at = free[0] if pool else at
            scored = _scored(play, one, at, answer, (scores and answer < _FEW, samples if answer > _FEW else 1))
            heapreplace(free, at + scored.took)
            asked.append(scored)
    return asked


def _scored(play: Play, one: Conversation, at: float, answer: float, how: tuple[bool, int]) -> Asked:
    scores, samples = how
    line = one.lines[0]
    chars = reply_chars(line, answer) * samples
    return Asked(
        at=at, turns=(Said("user", line.text),), system=one.system, samples=samples, logprobs=5 if scores else 0,
        max_tokens=8 if answer < _FEW else 1024, temperature=0.7 if samples > 1 else 0.0, answer_chars=chars,
        answer_tokens=tokens(chars), took=play.rng.uniform(0.3, 1.5) + tokens(chars) / samples / 60.0,
    )  # fmt: skip


def batch(play: Play) -> list[Asked]:
    """Translation or summaries page by page: the answer is as long as the page, or a few sentences."""
    rng = play.rng
    every, start = bell(rng, 30.0, 0.8), daytime(rng, 0)
    asked: list[Asked] = []
    at = start
    for one in islice(play.script, min(play.most, round(bell(rng, 500, 0.6)))):
        line = one.lines[0]
        shorter = one.tag in ("sum", "summary")
        chars = line.answer_chars or (
            rng.randint(200, 600) if shorter else round(len(line.text) * rng.uniform(0.8, 1.2))
        )
        asked.append(
            Asked(at=at, turns=(Said("user", line.text),), system=one.system, temperature=0.2, answer_chars=chars,
                  answer_tokens=tokens(chars), took=1.0 + tokens(chars) / 60.0)
        )  # fmt: skip
        at += every * rng.uniform(0.8, 1.2)
    return asked


KINDS: Final[dict[str, tuple[Kind, Source]]] = {
    "chat": (chat, scripts.people),
    "app": (app, scripts.customers),
    "advice": (advice, scripts.visitors),
    "retrieval": (retrieval, scripts.documents),
    "analyst": (analyst, scripts.analysts),
    "agent": (agent, scripts.repairs),
    "labelling": (labelling, scripts.items),
    "evaluation": (evaluation, scripts.benchmark),
    "batch": (batch, scripts.pages),
    "tinkerer": (chat, scripts.drafts),
}


def clients(seeds: range) -> list[Client]:
    """Return one own-written client of each kind a seed."""
    return [Client(kind, "own", seed, *KINDS[kind]) for seed in seeds for kind in KINDS]
