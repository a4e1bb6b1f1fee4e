"""The promises of each kind, kept by this package's plug-ins: what the author of any package runs."""

from collections.abc import Iterator
from random import Random

import pytest
from stillguard_example.detector import Greedy
from stillguard_example.dialect import Echo
from stillguard_example.embedder import Letters
from stillguard_example.policy import Quorum
from stillguard_example.store import Apart

from detectors.base import Evidence, Harvest
from gateway.contracts.actions import ActionContract
from gateway.contracts.detectors import DetectorContract
from gateway.contracts.dialects import DialectContract, Sample
from gateway.contracts.embedders import EmbedderContract
from gateway.contracts.plays import DAY, NOW, Pair, Play, exchange
from gateway.contracts.policies import PolicyContract
from gateway.contracts.storages import StorageContract
from gateway.decisions import Standing, Subject
from gateway.dialects.known import Dialects
from gateway.exchange import Answer, Glance, Query, Turn


def labelling(_dice: Random) -> Iterator[Pair]:
    return (exchange(NOW + 10.0 * i, 9, temperature=0.0) for i in range(60))


def talking(dice: Random) -> Iterator[Pair]:
    return (exchange(NOW + 60.0 * i, 300, temperature=0.2 + dice.random()) for i in range(300))


def half_and_half(dice: Random) -> Iterator[Pair]:
    for i in range(300):
        yield exchange(NOW + dice.random() * 10 * DAY, 9, temperature=0.0 if i % 2 else 1.0)


@pytest.mark.parametrize("detector", [Greedy()], ids=["greedy"])
class TestGreedy(DetectorContract):
    plays = {"greedy": Play(labelling, talking, half_and_half)}  # noqa: RUF012 - read only


@pytest.mark.parametrize("policy", [Quorum(), Quorum(detectors=1, action="curt", parameters={"tokens": 9})])
class TestQuorum(PolicyContract):
    guilty = Standing(
        subject=Subject("key", "k"),
        at=NOW,
        weight=15.0,
        families={"interface": 15.0},
        evidence=dict.fromkeys(("repetition", "cadence", "greedy"), Evidence(5.0)),
        harvest=Harvest(),
    )


@pytest.mark.parametrize(("name", "parameters"), [("curt", {}), ("curt", {"tokens": 9})])
class TestCurt(ActionContract):
    pass


@pytest.mark.parametrize(
    "sample",
    [
        Sample(
            name="echo",
            surface="echo.say",
            dialect="echo",
            path="/echo",
            request=b'{"model":"parrot","say":"tides","max":900}',
            response=b'{"said":"tides tides"}',
            glance=Glance(model="parrot", max_tokens=900),
            query=Query(model="parrot", turns=(Turn("user", "tides"),), max_tokens=900),
            answer=Answer(text="tides tides", finish="stop", choices=1, ended=True),
            trimmed_request=(b"900",),
        )
    ],
    ids=["echo"],
)
class TestEcho(DialectContract):
    dialects = Dialects(before=[Echo()])


@pytest.mark.parametrize("embedder", [Letters(), Letters(alphabet="aeiou")], ids=["letters", "vowels"])
class TestLetters(EmbedderContract):
    pass


class TestApart(StorageContract):
    storage = Apart()
