"""One reply over real HTTP on the loopback, for the providers' own SDKs to read."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import NamedTuple

from gateway.dialects.base import Reply


class Served(NamedTuple):
    """Where the reply can be had, and the paths that were asked so far."""

    url: str
    asked: list[str]


@contextmanager
def served(reply: Reply) -> Iterator[Served]:
    """Answer every POST with this reply until the block ends."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name that the library calls
            asked.append(self.path)
            self.rfile.read(int(self.headers.get("content-length", "0")))
            self.send_response(reply.status)
            for name, value in reply.headers:
                self.send_header(name.decode(), value.decode())
            self.send_header("content-length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=lambda: server.serve_forever(poll_interval=0.01))
    thread.start()
    try:
        yield Served(f"http://127.0.0.1:{server.server_port}", asked)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def answer(body: bytes, content_type: str) -> Reply:
    """A reply that went well."""
    return Reply(200, ((b"content-type", content_type.encode()),), body)
