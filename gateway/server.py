"""The listening side: uvicorn on an inherited socket, without its signals, its logs and its opinions."""

import asyncio
import contextlib
import socket as sockets
from collections.abc import Iterator
from functools import partial
from typing import Any, cast

import uvicorn

from gateway.config import Limits, Listen
from gateway.server_connection import Application, ClientConnection

_TICK = 1.0  # seconds; the date header has no finer grain
_SETTLE = 5.0  # seconds for exchanges that the drain has cut to be settled


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, stop: asyncio.Event) -> None:
        super().__init__(config)
        self._stop = stop

    async def main_loop(self) -> None:
        """Keep the date header right until it is time to stop."""
        stopping = asyncio.ensure_future(self._stop.wait())
        while not stopping.done():
            await self.on_tick(0)
            await asyncio.wait((stopping,), timeout=_TICK)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the process's own handlers."""
        yield


async def serve(
    app: Application, *, socket: sockets.socket, listen: Listen, limits: Limits, stop: asyncio.Event
) -> None:
    """Serve on a listening socket until ``stop`` is set, then drain.

    Draining: no new connections, idle ones are closed, open exchanges may take ``listen.drain`` seconds, then they
    are cut, and settled as incomplete. The socket is closed in this process.
    """
    config = uvicorn.Config(
        cast("Any", app),
        http=cast("Any", partial(ClientConnection, limits)),
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=cast("int", listen.drain),  # uvicorn only waits for it; fractions are fine
        ssl_certfile=listen.tls_certificate,
        ssl_keyfile=listen.tls_key,
    )
    server = _Server(config, stop)
    try:
        await server.serve(sockets=[socket])
    finally:
        if server.server_state.tasks:
            await asyncio.wait(set(server.server_state.tasks), timeout=_SETTLE)
        for connection in list(server.server_state.connections):
            connection.transport.abort()
        app.close()
