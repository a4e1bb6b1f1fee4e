"""Starts and keeps alive what one machine runs: proxies on one socket, an analyst, a linker, the admin server.

The sockets are bound here and inherited, so a proxy that dies loses only its own exchanges: connections that wait
are accepted by its siblings or by its successor. A child that ends is started again, after a pause that doubles
up to ten seconds, and is short again after a minute's work. SIGTERM drains: proxies first, then the analyst folds
what is left, then the admin server ends.
"""

import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from gateway import metrics
from gateway.birth import write_job
from gateway.clock import monotonic
from gateway.config import Config
from gateway.stores.lease import Lease

LOG = logging.getLogger("stillguard.supervisor")
_ROLES = {
    "proxy": "gateway.app.proxying",
    "analyst": "gateway.app.analysing",
    "linker": "gateway.app.linking",
    "admin": "gateway.app.administering",
}
_PAUSES = (0.1, 10.0)  # seconds before a dead child is started again: first, and at most
_STEADY = 60.0  # seconds after which a child that ends is no longer one that cannot start
_BACKLOG = 4096  # connections that the kernel queues while every proxy is busy or being replaced
_GRACE = 10.0  # seconds beyond the drain until a child that will not end is killed


def listen(host: str, port: int) -> socket.socket:
    """Bind a listening socket that children inherit."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    bound.bind((host, port))
    bound.listen(_BACKLOG)
    bound.set_inheritable(True)
    return bound


class StartError(Exception):
    """The guard cannot start here; says which key of the configuration is in the way."""


def _bound(key: str, host: str, port: int) -> socket.socket:
    try:
        return listen(host, port)
    except OSError as error:
        raise StartError(f"{key}: cannot listen on {host} port {port}: {error.strerror or error}") from error


class Child:
    """One process, started again when it ends."""

    def __init__(self, role: str, config: Config, bound: socket.socket | None) -> None:
        self.role = role
        self._config = config
        self._bound = bound
        self._pause = _PAUSES[0]
        self._again_at = 0.0
        self._began = 0.0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process and hand it its job."""
        fds = (self._bound.fileno(),) if self._bound else ()
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", _ROLES[self.role]], stdin=subprocess.PIPE, pass_fds=fds, start_new_session=True
        )
        assert self.process.stdin is not None  # noqa: S101 - asked for above
        with contextlib.suppress(BrokenPipeError):  # it died at once: tend() sees it
            self.process.stdin.write(write_job(self._config, fds[0] if fds else -1))
            self.process.stdin.flush()
        LOG.info("started %s", self.role, extra={"child": self.role, "pid": self.process.pid})

    def tend(self, now: float) -> None:
        """Start the process again if it has ended and its pause is over."""
        if self.process is None:
            if now >= self._again_at:
                self._began = now
                self.start()
        elif self.process.poll() is not None:
            LOG.warning(
                "%s ended with status %s", self.role, self.process.returncode,
                extra={"child": self.role, "pid": self.process.pid},
            )  # fmt: skip
            metrics.forget_processes([self.process.pid])
            self.process = None
            if now - self._began >= _STEADY:
                self._pause = _PAUSES[0]
            self._again_at = now + self._pause
            self._pause = min(self._pause * 2, _PAUSES[1])

    def signal(self, number: int) -> None:
        """Send a signal to the process, if it lives."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)

    def end(self, patience: float) -> None:
        """Ask the process to end, wait, and kill it if it will not."""
        if not self.process:
            return
        if self.process.stdin:
            with contextlib.suppress(BrokenPipeError):
                self.process.stdin.close()
        self.signal(signal.SIGTERM)
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            LOG.warning("%s would not end and was killed", self.role, extra={"child": self.role})
            self.process.kill()
            self.process.wait()


class Supervisor:
    """All children of one configuration."""

    def __init__(self, config: Config) -> None:
        self.config = config
        config.data.mkdir(parents=True, exist_ok=True)
        # Before anything is touched: what runs here already must not notice a start that cannot be.
        self._alone = Lease(config.data / "serve.lock")
        if not self._alone.take():
            raise StartError(f"{config.data}: another guard runs on this data folder")
        try:
            self._front = _bound("listen", config.listen.host, config.listen.port)
            self._back = _bound("admin", config.admin.host, config.admin.port)
        except StartError:
            self._alone.release()
            raise
        shared = config.data.resolve() / "metrics"
        metrics.sweep(shared)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(shared)
        self.proxies = [Child("proxy", config, self._front) for _ in range(config.listen.workers)]
        self.analyst = Child("analyst", config, None)
        self.linkers = [Child("linker", config, None)] if config.linkage.enabled else []
        self.admin = Child("admin", config, self._back)
        self._stop = threading.Event()

    @property
    def proxy_url(self) -> str:
        """Where clients connect."""
        scheme = "https" if self.config.listen.tls_certificate else "http"
        return f"{scheme}://{_address(self._front)}"

    @property
    def admin_url(self) -> str:
        """Where metrics and the admin API are."""
        return f"http://{_address(self._back)}"

    @property
    def data(self) -> Path:
        """The folder with the SQLite file."""
        return self.config.data

    @property
    def children(self) -> list[Child]:
        """Every child, in the order in which they start."""
        return [self.analyst, self.admin, *self.linkers, *self.proxies]

    def tend(self, every: float = 0.2) -> None:
        """Keep the children alive until ``stop``."""
        while not self._stop.is_set():
            for child in self.children:
                child.tend(monotonic())
            self._stop.wait(every)

    def stop(self) -> None:
        """Make ``tend`` return."""
        self._stop.set()

    def reload(self) -> None:
        """Have the analyst and the linker read the policies again."""
        for child in (self.analyst, *self.linkers):
            child.signal(signal.SIGHUP)

    def end(self) -> None:
        """Drain the proxies, then let the analyst fold what is left, then end the rest."""
        self._front.close()
        drains = [
            threading.Thread(target=proxy.end, args=(self.config.listen.drain + _GRACE,)) for proxy in self.proxies
        ]
        for drain in drains:
            drain.start()
        for drain in drains:
            drain.join()
        for linker in self.linkers:
            linker.end(_GRACE)
        self.analyst.end(_GRACE)
        self.admin.end(_GRACE)
        self._back.close()
        self._alone.release()


def _address(bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


@contextlib.contextmanager
def running(config: Config) -> Iterator[Supervisor]:
    """Run everything beside the caller's own work, until the block ends."""
    supervisor = Supervisor(config)
    tending = threading.Thread(target=supervisor.tend, daemon=True)
    tending.start()
    try:
        yield supervisor
    finally:
        supervisor.stop()
        tending.join()
        supervisor.end()


def run(config: Config) -> None:
    """Run everything until SIGTERM or SIGINT; SIGHUP reads the policies again."""
    supervisor = Supervisor(config)

    def asked_to_stop(_number: int, _frame: FrameType | None) -> None:
        supervisor.stop()

    def asked_to_reload(_number: int, _frame: FrameType | None) -> None:
        supervisor.reload()

    signal.signal(signal.SIGTERM, asked_to_stop)
    signal.signal(signal.SIGINT, asked_to_stop)
    signal.signal(signal.SIGHUP, asked_to_reload)
    LOG.info("listening", extra={"address": supervisor.proxy_url})
    LOG.info("admin listening", extra={"address": supervisor.admin_url})
    try:
        supervisor.tend()
    finally:
        supervisor.end()
