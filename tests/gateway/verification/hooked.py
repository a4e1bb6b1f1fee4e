"""A webhook of an operator's, as scripted."""

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Hook:
    """What was sent to it, and what it answers."""

    def __init__(self) -> None:
        self.status = 200
        self.says = b""
        self.heard: list[tuple[str, bytes]] = []
        self.url = ""


@contextlib.contextmanager
def hooked() -> Iterator[Hook]:
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            hook.heard.append((self.headers["stillguard-signature"], body))
            self.send_response(hook.status)
            self.send_header("content-length", str(len(hook.says)))
            self.end_headers()
            self.wfile.write(hook.says)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hook.url = f"http://127.0.0.1:{server.server_port}/attested?from=guard"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield hook
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
