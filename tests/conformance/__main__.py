"""`make conformance`: llama.cpp's server behind the guard; every answer must equal the one without the guard."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import openai

from gateway import supervisor
from gateway.config import Config
from tests.bench.peers import free_port

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-conformance" / "bin" / "python"
KEY = {"authorization": "Bearer sk-conformance"}
ASK = [{"role": "user", "content": "the tide turns and a ship leaves harbour at dawn."}]
FIXED = {"temperature": 0, "seed": 7, "max_tokens": 24}
FLEETING = {"id", "created"}  # what the model itself changes from one answer to the next


class Case(NamedTuple):
    """One query."""

    name: str
    method: str
    path: str
    body: dict[str, Any] | None = None


CASES = [
    Case("models", "GET", "/v1/models"),
    Case("chat", "POST", "/v1/chat/completions", {"messages": ASK, **FIXED}),
    Case("chat, streamed", "POST", "/v1/chat/completions", {"messages": ASK, "stream": True, **FIXED}),
    Case("chat, log-probabilities", "POST", "/v1/chat/completions",
         {"messages": ASK, "logprobs": True, "top_logprobs": 3, **FIXED}),
    Case("chat, logit bias", "POST", "/v1/chat/completions",
         {"messages": ASK, "logit_bias": {"300": 5}, **FIXED}),
    Case("completions", "POST", "/v1/completions", {"prompt": "the tide", **FIXED}),
    Case("completions, streamed", "POST", "/v1/completions", {"prompt": "the tide", "stream": True, **FIXED}),
    Case("completions, echo", "POST", "/v1/completions", {"prompt": "at dawn", "echo": True, **FIXED}),
    Case("embeddings", "POST", "/v1/embeddings", {"model": "tiny", "input": ["the tide", "a ship"]}),
    Case("a bad query", "POST", "/v1/chat/completions", {"messages": "no list"}),
    Case("an unknown path", "GET", "/v1/nothing/here"),
    Case("the server's own extra path", "POST", "/extras/tokenize", {"input": "the tide"}),
]  # fmt: skip


@contextlib.contextmanager
def llama(folder: Path) -> Iterator[str]:
    """Make a tiny model and serve it; yield the base URL."""
    model = folder / "tiny.gguf"
    subprocess.run([PYTHON, Path(__file__).with_name("tiny.py"), model], check=True, capture_output=True)
    port = free_port()
    log = (folder / "llama.log").open("wb")
    process = subprocess.Popen(
        [PYTHON, "-m", "llama_cpp.server", "--model", model, "--host", "127.0.0.1", "--port", str(port),
         "--n_ctx", "2048", "--logits_all", "True", "--embedding", "True"],
        stdout=log, stderr=log, start_new_session=True,
    )  # fmt: skip
    try:
        until = time.monotonic() + 120
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
                break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        log.close()


def lasting(value: Any) -> Any:
    """Return a decoded answer without what the model changes by itself."""
    if isinstance(value, dict):
        return {name: lasting(member) for name, member in value.items() if name not in FLEETING}
    return [lasting(member) for member in value] if isinstance(value, list) else value


def said(client: httpx.Client, case: Case) -> tuple[int, str, Any]:
    """Return status, content type and lasting content of one answer; of a stream, of each of its events."""
    answer = client.request(case.method, case.path, json=case.body, headers=KEY)
    kind = answer.headers.get("content-type", "").split(";")[0]
    if kind == "text/event-stream":
        events = [line[6:] for line in answer.text.splitlines() if line.startswith("data: ")]
        return answer.status_code, kind, [lasting(json.loads(e)) if e != "[DONE]" else e for e in events]
    return answer.status_code, kind, lasting(answer.json()) if kind == "application/json" else answer.text


def compared(direct: str, guarded: str) -> list[tuple[str, bool]]:
    """Ask every case both ways; return names and whether the answers were equal."""
    rows = []
    with httpx.Client(base_url=direct, timeout=60) as one, httpx.Client(base_url=guarded, timeout=60) as other:
        for case in CASES:
            # Twice without the guard: a server that contradicts itself would prove nothing.
            first, second, through = said(one, case), said(one, case), said(other, case)
            rows.append((case.name, first == second == through))
    return rows


def spoken(base: str) -> list[str]:
    """Return what the official SDK hears, streamed and not."""
    client = openai.OpenAI(base_url=f"{base}/v1", api_key="sk-conformance")
    ask: Any = {"model": "tiny", "messages": ASK, **FIXED}
    whole = client.chat.completions.create(**ask).choices[0].message.content or ""
    with client.chat.completions.create(**ask, stream=True) as stream:
        pieces = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
    return [whole, pieces]


def main() -> int:
    """Run all cases; return 0 if every answer was equal."""
    if not PYTHON.exists():
        print("make conformance installs the model server first")  # noqa: T201
        return 2
    with tempfile.TemporaryDirectory() as name, llama(Path(name)) as direct:
        config = Config.model_validate({
            "listen": {"port": 0}, "admin": {"port": 0}, "data": f"{name}/data", "routes": [{"upstream": direct}],
            "policies": str(ROOT / "deploy" / "policies" / "balanced.yaml"), "log_level": "warning"})  # fmt: skip
        with supervisor.running(config) as guard:
            rows = compared(direct, guard.proxy_url)
            rows.append(("official SDK, streamed and not", spoken(direct) == spoken(guard.proxy_url)))
    for row, equal in rows:
        print(f"{'equal    ' if equal else 'DIFFERENT'}  {row}")  # noqa: T201
    failed = sum(not equal for _, equal in rows)
    print(f"{len(rows) - failed} passed, {failed} failed")  # noqa: T201
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
