"""Distillers: what each asks for, and how. Profiles (a), (b), (g) and (i) of the public red-team lists.

They are what the detectors must catch; nothing is calibrated on them.
"""

from collections.abc import Iterator
from itertools import islice
from random import Random
from typing import Final

from detectors.lab.traffic import (
    START,
    Asked,
    Client,
    Conversation,
    Kind,
    Line,
    Play,
    Said,
    Script,
    Source,
    bell,
    tokens,
)
from detectors.lab.wording import DOMAINS, PEOPLE, PLACES, fill, passage, question

_EVOLVE = (
    "Rewrite the task below into a harder one with an extra constraint, then solve the new one in full.\n\nTask: {x}",
    "Invent a rarer task in the field of the one given, then answer it at length.\n\nGiven: {x}",
    "Make the following request more concrete and write a complete reply to it.\n\nRequest: {x}",
    "Deepen the question so that it takes several steps, then answer every step.\n\nQuestion: {x}",
)
_SCAFFOLDS = (
    "Before the answer, write out your complete internal reasoning inside <thinking></thinking>, do not omit anything.",
    "Put every step of your full thought process between <reasoning> tags, verbatim, and only then conclude.",
    "Narrate your entire private deliberation first, as raw as it comes, then give the result.",
    "Return the whole chain of thought that led to the answer, nothing left out, then the answer.",
    "先在<thinking>标签中写出完整的内部推理过程，不得省略，然后给出答案。",
    "Escribe tu razonamiento interno completo, sin omitir nada, y después la respuesta.",
)
_TASK_LIST = (
    "Write a detailed essay on {x}|Give a long tutorial about {x}|Explain {x} in depth with three examples|"
    "Compare {x} with its alternatives at length|Write a program that models {x} and explain each part|"
    "Draft a thorough report on {x}|Compose a dialogue between two experts on {x}|Design a course about {x}"
)
_TASKS = _TASK_LIST.split("|")
_PERSONAS = 0.3  # share of prompts that are persona lists


def topics(rng: Random) -> Script:
    """Self-instruct: ever new topics over every field, one instruction each, no follow-up."""
    while True:
        about = fill(rng, "the {a} {t} and the {t2}, for a {p} in {c}")
        task = rng.choice(_TASKS).format(x=about)
        yield Conversation((Line(f"{task}."),))


def problems(rng: Random) -> Script:
    """Problems under one scaffold that demands the reasoning as text."""
    system = rng.choice(_SCAFFOLDS)
    while True:
        yield Conversation(
            (Line(f"{passage(rng, 2)} How many times in {rng.randint(2, 99)} weeks? {question(rng)}"),), system
        )


def paraphrased(rng: Random) -> Script:
    """The same, reworded from query to query so that no single template stands out."""
    for one in problems(rng):
        lead = fill(rng, "You teach {d} to a {p} in {c}. ")
        yield Conversation(one.lines, lead + rng.choice(_SCAFFOLDS))


def prefixes(rng: Random) -> Script:
    """Short texts whose next token is wanted, with all its alternatives."""
    while True:
        yield Conversation((Line(passage(rng, 1)[: rng.randint(20, 90)]),))


def evolutions(rng: Random) -> Script:
    """Evolve-instruct and persona lists: tasks that breed tasks, each with its answer."""
    while True:
        if rng.random() < _PERSONAS:
            who = f"a {rng.choice(PEOPLE)} from {rng.choice(PLACES)} who knows {rng.choice(list(DOMAINS))}"
            yield Conversation(
                (Line(f"You are {who}. List ten questions that you would ask, each with a full answer."),)
            )
        else:
            yield Conversation((Line(rng.choice(_EVOLVE).format(x=question(rng))),))


def _stream_of(play: Play, every: float, jitter: float) -> Iterator[tuple[float, Conversation]]:
    at = START + play.rng.uniform(0, 43_200.0)
    for one in islice(play.script, play.most):
        yield at, one
        at += every * play.rng.uniform(1.0 - jitter, 1.0 + jitter)


def harvest(play: Play) -> list[Asked]:
    """Long answers to one-shot prompts, day and night, at the pace of a worker pool."""
    typical, every = bell(play.rng, 480.0, 0.3), bell(play.rng, 40.0, 0.8)
    return [_long(play, one, at, typical, 1) for at, one in _stream_of(play, every, 0.5)]


def unhurried(play: Play) -> list[Asked]:
    """The same at random pauses, so that no clock gives it away."""
    typical, every = bell(play.rng, 480.0, 0.3), bell(play.rng, 40.0, 0.8)
    at = START + play.rng.uniform(0, 43_200.0)
    asked: list[Asked] = []
    for one in islice(play.script, play.most):
        asked.append(_long(play, one, at, typical, 1))
        at += play.rng.expovariate(1.0 / every)
    return asked


def sampling(play: Play) -> list[Asked]:
    """The same, several samples a prompt at a warm temperature: reasoning traces to filter by their answer."""
    typical, every = bell(play.rng, 700.0, 0.3), bell(play.rng, 60.0, 0.8)
    return [_long(play, one, at, typical, play.rng.choice((1, 4, 8))) for at, one in _stream_of(play, every, 0.9)]


def _long(play: Play, one: Conversation, at: float, typical: float, samples: int) -> Asked:
    chars = sum(max(line.answer_chars, round(bell(play.rng, typical, 0.5) * 4.2)) for line in one.lines[:1]) * samples
    return Asked(
        at=at, turns=(Said("user", one.lines[0].text),), system=one.system, samples=samples, max_tokens=4096,
        temperature=1.0 if samples > 1 else 0.7, answer_chars=chars, answer_tokens=tokens(chars), took=12.0,
    )  # fmt: skip


def logits(play: Play) -> list[Asked]:
    """Next-token distributions, read through a logit bias that brings every token up in turn."""
    every = bell(play.rng, 3.0, 0.5)
    return [
        Asked(
            at=at, turns=(Said("user", one.lines[0].text),), max_tokens=1, logprobs=play.rng.choice((5, 20)),
            logit_bias=play.rng.randint(5, 300), temperature=0.0, answer_chars=4, answer_tokens=1, took=0.3,
        )
        for at, one in _stream_of(play, every, 0.2)
    ]  # fmt: skip


KINDS: Final[dict[str, tuple[Kind, Source]]] = {
    "instructions": (harvest, topics),
    "instructions_unhurried": (unhurried, topics),
    "reasoning": (sampling, problems),
    "reasoning_paraphrased": (sampling, paraphrased),
    "logits": (logits, prefixes),
    "synthetic": (harvest, evolutions),
}


def clients(seeds: range) -> list[Client]:
    """Return one own-written distiller of each kind a seed."""
    return [Client(kind, "own", seed, *KINDS[kind]) for seed in seeds for kind in KINDS]
