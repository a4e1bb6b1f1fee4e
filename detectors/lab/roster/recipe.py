"""What it takes to make accounts of one kind."""

from collections.abc import Callable
from random import Random
from typing import NamedTuple, TypeAlias

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
    most: int = 6000


class Recipe(NamedTuple):
    """Accounts of one kind.

    Attributes:
        kind: its name.
        traffic_class: chat, agent, retrieval, labelling, evaluation, app or generation.
        work: what such a client does.
        own: what it says without a pack; none: it needs one.
        sources: of the pack, what else it may say.
        share: how many accounts, in the judge's full population.
        volume: exchanges.
        tempos: of which each client keeps one.
        pace: seconds between a program's calls, median; 0: its conversations are spread over its life.
        hard: a hard negative.
        profile: letter of the attack profile; empty: honest.
        ordered: the source is asked in its own order, from its beginning.
        clubs: accounts come in groups that begin together and share a system prompt.
    """

    kind: str
    traffic_class: str
    work: Work
    own: Grammar | None
    sources: tuple[str, ...] = ()
    share: int = 10
    volume: Volume = Volume(60.0)
    tempos: tuple[Tempo, ...] = TEMPOS
    pace: float = 0.0
    hard: bool = False
    profile: str = ""
    ordered: bool = False
    clubs: bool = False
