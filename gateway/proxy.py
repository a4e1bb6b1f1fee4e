"""The relay: one exchange at a time from a client to the model and back, under the decisions that stand.

``gateway.server`` calls it directly, and cancels an exchange's task when its client hangs up; to other servers it is
an ASGI application.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from gateway import clock
from gateway.actions.base import Action, RefusalKind, Refuse
from gateway.answering import answer, interruption
from gateway.asgi import AsgiCaller, Receive, Send
from gateway.asking import ask, fingerprint, look, read_body, route, trimmed
from gateway.caller import Caller, CallerGone, Header, Request
from gateway.config import Limits
from gateway.decisions import Decision
from gateway.dialects.known import Dialects
from gateway.dialects.wire import document, text
from gateway.gate import AdmissionRefused, Gate
from gateway.identity import Identity
from gateway.link import Link
from gateway.passage import CALLER_GONE, Passage
from gateway.refusal import Refused, complete, refused
from gateway.routes import Routes
from gateway.server_cycle import GONE, Cut
from gateway.settlement import Settlement
from gateway.upstream_wire import UpstreamError, Wire
from gateway.verification.desk import PREFIX, Desk, Visit

_CHARGED_CAPTURE = 1 << 20  # bytes kept where meters wait for the usage that stands at an answer's end
_FAILURES: dict[str, tuple[RefusalKind, str]] = {
    "unreachable": ("model_unreachable", "The model cannot be reached."),
    "timeout": ("model_timeout", "The model did not answer in time."),
    "cut": ("model_unreachable", "The model's answer was cut off."),
}
_CUT_ERRORS = {"unreachable": "provider_unreachable", "timeout": "provider_timeout", "cut": "provider_cut"}
_SERVER_ERROR = 500
log = logging.getLogger("stillguard.proxy")


class Proxy:
    """The data plane. All that it needs it is given; all that it keeps of an exchange ends with it."""

    def __init__(  # noqa: PLR0913 - the composition root names each of them
        self,
        *,
        routes: Routes,
        dialects: Dialects,
        identity: Identity,
        link: Link,
        limits: Limits,
        capture: int,
        appeal: str,
        action_of: Callable[[Decision], Action],
        noise: bytes = b"",
        desk: Desk | None = None,
    ) -> None:
        self._routes = routes
        self._dialects = dialects
        self._identity = identity
        self._limits = limits
        self._capture = capture
        self._desk = desk
        self._gate = Gate(link, action_of, appeal, noise=noise, desk=desk)
        self._settlement = Settlement(link, self._gate, capture)

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request of an ASGI server's."""
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])  # ASGI's way to say that lifespan events are not heeded
        await self.answer(AsgiCaller(scope, receive, send))

    async def answer(self, caller: Caller) -> None:
        """Answer one request. Whatever happens, it is settled once, and the client is told or cut off."""
        self._settlement.tallies.enter()
        request = caller.request
        dialect, surface = self._dialects.find(request.method, request.path, request.headers)
        passage = Passage(request, dialect, surface, self._capture)
        try:
            await self._pass(passage, caller)
        except Refused as refusal:
            await self._refuse(passage, refusal, caller)
        except CallerGone:
            _gone(passage, "caller_gone")
        except asyncio.CancelledError as error:
            _gone(passage, "caller_gone" if GONE in error.args else "guard_overloaded")
            raise
        except Cut:
            raise
        except Exception:  # the one broad except: no exchange may be lost silently
            log.exception("an exchange failed", extra={"request_id": passage.request_id})
            await self._fail(passage, caller)
        finally:
            self._settlement.tallies.leave()
            self._settlement.settle(passage)

    def refusal(
        self, method: str, path: str, headers: Sequence[Header], fault: Refused
    ) -> tuple[int, Sequence[Header], bytes]:
        """Return status, headers and body for what never became a request, and count it."""
        dialect, surface = self._dialects.find(method, path, headers)
        request = Request(method, path, b"", b"", tuple(headers), -1, "", "http")
        passage = Passage(request, dialect, surface, self._capture)
        status, lines, body = self._refusal(passage, fault)
        self._settlement.settle(passage)
        return status, lines, body

    def close(self) -> None:
        """Hand over what was counted: no more exchanges will come."""
        self._settlement.tallies.flush()

    async def _pass(self, passage: Passage, caller: Caller) -> None:
        if b"websocket" in passage.client.found.get(b"upgrade", b"").lower():
            raise refused("unsupported", "WebSocket (realtime) is not relayed by this gateway.")
        await read_body(passage, caller, self._limits)
        if self._desk is not None and passage.request.path.startswith(PREFIX):
            await self._visit(passage, self._desk, caller)
            return
        passage.sent = clock.monotonic()
        look(passage, self._limits)
        if passage.request.method != "OPTIONS" and (decisions := self._standing(passage)):
            await self._admit(passage, decisions)
        upstream = route(passage, self._routes)
        body, decoded = trimmed(passage, self._limits)
        wire: Wire | None = None
        try:
            wire = await ask(passage, upstream, body, decoded=decoded)
            await answer(passage, wire, caller, partial(self._halt, passage))
        except UpstreamError as error:
            await self._failed(passage, error, caller)
        except Refused as refusal:
            await self._halted(passage, refusal, caller)
        finally:
            if wire is not None:
                wire.release()
        if passage.status >= _SERVER_ERROR:
            passage.error = "provider_error"

    def _standing(self, passage: Passage) -> tuple[Decision, ...]:
        """Find out whose the query is, and return the decisions to carry out; none if what they do is known."""
        request = passage.request
        identified = self._identity.identify(request.headers, request.peer, passage.glance.user, request.query)
        passage.identified = identified
        passage.subjects = identified.subjects
        passage.decided = self._gate.decided
        decisions = self._gate.standing(identified.subjects, passage.at)
        known = self._gate.known(decisions)
        if known is None:
            return decisions
        passage.admitted = known
        return ()

    async def _admit(self, passage: Passage, decisions: tuple[Decision, ...]) -> None:
        """Carry out decisions on the query."""
        try:
            payload = partial(fingerprint, passage, self._limits)
            passage.admitted = admitted = await self._gate.admit(decisions, passage.glance, payload)
        except AdmissionRefused as refusal:
            passage.admitted = refusal.admitted
            raise
        if admitted.carried:
            passage.widen(_CHARGED_CAPTURE)
        forward = admitted.forward
        if forward.tags:
            tagged = {"tags": dict(forward.tags), "decision": admitted.decision, "request_id": passage.request_id}
            log.info("tagged", extra=tagged)
        if forward.delay is not None and forward.delay.before:
            passage.dawdled = forward.delay.before
            await asyncio.sleep(forward.delay.before)
            passage.sent += forward.delay.before

    async def _visit(self, passage: Passage, desk: Desk, caller: Caller) -> None:
        """Answer at the desk where clients verify themselves; the model hears nothing of it."""
        request = passage.request
        user = text(document(passage.body).get("user"))
        subjects = self._identity.identify(request.headers, request.peer, user, request.query).subjects
        accept = dict(request.headers).get(b"accept", b"")
        token = request.path.removeprefix(PREFIX)
        of = self._gate.memberships(subjects)
        page = await desk.receive(
            Visit(request.method, token, b"text/html" in accept, subjects, passage.body, passage.at, of)
        )
        passage.status = page.status
        passage.started = True
        headers = [
            (b"content-type", page.kind), (b"cache-control", b"no-store"), (b"content-length", b"%d" % len(page.body)),
            (b"x-request-id", passage.request_id.encode()),
        ]  # fmt: skip
        caller.start(page.status, headers, len(page.body), dated=False)
        await caller.send(b"" if request.method == "HEAD" else page.body, last=True)

    def _halt(self, passage: Passage) -> None:
        """Raise Refused if a decision that came while the answer was under way cuts it; else cost next to nothing."""
        decided = self._gate.decided
        if decided is passage.decided:
            return
        passage.decided = decided
        if refuse := self._gate.halt(passage.subjects, clock.now()):
            raise Refused(refuse)

    async def _halted(self, passage: Passage, refusal: Refused, caller: Caller) -> None:
        """End an answer by a decision: refuse if nothing has gone out yet, else so that its SDK raises."""
        if not passage.started:
            raise refusal
        passage.error = refusal.error_type
        if end := interruption(passage, refusal.refuse):
            await caller.send(end, last=False)
        raise Cut from refusal

    async def _failed(self, passage: Passage, error: UpstreamError, caller: Caller) -> None:
        """The model failed: refuse if nothing has gone out yet, else end the answer so that it cannot seem whole."""
        kind, message = _FAILURES[error.kind]
        if not passage.started:
            raise refused(kind, message) from error
        passage.error = _CUT_ERRORS[error.kind]
        if end := interruption(passage, Refuse(kind=kind, message=message)):
            await caller.send(end, last=False)
        raise Cut from error

    async def _refuse(self, passage: Passage, refusal: Refused, caller: Caller) -> None:
        status, headers, body = self._refusal(passage, refusal)
        passage.started = True
        caller.start(status, headers, len(body), dated=False)
        await caller.send(body, last=True)

    def _refusal(self, passage: Passage, refusal: Refused) -> tuple[int, Sequence[Header], bytes]:
        reply = passage.dialect.refuse(refusal.refuse, passage.request_id)
        origin = passage.client.found.get(b"origin", b"")
        status, headers = complete(reply, refusal, passage.request_id, origin)
        passage.status = status
        passage.error = refusal.error_type
        body = b"" if passage.request.method == "HEAD" else reply.body
        return status, headers, body

    async def _fail(self, passage: Passage, caller: Caller) -> None:
        refusal = Refused(Refuse(kind="overloaded", message="The gateway could not handle this request."))
        refusal.error_type = "guard_internal"
        if passage.started:
            passage.error = refusal.error_type
            raise Cut
        await self._refuse(passage, refusal, caller)


def _gone(passage: Passage, error: str) -> None:
    passage.error = error
    if not passage.started:
        passage.status = CALLER_GONE
