"""A harmless harvester: asks own-written questions as a distiller would, at a pace, and keeps no answer."""

import asyncio
import importlib.metadata
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any, Final, NamedTuple

import msgspec

from detectors.lab.traffic import Asked
from gateway import clock
from gateway.config import Route
from gateway.demo.call import Reply, call
from gateway.demo.cast import ROLES, questions
from gateway.demo.letters import credentials, write
from gateway.upstream import Upstream
from gateway.upstream_wire import UpstreamError

DIALECT: Final = "openai"
ROLE: Final = "instruction harvester"  # of the demo's cast: ever new tasks under one frame, with log-probabilities
LANES: Final = 4  # questions under way at once
_LOOK = 0.25  # seconds between two looks whether it is enough
_SETTLE = 8.0  # seconds for the analyst to fold what came last
_FAINT_BIAS = -1  # of a few tokens: seen by the guard, hardly by the model
OK: Final = 200
REFUSALS: Final = (403, 429)


class Plan(NamedTuple):
    """How to play.

    Attributes:
        url: of the guard.
        key: API key that is shown.
        user: end user that is named.
        model: asked of.
        most: questions at most.
        rate: questions a second at most.
        max_tokens: cap on each answer.
    """

    url: str
    key: str
    user: str
    model: str
    most: int
    rate: float
    max_tokens: int


class Heard(msgspec.Struct):
    """What came back.

    Attributes:
        asked: questions sent.
        statuses: answers by HTTP status; ``failed`` where there was none.
        refusals: ids of the decisions that the guard refused with.
        seconds: from the first question on.
    """

    asked: int = 0
    statuses: Counter[str] = msgspec.field(default_factory=Counter)
    refusals: list[str] = []
    seconds: float = 0.0

    @property
    def answered(self) -> int:
        """Questions that were answered."""
        return self.statuses[str(OK)]


async def play(plan: Plan, enough: Callable[[], bool], folded: Callable[[int], bool]) -> Heard:
    """Ask until it is enough, or all was asked; return when the analyst has folded it, or had time to.

    Args:
        plan: how.
        enough: whether to stop; asked again and again.
        folded: whether so many answered questions are folded.
    """
    heard, began = Heard(), clock.monotonic()
    to = Upstream(Route(upstream=plan.url))
    asking, done = _questions(), asyncio.Event()
    try:
        async with asyncio.TaskGroup() as group:
            pace = _Pace(plan.rate)
            lanes = [group.create_task(_lane(plan, to, asking, heard, (done, pace))) for _ in range(LANES)]
            group.create_task(_watch(enough, done, lanes))
        heard.seconds = clock.monotonic() - began
        await _settle(lambda: folded(heard.answered))
    finally:
        to.close()
    return heard


async def _settle(folded: Callable[[], bool]) -> None:
    for _ in range(round(_SETTLE / _LOOK)):
        if folded():
            return
        await asyncio.sleep(_LOOK)


def _questions() -> Iterator[Asked]:
    role = next(role for role in ROLES if role.name == ROLE)
    return cycle(questions(role, None))


class _Pace:
    """Gives each question its moment."""

    def __init__(self, rate: float) -> None:
        self._step = 1.0 / rate
        self._next = clock.monotonic()

    def wait(self) -> float:
        """Return how long the next question has to wait, seconds."""
        now = clock.monotonic()
        at = max(self._next, now)
        self._next = at + self._step
        return at - now


async def _lane(
    plan: Plan, to: Upstream, asking: Iterator[Asked], heard: Heard, turn: tuple[asyncio.Event, _Pace]
) -> None:
    done, pace = turn
    while heard.asked < plan.most and not done.is_set():
        heard.asked += 1
        await asyncio.sleep(pace.wait())
        if done.is_set():
            heard.asked -= 1
            return
        await _ask(plan, to, next(asking), heard)


async def _ask(plan: Plan, to: Upstream, asked: Asked, heard: Heard) -> None:
    path, headers, body = letter(plan, asked)
    try:
        reply = await call(to, "POST", to.prefix.decode() + path, headers, body)
    except UpstreamError:
        heard.statuses["failed"] += 1
        return
    heard.statuses[str(reply.status)] += 1
    if (decision := _refused_by(reply)) and decision not in heard.refusals:
        heard.refusals.append(decision)


def _refused_by(reply: Reply) -> str:
    return reply.headers.get("stillguard-decision-id", "") if reply.status in REFUSALS else ""


async def _watch(enough: Callable[[], bool], done: asyncio.Event, lanes: list[asyncio.Task[None]]) -> None:
    """Look again and again; once all was asked, for as long as the analyst may need."""
    until = float("inf")
    while not enough() and clock.monotonic() < until:
        if until == float("inf") and all(lane.done() for lane in lanes):
            until = clock.monotonic() + _SETTLE
        await asyncio.sleep(_LOOK)
    done.set()


def marked() -> str:
    """Return the user agent by which logs tell these questions apart."""
    return f"stillguard-selftest/{importlib.metadata.version('stillguard')}"


def letter(plan: Plan, asked: Asked) -> tuple[str, list[tuple[str, str]], bytes]:
    """Return path, headers and body of one question: no answer is streamed, and none is forced."""
    plain = msgspec.structs.replace(asked, user=plan.user, stream=False, max_tokens=plan.max_tokens)
    written = write(plain, DIALECT, plan.key)
    body: dict[str, Any] = msgspec.json.decode(written.body)
    body["model"] = plan.model
    if "logit_bias" in body:
        body["logit_bias"] = dict.fromkeys(body["logit_bias"], _FAINT_BIAS)
    headers = [*credentials(DIALECT, plan.key), ("content-type", "application/json"), ("user-agent", marked())]
    return written.path, headers, msgspec.json.encode(body)
