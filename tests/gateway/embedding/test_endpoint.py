"""A real server on the loopback gives the vectors; whatever it does, nobody waits long and nobody is misjudged."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest

from detectors.base import QueryObservation
from gateway import config
from gateway.dialects.known import Dialects
from gateway.embedding import cell
from gateway.embedding.endpoint import KEPT, PAUSE, Endpoint
from gateway.exchange import Entry
from gateway.features import Features
from gateway.intake import Intake
from gateway.metrics import EMBEDDINGS

Answers = Callable[[dict[str, Any]], tuple[int, bytes]]


def lengths(asked: dict[str, Any]) -> tuple[int, bytes]:
    """Embed a text as its length and a one; in reverse order, as servers may."""
    rows = [{"index": i, "embedding": [len(text), 1, 0]} for i, text in enumerate(asked["input"])]
    return 200, json.dumps({"object": "list", "data": rows[::-1], "model": "m", "usage": {}}).encode()


class Server:
    """What was asked of a scripted server."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.port = 0

    def embedder(self, key: str = "", now: Callable[[], float] = lambda: 0.0, **wanted: Any) -> Endpoint:
        url = f"http://127.0.0.1:{self.port}/v1/embeddings?x=1"
        return Endpoint(config.Endpoint.model_validate({"url": url, "dims": 3} | wanted), key, now)


@contextmanager
def serving(answers: Answers) -> Iterator[Server]:
    kept = Server(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/embeddings?x=1"
            kept.asked.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            kept.headers.append({name.lower(): value for name, value in self.headers.items()})
            status, body = kept.answers(kept.asked[-1])
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def failures() -> float:
    return float(EMBEDDINGS.labels("failed")._value.get())


def test_a_batch_is_asked_for_once_and_looked_up_afterwards() -> None:
    with serving(lengths) as server:
        embedder = server.embedder(key="sesame", model="mini", batch=2)
        embedder.prepare(["tide", "sea", "tide", " ", "sailing"])
        embedder.prepare(["sea", "wind"])
        assert [asked["input"] for asked in server.asked] == [["tide", "sea"], ["sailing"], ["wind"]]
        assert server.asked[0]["model"] == "mini"
        assert server.headers[0]["authorization"] == "Bearer sesame"
    assert embedder.embed("tide") == pytest.approx(np.array([4, 1, 0]) / 17**0.5)
    assert embedder.embed("wind") == pytest.approx(np.array([4, 1, 0]) / 17**0.5)
    assert not embedder.embed("never prepared").any()
    assert embedder.embed("").dtype == np.float32


BAD: dict[str, Answers] = {
    "error": lambda _: (500, b"{}"),
    "no json": lambda _: (200, b"<html>"),
    "no rows": lambda _: (200, b'{"data": []}'),
    "rows twice": lambda _: (
        200,
        b'{"data": [{"index": 0, "embedding": [1,2,3]}, {"index": 0, "embedding": [1,2,3]}]}',
    ),
    "other width": lambda _: (200, b'{"data": [{"index": 0, "embedding": [1,2]}]}'),
    "no numbers": lambda _: (200, b'{"data": [{"index": 0, "embedding": ["a","b","c"]}]}'),
    "endless": lambda _: (200, b" " * 1_000_000),
    "nothing": lambda _: (200, b""),
}


@pytest.mark.parametrize("name", BAD)
def test_a_server_that_fails_costs_its_texts_their_vectors_and_is_left_alone_for_a_while(name: str) -> None:
    at = [100.0]
    before = failures()
    with serving(BAD[name]) as server:
        embedder = server.embedder(now=lambda: at[0])
        embedder.prepare(["tide"])
        embedder.prepare(["tide", "sea"])
        assert len(server.asked) == 1
        assert not embedder.embed("tide").any()
        assert cell(embedder.embed("tide")) == -1
        assert failures() >= before + 3
        server.answers = lengths
        at[0] += PAUSE
        embedder.prepare(["tide"])
    assert embedder.embed("tide").any()


def test_texts_that_the_server_refuses_do_not_stop_the_others() -> None:
    def picky(asked: dict[str, Any]) -> tuple[int, bytes]:
        return (400, b"{}") if "bad" in asked["input"] else lengths(asked)

    with serving(picky) as server:
        embedder = server.embedder(batch=1)
        embedder.prepare(["bad", "good"])
    assert not embedder.embed("bad").any()
    assert embedder.embed("good").any()


def test_numbers_beyond_all_bounds_make_no_vector_that_is_none() -> None:
    huge = b'{"data": [{"index": 0, "embedding": [1e308, -1e308, 1e-320]}]}'
    with serving(lambda _: (200, huge)) as server:
        embedder = server.embedder()
        embedder.prepare(["tide"])
    assert np.isfinite(embedder.embed("tide")).all()


def test_a_server_that_is_not_there_or_never_answers_raises_nothing() -> None:
    with serving(lengths) as server:
        pass
    gone = server.embedder()
    gone.prepare(["tide"])
    assert not gone.embed("tide").any()
    held = threading.Event()

    def silent(asked: dict[str, Any]) -> tuple[int, bytes]:
        held.wait(30)
        return lengths(asked)

    with serving(silent) as slow:
        late = slow.embedder(timeout="50ms")
        late.prepare(["tide"])
        held.set()
    assert not late.embed("tide").any()


def test_half_a_surrogate_pair_spoils_no_batch() -> None:
    with serving(lengths) as server:
        embedder = server.embedder()
        embedder.prepare(["\ud83d odd", "even"])
    assert embedder.embed("\ud83d odd").any()
    assert embedder.embed("even").any()


def test_what_is_kept_is_bounded() -> None:
    with serving(lengths) as server:
        embedder = server.embedder(batch=2048)
        for first in range(0, 2 * KEPT, KEPT):
            embedder.prepare([f"text {first + number}" for number in range(KEPT)])
    assert len(embedder._known) == KEPT
    assert not embedder.embed("text 0").any()


def test_an_analyst_asks_once_for_all_the_payloads_of_a_batch() -> None:
    def entry(number: int, status: int = 200) -> Entry:
        request = json.dumps({"model": "m", "messages": [{"role": "user", "content": f"Question {'x' * number}"}]})
        return Entry(
            id=str(number), at=1.0, took=0.1, surface="openai.chat", model="m", subjects=(), status=status,
            request=request.encode(), response=b"{}", response_type="application/json",
        )  # fmt: skip

    with serving(lengths) as server:
        features = Features(b"salt", server.embedder())
        intake = Intake(Dialects(), features, ahead=features)
        entries = [entry(number) for number in range(5)] + [entry(9, status=500)]
        intake.prepare(entries)
        seen = [read for one in entries for read in intake.read(one).observations if isinstance(read, QueryObservation)]
    assert [len(asked["input"]) for asked in server.asked] == [5]
    assert all(observation.cell >= 0 for observation in seen)
    assert len(seen) == 5
