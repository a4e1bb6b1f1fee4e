"""What calibration's tests share: synthetic lives of three kinds, and a baseline as if it had been taught."""

from collections.abc import Callable, Iterator
from random import Random
from typing import TypeAlias

from detectors.base import AnswerObservation, Baseline, QueryObservation
from gateway.calibration.gathering import Gathered
from gateway.calibration.lives import Growing, Life
from gateway.calibration.work import Task
from gateway.decisions import Subject
from gateway.plugins import panel
from gateway.policies.file import load_policies
from gateway.replay.run import shipped

Maker: TypeAlias = Callable[[int, int], list[AnswerObservation]]

PANEL = panel({})
POLICY = load_policies(shipped().policies)
NOON = 1_764_849_600.0  # a Thursday, 12:00 UTC
TAUGHT = Baseline(
    source="a test's teaching",
    numbers={
        "company.chat.turned": 9.0, "company.labelling.short": 9.0, "company.generation.long": 6.0,
        "likeness.fresh": 2.0, "likeness.long": 3.0, "likeness.size": 2.0, "likeness.marks.0": 6.0,
        "likeness.tail.from": 4.0, "likeness.tail.scale": 0.3, "likeness.tail.share": 0.2,
        "one_way.single": 2.0, "one_way.kept": 2.0, "one_way.scored": 6.0, "one_way.tail.from": 5.5,
        "one_way.tail.scale": 0.3, "one_way.tail.share": 0.2, "volume.many": 1.0,
    },
    classes={"agent": {"likeness.tail.from": 1.0, "likeness.tail.scale": 0.7}},
    means={"departure": (0.5,) * 96},
    class_means={"agent": {"departure": (0.25,) * 96}},
)  # fmt: skip


def chat(seed: int, count: int) -> list[AnswerObservation]:
    """A person: conversations, answers of any length, many of them short."""
    return list(_said(Random(seed), count, 3, 40.0, 0))


def labelling(seed: int, count: int) -> list[AnswerObservation]:
    """A job that labels: one template, single questions, a word each."""
    return list(_said(Random(seed), count, 1, 3.0, 7))


def harvest(seed: int, count: int) -> list[AnswerObservation]:
    """A harvester: single new tasks, long answers, log-probabilities."""
    return list(_said(Random(seed), count, 1, 600.0, 0, greedy=True))


def _said(
    rng: Random, count: int, turns: int, tokens: float, scaffold: int, *, greedy: bool = False
) -> Iterator[AnswerObservation]:
    at = NOON + rng.random() * 3600.0
    habit = rng.uniform(0.6, 1.6)  # of this subject: how long its answers are
    for _ in range(count):
        at += rng.expovariate(1 / 1800.0)
        query = QueryObservation(
            at=at, turns=turns, scaffold=scaffold, payload=1 + rng.getrandbits(60), payload_chars=200,
            cell=rng.randrange(2048), vector=bytes(rng.randrange(256) for _ in range(32)), asks=int(greedy),
            logprobs=5 * greedy,
        )  # fmt: skip
        said = max(1, round(tokens * habit * rng.lognormvariate(0.0, 0.3)))
        yield AnswerObservation(at=at + 2.0, query=query, completion_tokens=said, text_chars=4 * said, entropy=4.0)


def life(maker: Maker, seed: int, count: int = 60) -> Life:
    """Return the life of a subject of this kind."""
    growing = Growing(PANEL)
    assert growing.add(maker(seed, count)) == []
    return growing.life(Subject("key", f"{maker.__name__}-{seed}"))


def honest(chats: int = 40, labels: int = 30) -> list[Life]:
    """Return the lives of honest subjects, one kind among the other."""
    some = [life(chat, seed) for seed in range(chats)] + [life(labelling, 1000 + seed) for seed in range(labels)]
    return Random(1).sample(some, len(some))


def gathered(lives: list[Life]) -> Gathered:
    """Return lives as if they had been read."""
    return Gathered(lives, len(lives), sum(one.exchanges for one in lives))


def task(spoilt: float = 0.05) -> Task:
    """Return what lives are learnt and judged with."""
    return Task(TAUGHT, PANEL, POLICY, "key", spoilt)


def nothing() -> None:
    """Tell nobody."""
