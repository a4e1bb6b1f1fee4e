"""Told to end, the guard finishes what it began, takes nothing new, and leaves nothing behind unfolded."""

import http.client
import signal
import socket
from urllib.parse import urlsplit

from gateway.engine import HARVEST, unseal
from gateway.journals.sqlite import SqliteJournal
from gateway.plugins import panel
from gateway.stores.sqlite import SqliteStore
from tests.whole.conftest import Start
from tests.whole.kit import CHAT, Client, Whole, chat, until

MARK = "a-wren-in-the-hedge"
SLOW = {"authorization": "Bearer sk-slow", "x-model-script": "slow-piece=0.05;tokens=90"}  # 1.5 s


def refuses(url: str) -> bool:
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "", parts.port or 0), timeout=5).close()
    except ConnectionRefusedError:
        return True
    return False


def begin_stream(whole: Whole) -> http.client.HTTPResponse:
    """Ask for a slow stream and read its first piece."""
    connection = http.client.HTTPConnection(urlsplit(whole.url).netloc, timeout=30)
    connection.request("POST", CHAT, chat(MARK, stream=True), SLOW)
    response = connection.getresponse()
    assert response.status == 200
    assert response.readline().startswith(b"data: ")
    return response


def test_sigterm_finishes_open_streams_refuses_new_connections_and_folds_everything(start: Start) -> None:
    whole = start(workers=2)
    client = Client(whole.url)
    for i in range(30):
        assert client.ask(f"sk-{i % 3}", chat(MARK)).status == 200
    streams = [begin_stream(whole) for _ in range(4)]
    whole.process.send_signal(signal.SIGTERM)
    until(lambda: refuses(whole.url), "new connections are refused", 5.0)
    assert whole.process.poll() is None, "it still waits for its streams"
    for stream in streams:
        assert stream.read().endswith(b"data: [DONE]\n\n")
    until(lambda: whole.process.poll() is not None, "it ends")
    assert whole.stop() == 0

    store, journal = SqliteStore(whole.data), SqliteJournal(whole.data)
    known = panel({})
    taken = {s: HARVEST.reading(unseal(known, body).folio.harvest).exchanges for s, body in store.heaviest(100)}
    keys = {subject: exchanges for subject, exchanges in taken.items() if subject.scope == "key"}
    assert keys == {whole.key("sk-slow"): 4, **{whole.key(f"sk-{i}"): 10 for i in range(3)}}
    assert journal.depth() == 0
    assert whole.traces(MARK) == []
    assert [line for line in whole.lines if line["level"] not in {"info", "debug"}] == []
    store.close()
    journal.close()
