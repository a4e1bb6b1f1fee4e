"""The model that benchmarks stand behind, on core 0: one paced stream an exchange. Plain answers come from nginx."""

import asyncio
import json
import sys

import uvloop

NOW = b"at once"  # in a query: begin at once, and do not pause between chunks
CHUNKS, FIRST, GAP = 50, 0.020, 0.010  # chunks a stream, seconds to the first, seconds between two
PLAIN = json.dumps({
    "id": "chatcmpl-bench", "object": "chat.completion", "created": 1764000000, "model": "bench",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "The tide turns twice a day. " * 48},
                 "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 220, "completion_tokens": 330, "total_tokens": 550},
})  # fmt: skip


def _chunk(text: str) -> bytes:
    event = json.dumps({
        "id": "chatcmpl-bench", "object": "chat.completion.chunk", "created": 1764000000, "model": "bench",
        "system_fingerprint": "fp_bench", "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}],
    })  # fmt: skip
    data = f"data: {event}\n\n".encode()
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
END = b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n"


class Model(asyncio.Protocol):
    """Answers every query with the same paced stream."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self.loop = asyncio.get_running_loop()
        self.seen = b""
        self.gap = GAP
        self.chunk = _chunk(" and the tide turns again beyond the bar")

    def data_received(self, data: bytes) -> None:
        """Start a stream once a whole query has come."""
        self.seen += data
        head, _, body = self.seen.partition(b"\r\n\r\n")
        length = next(
            (int(x.split(b":")[1]) for x in head.split(b"\r\n") if x.lower().startswith(b"content-length")), 0
        )
        if b"\r\n\r\n" in self.seen and len(body) >= length:
            self.seen = b""
            self.gap = 0.0 if NOW in body else GAP
            self.loop.call_later(0.0 if NOW in body else FIRST, self.send, CHUNKS, HEAD)

    def send(self, left: int, ahead: bytes = b"") -> None:
        """Send one chunk and plan the next."""
        if self.transport.is_closing():
            return
        if left == 0:
            self.transport.write(END)
            return
        self.transport.write(ahead + self.chunk)
        self.loop.call_later(self.gap, self.send, left - 1)


async def serve(port: int) -> None:
    """Serve until killed."""
    server = await asyncio.get_running_loop().create_server(Model, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
