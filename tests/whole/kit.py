"""The whole of Stillguard as an operator starts it, in processes of its own, and clients that know nothing of it."""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

from prometheus_client.parser import text_string_to_metric_families

from detectors.base import Harvest
from gateway.clock import monotonic, now
from gateway.decisions import Decision, Subject
from gateway.engine import HARVEST, unseal
from gateway.identity import key_hash
from gateway.journals.sqlite import SqliteJournal
from gateway.plugins import panel
from gateway.secret import secret
from gateway.stores.sqlite import SqliteStore

ROOT = Path(__file__).parents[2]
DEMO_POLICY = (ROOT / "gateway" / "demo" / "policy.yaml").read_text()
WATCHING = "policy: watching\nmode: shadow\nrungs: [{rule: notice, one_in: 1e3, action: watch, for: 1h}]\n"
PATIENCE = 60.0  # seconds until a test gives up on an event
CHAT = "/v1/chat/completions"
T = TypeVar("T")


def until(look: Callable[[], T], what: str, patience: float = PATIENCE) -> T:
    """Look until there is something to see, and return it."""
    deadline, waiting = monotonic() + patience, threading.Event()
    while not (seen := look()):
        assert monotonic() < deadline, f"in {patience} s: {what}"
        waiting.wait(0.01)
    return seen


def chat(prompt: str, **options: object) -> bytes:
    """Return the body of a chat completion."""
    return json.dumps({"model": "gpt-sim-1", "messages": [{"role": "user", "content": prompt}], **options}).encode()


class Answer(NamedTuple):
    """What a client got; ``whole`` is False if the connection broke before the end."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    whole: bool = True


BROKEN = Answer(0, {}, b"", whole=False)


class Client:
    """One client on one connection, which it opens anew when it has to."""

    def __init__(self, url: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)

    def ask(
        self, key: str, body: bytes, path: str = CHAT, method: str = "POST", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Ask and read the whole answer; BROKEN if the connection broke."""
        given = {"content-type": "application/json", "authorization": f"Bearer {key}", **(headers or {})}
        try:
            self._connection.request(method, path, body, given)
            response = self._connection.getresponse()
            named = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, named, response.read())
        except (OSError, http.client.HTTPException):
            self._connection.close()
            return BROKEN

    def close(self) -> None:
        self._connection.close()


def get(url: str, method: str = "GET") -> Answer:
    """Make one request of the admin server."""
    client = Client(url)
    try:
        parts = urlsplit(url)
        return client.ask("", b"", parts.path + (f"?{parts.query}" if parts.query else ""), method)
    finally:
        client.close()


class Sample(NamedTuple):
    name: str
    labels: Mapping[str, str]
    value: float


class Whole:
    """A running ``stillguard serve``.

    Attributes:
        lines: what it logged so far, decoded; a line that is no JSON is kept as text under ``raw``.
    """

    def __init__(self, folder: Path, config: Mapping[str, object], policy: str, store_at: Path | None = None) -> None:
        self.folder, self.data = folder, folder / "var"
        self.file, self.policy = folder / "gateway.yaml", folder / "policy.yaml"
        self.policy.write_text(policy)
        self.file.write_text(json.dumps({"data": str(self.data), "policies": "policy.yaml", **config}))
        self.lines: list[dict[str, Any]] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gateway.cli", "serve", "-c", self.file],
            cwd=ROOT, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()
        self.url = str(until(lambda: self.logged("listening") or self._ended(), "it listens")[0]["address"])
        self.admin = str(until(lambda: self.logged("admin listening"), "the admin server listens")[0]["address"])
        until(lambda: get(f"{self.admin}/readyz").status == 200, "the admin server answers")
        self.store = SqliteStore(store_at or self.data)
        self._journal = SqliteJournal(store_at or self.data)

    def _ended(self) -> list[dict[str, Any]]:
        assert self.process.poll() is None, self.lines
        return []

    def _read(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            try:
                self.lines.append(json.loads(line))
            except ValueError:
                self.lines.append({"raw": line.decode("utf-8", "replace")})

    def logged(self, message: str) -> list[dict[str, Any]]:
        """Return the log lines with this message."""
        return [line for line in list(self.lines) if line.get("message") == message]

    def alive(self, role: str) -> list[int]:
        """Return the process ids of the children of one role."""
        born = [line["pid"] for line in self.logged(f"started {role}")]
        dead = {line["pid"] for line in list(self.lines) if "ended with" in line.get("message", "")}
        return [pid for pid in born if pid not in dead]

    def kill(self, role: str) -> None:
        """Kill the newest child of a role with SIGKILL, and wait until another has taken its place."""
        victim, births = self.alive(role)[-1], len(self.logged(f"started {role}"))
        os.kill(victim, signal.SIGKILL)
        until(lambda: len(self.logged(f"started {role}")) > births, f"a new {role} is started")

    def samples(self) -> list[Sample]:
        """Return every sample of a scrape."""
        text = get(f"{self.admin}/metrics").body.decode()
        families = text_string_to_metric_families(text)
        return [Sample(sample.name, sample.labels, sample.value) for one in families for sample in one.samples]

    def metric(self, name: str, /, **labels: str) -> float:
        """Return the sum of the samples of a series that have these labels."""
        return sum(
            one.value for one in self.samples()
            if one.name == f"stillguard_{name}" and labels.items() <= one.labels.items()
        )  # fmt: skip

    def settled(self, exchanges: float) -> None:
        """Wait until so many exchanges were counted, the proxies hold none and all entries are folded."""
        until(lambda: self.metric("requests_total") >= exchanges, f"{exchanges} exchanges are counted")
        assert self.metric("requests_total") == exchanges
        self.folded()

    def folded(self) -> None:
        """Wait until no entry waits anywhere."""
        until(lambda: self.metric("queue_entries") == 0, "the proxies' queues are empty")
        until(lambda: self._journal.depth() == 0, "the journal is empty")

    def cases(self) -> dict[Subject, Harvest]:
        """Return what every subject has taken home."""
        known = panel({})
        return {s: HARVEST.reading(unseal(known, body).folio.harvest) for s, body in self.store.heaviest(10**6)}

    def key(self, key: str) -> Subject:
        """Return the subject of an API key."""
        return Subject("key", key_hash(secret(self.data / "secret"), key))

    def decisions(self) -> Sequence[Decision]:
        """Return the decisions that stand."""
        return self.store.announced(0, now()).decisions

    def command(self, *words: str) -> "subprocess.Popen[str]":
        """Start a stillguard command on this configuration."""
        line = [sys.executable, "-m", "gateway.cli", *words, "-c", str(self.file)]
        return subprocess.Popen(line, cwd=ROOT, stdout=subprocess.PIPE, text=True)

    def traces(self, mark: str) -> list[str]:
        """Return the files of the data folder that hold the mark."""
        # A process of its own looks: closing a file takes this process's SQLite locks on it away.
        found = subprocess.run(["grep", "-rlF", mark, self.data], stdout=subprocess.PIPE, text=True, check=False)
        return found.stdout.splitlines()

    def stop(self) -> int:
        """Ask it to end, and return its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.store.close()
        self._journal.close()
        try:
            return self.process.wait(PATIENCE)
        finally:
            self.process.kill()
            self._reading.join()


@contextmanager
def stopped(pids: Sequence[int]) -> Iterator[None]:
    """Have these processes stand still: whoever else can, accepts the next connection."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


@contextmanager
def one_client_each(whole: Whole) -> Iterator[list[Client]]:
    """Give one connected client for each proxy."""
    clients = []
    for pid in whole.alive("proxy"):
        with stopped([other for other in whole.alive("proxy") if other != pid]):
            client = Client(whole.url)
            until(lambda: client.ask("sk-hello", chat("Hello.")).status == 200, f"proxy {pid} answers")  # noqa: B023 - called at once
            clients.append(client)
    try:
        yield clients
    finally:
        for client in clients:
            client.close()
