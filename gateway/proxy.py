"""The relay: one exchange at a time from a client to the model and back, under the decisions that stand.

A raw ASGI application for ``gateway.server``: that one cancels an exchange's task when its client hangs up.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gateway import clock
from gateway.actions.base import Action, RefusalKind, Refuse
from gateway.answering import Send, answer, interruption
from gateway.asking import CallerGone, Receive, ask, look, read_body, route, trimmed
from gateway.config import Limits
from gateway.decisions import Decision
from gateway.dialects.known import Dialects
from gateway.gate import AdmissionRefused, Gate
from gateway.identity import Identity
from gateway.link import Link
from gateway.passage import CALLER_GONE, Passage
from gateway.refusal import Refused, complete, refused
from gateway.routes import Routes
from gateway.server_cycle import GONE, Cut
from gateway.settlement import Settlement
from gateway.upstream_wire import UpstreamError, Wire

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
    ) -> None:
        self._routes = routes
        self._dialects = dialects
        self._identity = identity
        self._limits = limits
        self._capture = capture
        self._gate = Gate(link, action_of, appeal)
        self._settlement = Settlement(link, self._gate, capture)

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request. Whatever happens, it is settled once, and the client is told or cut off."""
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])  # ASGI's way to say that lifespan events are not heeded
        self._settlement.tallies.enter()
        dialect, surface = self._dialects.find(scope["method"], scope["path"], scope["headers"])
        passage = Passage(scope, dialect, surface, self._capture)
        try:
            await self._pass(passage, receive, send)
        except Refused as refusal:
            await self._refuse(passage, refusal, send)
        except CallerGone:
            _gone(passage, "caller_gone")
        except asyncio.CancelledError as error:
            _gone(passage, "caller_gone" if GONE in error.args else "guard_overloaded")
            raise
        except Cut:
            raise
        except Exception:  # the one broad except: no exchange may be lost silently
            log.exception("an exchange failed", extra={"request_id": passage.request_id})
            await self._fail(passage, send)
        finally:
            self._settlement.tallies.leave()
            self._settlement.settle(passage)

    def refusal(
        self, method: str, path: str, headers: Sequence[tuple[bytes, bytes]], fault: Refused
    ) -> tuple[int, Sequence[tuple[bytes, bytes]], bytes]:
        """Return status, headers and body for what never became a request, and count it."""
        dialect, surface = self._dialects.find(method, path, headers)
        scope = {"method": method, "path": path, "headers": headers, "type": "http"}
        passage = Passage(scope, dialect, surface, self._capture)
        status, lines, body = self._refusal(passage, fault)
        self._settlement.settle(passage)
        return status, lines, body

    def close(self) -> None:
        """Hand over what was counted: no more exchanges will come."""
        self._settlement.tallies.flush()

    async def _pass(self, passage: Passage, receive: Receive, send: Send) -> None:
        found = passage.client.found
        if b"websocket" in found.get(b"upgrade", b"").lower():
            raise refused("unsupported", "WebSocket (realtime) is not relayed by this gateway.")
        await read_body(passage, receive, self._limits)
        passage.sent = clock.monotonic()
        if passage.scope["method"] != "OPTIONS":
            await self._admit(passage)
        elif passage.body:
            look(passage, self._limits)
        upstream = route(passage, self._routes)
        body, decoded = trimmed(passage, self._limits)
        wire: Wire | None = None
        try:
            wire = await ask(passage, upstream, body, decoded=decoded)
            await answer(passage, wire, send)
        except UpstreamError as error:
            await self._failed(passage, error, send)
        finally:
            if wire is not None:
                wire.release()
        if passage.status >= _SERVER_ERROR:
            passage.error = "provider_error"

    async def _admit(self, passage: Passage) -> None:
        """Look at the query, find out whose it is, and carry out the decision that stands against them."""
        look(passage, self._limits)
        scope = passage.scope
        peer = scope["client"][0] if scope["client"] else ""
        identified = self._identity.identify(scope["headers"], peer, passage.glance.user, scope["query_string"])
        passage.subjects = identified.subjects
        decision = self._gate.standing(identified.subjects, passage.at)
        if decision is None:
            return
        try:
            passage.admitted = await self._gate.admit(decision, passage.glance)
        except AdmissionRefused as refusal:
            passage.admitted = refusal.admitted._replace(carried=None)  # nothing to settle: nothing was used
            raise
        if passage.admitted.carried is not None:
            passage.widen(_CHARGED_CAPTURE)

    async def _failed(self, passage: Passage, error: UpstreamError, send: Send) -> None:
        """The model failed: refuse if nothing has gone out yet, else end the answer so that it cannot seem whole."""
        kind, message = _FAILURES[error.kind]
        if not passage.started:
            raise refused(kind, message) from error
        passage.error = _CUT_ERRORS[error.kind]
        if end := interruption(passage, Refuse(kind=kind, message=message)):
            await send({"type": "http.response.body", "body": end, "more_body": True})
        raise Cut from error

    async def _refuse(self, passage: Passage, refusal: Refused, send: Send) -> None:
        status, headers, body = self._refusal(passage, refusal)
        passage.started = True
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    def _refusal(self, passage: Passage, refusal: Refused) -> tuple[int, Sequence[tuple[bytes, bytes]], bytes]:
        reply = passage.dialect.refuse(refusal.refuse, passage.request_id)
        origin = passage.client.found.get(b"origin", b"")
        status, headers = complete(reply, refusal, passage.request_id, origin)
        passage.status = status
        passage.error = refusal.error_type
        body = b"" if passage.scope["method"] == "HEAD" else reply.body
        return status, headers, body

    async def _fail(self, passage: Passage, send: Send) -> None:
        refusal = Refused(Refuse(kind="overloaded", message="The gateway could not handle this request."))
        refusal.error_type = "guard_internal"
        if passage.started:
            passage.error = refusal.error_type
            raise Cut
        await self._refuse(passage, refusal, send)


def _gone(passage: Passage, error: str) -> None:
    passage.error = error
    if not passage.started:
        passage.status = CALLER_GONE
