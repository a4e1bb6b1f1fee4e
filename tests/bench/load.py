"""Load: wrk for plain queries, an own client for paced streams."""

import asyncio
import re
import statistics
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

SCRIPT = """
local keys, n, words = {keys}, 0, string.rep("what is known about the tides of this harbour? ", 18)
local head = '{{"model":"bench","max_tokens":256,"messages":[{{"role":"user","content":"'
request = function()
  n = n + 1
  local headers = {{["Content-Type"]="application/json", ["Authorization"]="Bearer sk-bench-" .. (n % keys)}}
  return wrk.format("POST", "/v1/chat/completions", headers, head .. n .. ' ' .. words .. '"}}]}}')
end
"""
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


class Plain(NamedTuple):
    """What wrk saw: requests finished, failures, median latency in milliseconds."""

    requests: int
    failures: int
    median_ms: float
    seconds: float


def plain(url: str, folder: Path, *, connections: int, seconds: float, keys: int = 64) -> Plain:
    """Send 1 KB chat queries as fast as they are answered, from core 0."""
    script = folder / f"keys{keys}.lua"
    script.write_text(SCRIPT.format(keys=keys))
    started = time.monotonic()
    done = subprocess.run(
        ["taskset", "-c", "0", "wrk", "-t1", f"-c{connections}", f"-d{round(seconds)}s", "--timeout", "30s",
         "--latency", "-s", str(script), url],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    took = time.monotonic() - started
    median = re.search(r"50%\s+([\d.]+)(us|ms|s)", done.stdout)
    requests = re.search(r"(\d+) requests in", done.stdout)
    assert median, done.stdout
    assert requests, done.stdout
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", done.stdout)
    socket = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", done.stdout)
    failures = (int(failed[1]) if failed else 0) + (sum(map(int, socket.groups())) if socket else 0)
    return Plain(int(requests[1]), failures, float(median[1]) * _UNITS[median[2]], took)


class Streamed(NamedTuple):
    """What the stream clients saw: chunks, and the median time to the first one in milliseconds."""

    chunks: int
    first_ms: float


BODY = b'{"model":"stream","stream":true,"messages":[{"role":"user","content":"tell me of the tides"}]}'
AT_ONCE = BODY.replace(b"tides", b"tides, at once")


async def _one(
    host: str, port: int, until: float, body: bytes, firsts: list[float], chunks: list[int], key: int
) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer sk-stream-{key}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    while time.monotonic() < until:
        asked = time.monotonic()
        writer.write(head + body)
        seen, first = b"", True
        while not seen.endswith(b"data: [DONE]\n\n\r\n0\r\n\r\n"):
            piece = await reader.read(65536)
            if not piece:
                raise ConnectionError("the stream was cut")
            if first and b"data:" in piece:
                firsts.append((time.monotonic() - asked) * 1000)
                first = False
            chunks[0] += piece.count(b"data: {")
            seen = (seen + piece)[-64:]
    writer.close()


async def _many(host: str, port: int, streams: int, seconds: float, body: bytes) -> Streamed:
    firsts: list[float] = []
    chunks = [0]
    until = time.monotonic() + seconds
    async with asyncio.TaskGroup() as group:
        for key in range(streams):
            group.create_task(_one(host, port, until, body, firsts, chunks, key))
    return Streamed(chunks[0], statistics.median(firsts))


def streamed(host: str, port: int, *, streams: int, seconds: float, body: bytes = BODY) -> Streamed:
    """Hold streams open, one after another on each connection."""
    return asyncio.run(_many(host, port, streams, seconds, body))
