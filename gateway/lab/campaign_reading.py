"""What the gateway would have read of the exchanges of a whole population: observations, in time order, in batches."""

import multiprocessing
from collections.abc import Iterator
from functools import lru_cache
from ipaddress import ip_address
from itertools import islice
from multiprocessing.connection import Connection
from typing import Final

import msgspec
from msgspec.structs import replace
from threadpoolctl import threadpool_limits

from detectors.base import AnswerObservation
from detectors.lab.campaigns.base import Act, Member
from detectors.lab.campaigns.writing import shape
from detectors.linkage.base import Id
from gateway.addresses import network
from gateway.exchange import Exchange
from gateway.features import Features, Pair
from gateway.rehearsal import exchange
from gateway.software import told

SALT: Final = b"lab evaluate --campaigns"
_TOGETHER: Final = 256  # exchanges whose features are worked out at once
_FINE: Final = 200  # HTTP status
_PREFIX: Final = (24, 56)  # bits of a network, as configured by default


class Seen(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One exchange of the population, as observed.

    Attributes:
        member: whom it counts for, an id.
        at: arrival, seconds since the epoch.
        attack: it belongs to a campaign's harvest.
        served: something came back.
        answer: what is kept of it.
    """

    member: str
    at: float
    attack: bool
    served: bool
    answer: AnswerObservation

    @property
    def pair(self) -> Pair:
        """The question and the answer."""
        return self.answer.query, self.answer


_read = msgspec.msgpack.Decoder(list[Seen]).decode
_write = msgspec.msgpack.Encoder().encode


def identity(member: Member) -> Id:
    """Return the id that evidence is held under."""
    return f"account:{member.account}"


def read(acts: Iterator[Act], features: Features) -> Iterator[list[Seen]]:
    """Yield what is kept of exchanges, some at a time, in their order."""
    while some := list(islice(acts, _TOGETHER)):
        pairs = features.observe_all([entered(act) for act in some])
        yield [
            Seen(identity(act.member), act.asked.at, act.asked.attack, act.asked.status == _FINE, answer)
            for act, (_, answer) in zip(some, pairs, strict=True)
        ]


def read_beside(acts: Iterator[Act], features: Features) -> Iterator[list[Seen]]:
    """Yield the same, played and observed in another process, which runs a little ahead."""
    context = multiprocessing.get_context("fork")  # lives hold generators' code, which cannot travel
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(there, acts, features), daemon=True)
    process.start()
    there.close()
    try:
        while some := here.recv_bytes():
            yield _read(some)
    finally:
        process.terminate()
        process.join()


def _send(pipe: Connection, acts: Iterator[Act], features: Features) -> None:
    with threadpool_limits(1):
        for batch in read(acts, features):
            pipe.send_bytes(_write(batch))
    pipe.send_bytes(b"")


def entered(act: Act) -> Exchange:
    """Return one exchange with what the proxy would have known of its client."""
    query, answer, entry = exchange(act.asked)
    who = act.member
    subjects = (*entry.subjects, ("account", who.account), ("network", _network(act.address)))
    surface = "anthropic.messages" if who.anthropic else "openai.chat"
    query = replace(query, shape=shape(act))
    return (
        query,
        answer,
        replace(entry, subjects=subjects, surface=surface, client=_software(who.agent), tls=who.tls, asn=act.asn),
    )


@lru_cache(65_536)
def _network(address: str) -> str:
    return network(ip_address(address), *_PREFIX)


@lru_cache(4096)
def _software(agent: str) -> str:
    return told([(b"user-agent", agent.encode())]).decode()
