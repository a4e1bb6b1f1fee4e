"""Plays a role: asks, reads the answer, keeps count. Honest clients keep a pace; a harvester takes what it gets."""

import asyncio
from collections.abc import Iterator, Sequence
from itertools import cycle

import msgspec

from detectors.lab.traffic import Asked
from gateway.clock import monotonic
from gateway.demo.call import Reply, call
from gateway.demo.cast import Role
from gateway.demo.letters import write
from gateway.dialects.known import Dialects
from gateway.upstream import Upstream
from gateway.upstream_wire import UpstreamError

_OK, _DENIED, _THROTTLED = 200, 403, 429
_PATIENCE = 2.0  # seconds a harvester waits at most, whatever Retry-After says
_GIVES_UP = 8  # refusals in a row until a harvester leaves


class Tally(msgspec.Struct):
    """What one client has met with so far."""

    asked: int = 0
    answered: int = 0
    tokens: int = 0
    throttled: int = 0
    denied: int = 0
    failed: int = 0  # no answer, or the model's own error
    left: bool = False  # gave up

    @property
    def refused(self) -> int:
        """Questions that the guard turned away."""
        return self.throttled + self.denied


class Player:
    """One client at work."""

    def __init__(self, role: Role, questions: Sequence[Asked], to: Upstream, dialects: Dialects) -> None:
        self.role = role
        self.tally = Tally()
        self.users = sorted({one.user for one in questions if one.user})
        self._questions: Iterator[Asked] = cycle(questions)
        self._to = to
        self._dialects = dialects
        self._refusals = 0

    async def play(self, until: float) -> None:
        """Ask until a moment of the monotonic clock, or until it gives up."""
        pause = self.role.every / self.role.lanes if self.role.every else 0.02
        async with asyncio.TaskGroup() as group:
            for lane in range(self.role.lanes):
                group.create_task(self._lane(lane * pause, until))

    async def _lane(self, start: float, until: float) -> None:
        await asyncio.sleep(start)
        while monotonic() < until and not self.tally.left:
            began = monotonic()
            wait = await self._ask(next(self._questions))
            pace = self.role.every - (monotonic() - began)
            await asyncio.sleep(max(0.0, min(max(wait, pace), until - monotonic())))

    async def _ask(self, asked: Asked) -> float:
        """Ask one question; return how long the client wants to wait before the next, seconds."""
        letter = write(asked, self.role.dialect, self.role.key, reasons=self.role.reasons)
        self.tally.asked += 1
        try:
            reply = await call(self._to, "POST", letter.path, letter.headers, letter.body)
        except UpstreamError:
            self.tally.failed += 1
            return 1.0
        if reply.status == _OK:
            self._refusals = 0
            self.tally.answered += 1
            self.tally.tokens += self._taken(letter.path, reply)
            return 0.0
        return self._turned_away(reply)

    def _taken(self, path: str, reply: Reply) -> int:
        dialect, surface = self._dialects.find("POST", path.partition("?")[0], ())
        heard = dialect.hear(surface, reply.headers.get("content-type", ""), reply.body)
        return heard.usage.completion_tokens

    def _turned_away(self, reply: Reply) -> float:
        if reply.status == _DENIED:
            self.tally.denied += 1
        elif reply.status == _THROTTLED:
            self.tally.throttled += 1
        else:
            self.tally.failed += 1
            return 1.0
        if reply.status == _DENIED:
            self._refusals += 1
        self.tally.left = not self.role.honest and self._refusals >= _GIVES_UP
        asked_for = reply.headers.get("retry-after", "")
        return min(_PATIENCE, float(asked_for)) if asked_for.isdecimal() else 0.5
