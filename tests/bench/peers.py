"""Who is compared, each pinned to core 1: nginx, Envoy and LiteLLM as plain relays, the guard with everything on."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from gateway.birth import write_job
from gateway.by_hand import by_hand
from gateway.clock import now
from gateway.config import Config
from gateway.decisions import Subject
from gateway.stores.base import Folded
from gateway.stores.sqlite import SqliteStore
from gateway.supervisor import listen
from tests.bench.model import PLAIN

ROOT = Path(__file__).parents[2]
PEERS = ROOT / ".venv-bench" / "bin"


class Peer(NamedTuple):
    """A relay under test."""

    name: str
    pid: int
    port: int
    stream_port: int

    @property
    def url(self) -> str:
        """Where plain queries go."""
        return f"http://127.0.0.1:{self.port}/v1/chat/completions"


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(port: int, seconds: float = 90.0) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listens on {port}")


@contextlib.contextmanager
def _process(command: list[str], core: int, port: int, *, stdin: bytes | None = None, fd: int = -1) -> Iterator[int]:
    process = subprocess.Popen(
        ["taskset", "-c", str(core), *command],
        stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT, start_new_session=True,
        pass_fds=(fd,) if fd >= 0 else (),
        env=os.environ | {"LITELLM_LOG": "ERROR", "LITELLM_MODE": "PRODUCTION", "LITELLM_MASTER_KEY": "sk-bench-0"},
    )  # fmt: skip
    try:
        if stdin is not None and process.stdin:
            process.stdin.write(stdin)
            process.stdin.flush()
        _await(port)
        yield process.pid
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


NGINX = """
worker_processes 1; daemon off; error_log /dev/null; pid {folder}/{name}.pid;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 10000000; client_body_temp_path {folder}/body; client_max_body_size 32m;
  proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  {blocks}
}}
"""
ANSWER = """
server {{ listen 127.0.0.1:{port} backlog=4096;
  location / {{ default_type application/json; return 200 '{body}'; }} }}
"""
RELAY = """
upstream up{port} {{ server 127.0.0.1:{to}; keepalive 256; }}
server {{ listen 127.0.0.1:{port} backlog=4096; location / {{
  proxy_pass http://up{port}; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering {buffering}; }} }}
"""


@contextlib.contextmanager
def _nginx(name: str, folder: Path, core: int, port: int, blocks: str) -> Iterator[int]:
    file = folder / f"{name}.conf"
    file.write_text(NGINX.format(folder=folder, name=name, blocks=blocks))
    with _process(["nginx", "-c", str(file)], core, port) as pid:
        yield pid


@contextlib.contextmanager
def models(folder: Path) -> Iterator[tuple[int, int]]:
    """Run the plain model (nginx) and the streaming one on core 0; yield their ports."""
    plain, stream = free_port(), free_port()
    answer = ANSWER.format(port=plain, body=PLAIN)
    with (
        _nginx("model", folder, 0, plain, answer),
        _process([sys.executable, "-m", "tests.bench.model", str(stream)], 0, stream),
    ):
        yield plain, stream


@contextlib.contextmanager
def nginx(folder: Path, plain: int, stream: int) -> Iterator[Peer]:
    """Run nginx as a plain relay; streams unbuffered."""
    port, second = free_port(), free_port()
    blocks = RELAY.format(port=port, to=plain, buffering="on") + RELAY.format(port=second, to=stream, buffering="off")
    with _nginx("relay", folder, 1, port, blocks) as pid:
        yield Peer("nginx", pid, port, second)


_TYPES = "type.googleapis.com/envoy.extensions.filters"


def _listener(port: int, cluster: str) -> dict[str, object]:
    manager = {
        "@type": f"{_TYPES}.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": cluster,
        "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [
            {"match": {"prefix": "/"}, "route": {"cluster": cluster}}]}]},
        "http_filters": [{"name": "envoy.filters.http.router", "typed_config": {
            "@type": f"{_TYPES}.http.router.v3.Router"}}],
    }  # fmt: skip
    return {
        "address": {"socket_address": {"address": "127.0.0.1", "port_value": port}},
        "filter_chains": [{"filters": [{
            "name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]}],
    }  # fmt: skip


def _cluster(name: str, port: int) -> dict[str, object]:
    endpoint = {"endpoint": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": port}}}}
    return {"name": name, "type": "STATIC", "connect_timeout": "1s",
            "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": [endpoint]}]}}  # fmt: skip


@contextlib.contextmanager
def envoy(folder: Path, plain: int, stream: int) -> Iterator[Peer]:
    """Run Envoy as a plain relay with one worker thread."""
    port, second = free_port(), free_port()
    file = folder / "envoy.json"
    file.write_text(json.dumps({"static_resources": {
        "listeners": [_listener(port, "plain"), _listener(second, "stream")],
        "clusters": [_cluster("plain", plain), _cluster("stream", stream)]}}))  # fmt: skip
    command = [
        str(PEERS / "envoy"),
        "-c",
        str(file),
        "--concurrency",
        "1",
        "-l",
        "critical",
        "--use-dynamic-base-id",
    ]
    with _process(command, 1, port) as pid:
        yield Peer("envoy", pid, port, second)


@contextlib.contextmanager
def litellm(folder: Path, plain: int) -> Iterator[Peer]:
    """Run the LiteLLM proxy with one worker, without database, cache or callbacks."""
    port = free_port()
    file = folder / "litellm.json"
    file.write_text(json.dumps({
        "model_list": [{"model_name": "bench", "litellm_params": {
            "model": "openai/bench", "api_base": f"http://127.0.0.1:{plain}/v1", "api_key": "x"}}],
        "litellm_settings": {"num_retries": 0, "telemetry": False},
        "general_settings": {"master_key": "sk-bench-0"}}))  # fmt: skip
    command = [str(PEERS / "litellm"), "--config", str(file), "--host", "127.0.0.1", "--port", str(port),
               "--num_workers", "1"]  # fmt: skip
    with _process(command, 1, port) as pid:
        yield Peer("litellm", pid, port, port)


def decide_on_others(data: Path, subjects: int = 1000) -> None:
    """Let decisions stand on other keys than those that ask, so that every query is looked up among them."""
    at = now()
    others = [by_hand(Subject("key", f"{number:032x}"), "deny", {}, 86400.0, at) for number in range(subjects)]
    with contextlib.closing(SqliteStore(data)) as store:
        store.commit(Folded(upto=0, cases={}, decisions=others, at=at))


@contextlib.contextmanager
def guard(
    folder: Path, plain: int, stream: int, name: str = "guard", decide: Callable[[Path], None] = decide_on_others
) -> Iterator[Peer]:
    """Run one proxy process with identity, standing decisions, journal and metrics on; ``decide`` takes them first."""
    data = folder / name
    shutil.rmtree(data, ignore_errors=True)
    (data / "metrics").mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(data / "metrics")
    config = Config.model_validate({
        "data": str(data),
        "routes": [{"upstream": f"http://127.0.0.1:{stream}", "models": ["stream"]},
                   {"upstream": f"http://127.0.0.1:{plain}"}],
        "journal": {"capacity": "8GiB"}})  # fmt: skip
    decide(data)
    with contextlib.closing(listen("127.0.0.1", 0)) as front:
        port = front.getsockname()[1]
        job = write_job(config, front.fileno())
        command = [sys.executable, "-m", "gateway.app.proxying"]
        with _process(command, 1, port, stdin=job, fd=front.fileno()) as pid:
            yield Peer(name, pid, port, port)
