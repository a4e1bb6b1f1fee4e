import http.client
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from gateway import supervisor
from gateway.clock import monotonic
from gateway.config import Config
from gateway.supervisor import Child, Supervisor, listen, running

POLICY = "policy: p\nrungs: [{rule: notice, one_in: 1e3, action: watch, for: 1h}]\n"


def until(true: Callable[[], bool], what: str) -> None:
    deadline, waiting = monotonic() + 30, threading.Event()
    while not true():
        assert monotonic() < deadline, f"in 30 s: {what}"
        waiting.wait(0.01)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "")  # so that what a supervisor sets is taken back
    (tmp_path / "policy.yaml").write_text(POLICY)
    return Config.model_validate({
        "listen": {"port": 0, "drain": "1s"}, "admin": {"port": 0}, "routes": [{"upstream": "http://127.0.0.1:9"}],
        "data": tmp_path / "var", "policies": tmp_path / "policy.yaml", "log_level": "error",
    })  # fmt: skip


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch, config: Config) -> Iterator[Child]:
    """A child that ends as soon as it is started: the module does nothing."""
    monkeypatch.setitem(supervisor._ROLES, "admin", "this")
    child = Child("admin", config, None)
    yield child
    child.end(5)


def status(url: str, path: str) -> int:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_socket_is_bound_on_a_free_port_and_handed_to_children(host: str) -> None:
    with listen(host, 0) as bound:
        assert bound.getsockname()[1] > 0
        assert bound.get_inheritable()
        socket.create_connection(bound.getsockname()[:2]).close()


def test_a_port_that_is_taken_is_told_at_once() -> None:
    with listen("127.0.0.1", 0) as bound, pytest.raises(OSError, match="in use"):
        listen("127.0.0.1", bound.getsockname()[1])


def ended(child: Child) -> None:
    assert child.process
    child.process.wait(10)


def test_a_child_that_cannot_start_is_tried_after_pauses_that_double(short: Child) -> None:
    at, pauses = 1000.0, []
    for _ in range(9):
        short.tend(at)
        ended(short)
        short.tend(at)
        pauses.append(short._again_at - at)
        short.tend(short._again_at - 0.01)
        assert short.process is None, "not before its pause is over"
        at = short._again_at
    assert pauses == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0])


def test_a_child_that_worked_for_a_minute_is_started_again_without_delay(short: Child) -> None:
    short._pause = 10.0
    short.tend(1000.0)
    ended(short)
    short.tend(1060.0)
    assert short._again_at == 1060.1


def listens(pid: int) -> bool:
    """Whether a process has taken SIGTERM into its own hands; until then it is still being imported."""
    caught = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("SigCgt"))
    return bool(int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1)


def test_all_of_it_runs_beside_the_caller_comes_back_when_killed_and_ends_with_the_block(config: Config) -> None:
    with running(config) as whole:
        until(lambda: status(whole.admin_url, "/readyz") == 200, "the admin server answers")
        until(lambda: status(whole.proxy_url, "/v1/models") == 502, "the proxy answers, and no model is there")
        (proxy,) = whole.proxies
        assert proxy.process
        first = proxy.process.pid
        os.kill(first, signal.SIGKILL)
        until(lambda: proxy.process is not None and proxy.process.pid != first, "another takes its place")
        until(lambda: status(whole.proxy_url, "/v1/models") == 502, "it answers")
        processes = [child.process for child in whole.children]
        until(lambda: all(listens(process.pid) for process in processes if process), "all have begun to work")
        proxy_url = whole.proxy_url
    assert [process.returncode for process in processes if process] == [0, 0, 0, 0]
    assert status(proxy_url, "/v1/models") == 0


def test_its_addresses_are_written_as_clients_need_them(config: Config, tmp_path: Path) -> None:
    listening = config.listen.model_copy(update={"host": "::1", "tls_certificate": tmp_path / "c.pem"})
    whole = Supervisor(config.model_copy(update={"listen": listening}))
    assert whole.proxy_url.startswith("https://[::1]:")
    assert whole.admin_url.startswith("http://127.0.0.1:")
    assert os.environ["PROMETHEUS_MULTIPROC_DIR"] == str(whole.data / "metrics")
    whole.end()
