"""The simulated model, the guard in front of it, and decisions put in place by hand."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

import httpx2
import pytest
import uvloop

from gateway.app.proxying import link_of, proxy_of
from gateway.clock import monotonic, now
from gateway.config import Config
from gateway.decisions import Decision, Subject
from gateway.demo.model import Model, bind, serving
from gateway.identity import key_hash
from gateway.link import ThreadLink
from gateway.routes import Routes
from gateway.secret import secret
from gateway.server import serve
from gateway.stores.base import Folded
from gateway.stores.sqlite import SqliteStore

SEVERITIES = {
    "watch": 1, "tag": 1, "trim": 2, "blur": 2, "throttle": 3, "tarpit": 3, "reroute": 4, "verify": 4, "deny": 5,
}  # fmt: skip


@pytest.fixture(scope="session")
def model() -> Model:
    return Model()


@pytest.fixture(scope="session")
def direct(model: Model) -> Iterator[str]:
    with serving(model) as url:
        yield url


class Guard:
    """A proxy as its own process would run it, on a thread: the same parts, put together by the composition root."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.link: ThreadLink = link_of(config)
        self._bound = bind()
        self._stop = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=lambda: uvloop.run(self._work(self._bound)), daemon=True)
        self.url = f"http://127.0.0.1:{self._bound.getsockname()[1]}"

    async def _work(self, bound: socket.socket) -> None:
        self._loop = asyncio.get_running_loop()
        routes, config = Routes(self.config.routes), self.config
        try:
            proxy = proxy_of(config, self.link, routes)
            await serve(proxy, socket=bound, listen=config.listen, limits=config.limits, stop=self._stop)
        finally:
            routes.close()

    def __enter__(self) -> Self:
        self.link.start()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._loop:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self.link.close()


@pytest.fixture(scope="session")
def guard(direct: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guard]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        closed = taken.getsockname()[1]  # nobody listens there once the block has ended
    config = Config.model_validate({
        "listen": {"port": 0, "drain": "1s"},
        "data": tmp_path_factory.mktemp("guard"),
        "appeal": "appeals@example.org",
        "routes": (
            {"upstream": f"http://127.0.0.1:{closed}", "models": ("gone-*",)},
            {"upstream": direct, "models": ("silent-*",), "timeouts": {"first_byte": "200ms"}},
            {"upstream": direct},
        ),
    })  # fmt: skip
    with Guard(config) as running:
        yield running


@pytest.fixture(scope="session")
def guarded(guard: Guard) -> str:
    return guard.url


@pytest.fixture(params=["direct", "guarded"])
def base_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(request.param)
    return url


Decide = Callable[..., str]


@pytest.fixture(scope="session")
def decide(guard: Guard) -> Iterator[Decide]:
    """Take a decision on a key as an analyst would, and wait until the proxy has heard of it."""
    data: Path = guard.config.data
    store = SqliteStore(data)

    def put(key: str, action: str, **parameters: Any) -> str:
        subject = Subject("key", key_hash(secret(data / "secret"), key))
        decision = Decision(
            id=f"dec_{subject.value[:12]}", subject=subject, action=action, parameters=parameters, mode="enforce",
            severity=SEVERITIES[action], at=now(), until=now() + 600, policy="by hand",
        )  # fmt: skip
        store.commit(Folded(upto=0, cases={}, decisions=[decision], at=now()))
        deadline = monotonic() + 10
        while subject not in guard.link.standing:
            assert monotonic() < deadline, "the proxy never heard of the decision"
        return decision.id

    yield put
    store.close()


@pytest.fixture
def broken() -> tuple[type[Exception], ...]:
    """What an SDK lets through when a connection dies: its HTTP library's own errors."""
    return (httpx2.TransportError,)


class Attempts:
    """Counts what an SDK sends: hand it the SDK's HTTP client class."""

    def __init__(self) -> None:
        self.statuses: list[int] = []

    @property
    def made(self) -> int:
        return len(self.statuses)

    def __call__(self, client: type[Any]) -> Any:
        return client(event_hooks={"response": [lambda response: self.statuses.append(response.status_code)]})


@pytest.fixture
def attempts() -> Attempts:
    return Attempts()
