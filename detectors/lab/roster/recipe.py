"""What it takes to make accounts of one kind."""

from collections.abc import Callable
from random import Random
from typing import Literal, NamedTuple, TypeAlias

from detectors.lab.job import Work
from detectors.lab.tempo import TEMPOS, Tempo
from detectors.lab.traffic import Script
from detectors.lab.words import Words

Grammar: TypeAlias = Callable[[Random, Words], Script]
PEOPLE: tuple[Tempo, ...] = ("day",)


class Volume(NamedTuple):
    """Exchanges in a fortnight, log-normal: median, spread, least and most."""

    median: float
    spread: float = 1.0
    least: int = 1
    most: int = 12000


GIANTS = Volume(300.0, 2.0, 1, 40000)  # who lives by an API makes a hundred times the calls of its median customer


class Recipe(NamedTuple):
    """Accounts of one kind.

    Attributes:
        kind: its name.
        traffic_class: chat, agent, retrieval, labelling, evaluation, app or generation.
        work: what such a client does.
        own: what it says without a pack.
        sources: of the pack, what else it may say.
        share: how many accounts, in the judge's full population.
        volume: exchanges.
        tempos: of which each client keeps one.
        pace: seconds between a program's conversations, median; 0: they are spread over its life.
        spans: share of its life over which exchanges without a pace are spread, at least.
        turns: exchanges of one conversation that follow each other without a new opening, mean.
        hard: a hard negative.
        profile: letter of the attack profile; empty: honest.
        ordered: the source is asked in its own order, from its beginning.
        clubs: accounts come in groups that begin together and share a system prompt.
        began: days between which such accounts begin.
        parts: kinds of which it is a mixture, each of its customers one; ``work`` and ``own`` are then unused.
        fate: what befalls it: its key is revoked and another takes over, or it moves to a new model on its first day.
        borrows: it works on answers that another account of the population was served.
        signs: it has reasoning shown and signed.
        contracted: what it does is allowed by contract.
    """

    kind: str
    traffic_class: str
    work: Work
    own: Grammar
    sources: tuple[str, ...] = ()
    share: int = 10
    volume: Volume = Volume(60.0)
    tempos: tuple[Tempo, ...] = TEMPOS
    pace: float = 0.0
    spans: float = 0.15
    turns: float = 1.0
    hard: bool = False
    profile: str = ""
    ordered: bool = False
    clubs: bool = False
    began: tuple[float, float] = (0.0, 10.0)
    parts: tuple[str, ...] = ()
    fate: Literal["", "failover", "pivot"] = ""
    borrows: bool = False
    signs: bool = False
    contracted: bool = False
