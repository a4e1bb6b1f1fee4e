"""OpenAI's own SDK, against a server that answers what the dialect writes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import openai
import pytest

from gateway.actions.base import Refuse, Trimming
from gateway.dialects.base import Reply
from gateway.dialects.openai import OpenAI
from gateway.exchange import Surface
from tests.gateway.dialects.samples import openai_chat as chats
from tests.gateway.dialects.samples import openai_responses as responses

DIALECT = OpenAI()
CHAT, RESPONSES = Surface("openai.chat", "openai"), Surface("openai.responses", "openai")
FULL = Trimming(logprobs=True, reasoning=True)
ABNORMAL = "abnormal_usage_detected"
STOP = Refuse(kind="throttled", message="Stopped.", decision="dec_1")


@contextmanager
def served(reply: Reply) -> Iterator[tuple[openai.OpenAI, list[str]]]:
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            asked.append(self.path)
            self.send_response(reply.status)
            for name, value in (*reply.headers, (b"content-length", str(len(reply.body)).encode())):
                self.send_header(name.decode(), value.decode())
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        with openai.OpenAI(api_key="k", base_url=f"http://127.0.0.1:{server.server_port}/v1") as client:
            yield client, asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def ask_chat(client: openai.OpenAI) -> str:
    stream = client.chat.completions.create(model="m", messages=[{"role": "user", "content": "Hello?"}], stream=True)
    return "".join(
        chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices and chunk.choices[0].index == 0
    )


def ask_responses(client: openai.OpenAI) -> str:
    with client.responses.stream(model="m", input="Hello?") as stream:
        stream.until_done()
        return stream.get_final_response().output_text


def streamed(body: bytes) -> Reply:
    return Reply(200, ((b"content-type", b"text/event-stream"),), body)


@pytest.mark.parametrize(
    ("refusal", "error", "code"),
    [
        (Refuse(kind="throttled", message="Slower.", retry_after=300), openai.RateLimitError, ABNORMAL),
        (Refuse(kind="throttled", message="Slower."), openai.RateLimitError, ABNORMAL),
        (Refuse(kind="denied", message="No."), openai.PermissionDeniedError, "access_suspended"),
        (Refuse(kind="malformed", message="What?"), openai.BadRequestError, "malformed_request"),
        (Refuse(kind="unsupported", message="Not here."), openai.InternalServerError, "unsupported_operation"),
    ],
)  # fmt: skip
def test_a_refusal_is_raised_at_the_first_attempt(
    refusal: Refuse, error: type[openai.APIStatusError], code: str
) -> None:
    with served(DIALECT.refuse(refusal, "req_7")) as (client, asked):
        with pytest.raises(error, match=refusal.message) as raised:
            ask_chat(client)
        assert len(asked) == 1
    assert raised.value.code == code
    assert raised.value.request_id == "req_7"


def test_a_short_wait_lets_the_sdk_come_back() -> None:
    refusal = Refuse(kind="throttled", message="Slower.", retry_after=0.5)
    with served(DIALECT.refuse(refusal, "req_7")) as (client, asked):
        with pytest.raises(openai.RateLimitError):
            ask_chat(client.with_options(max_retries=1))
        assert len(asked) == 2


@pytest.mark.parametrize(
    ("surface", "start", "ask"),
    [
        (CHAT, chats.chunk(chats.delta(0, '"content":"Os"')), ask_chat),
        (CHAT, chats.chunk(chats.delta(0, '"content":"Os"')).removesuffix(b"\n"), ask_chat),
        (RESPONSES, responses.CREATED, ask_responses),
    ],
)  # fmt: skip
def test_an_interrupted_stream_raises(surface: Surface, start: bytes, ask: Callable[[openai.OpenAI], str]) -> None:
    body = start + DIALECT.interrupt(surface, STOP, "req_7")
    with (
        served(streamed(body)) as (client, _),
        pytest.raises(openai.APIError, match=r"Stopped\. Reference dec_1") as raised,
    ):
        ask(client)
    assert raised.value.code == "abnormal_usage_detected"
    assert raised.value.type == "rate_limit_error"


def test_a_trimmed_chat_stream_is_read() -> None:
    rewriter = DIALECT.rewriter(CHAT, chats.EVENTS, FULL)
    assert rewriter is not None
    body = rewriter.feed(chats.STREAM.response) + rewriter.finish()
    with served(streamed(body)) as (client, _):
        assert ask_chat(client) == "Oslo"


def test_a_trimmed_responses_stream_is_read() -> None:
    rewriter = DIALECT.rewriter(RESPONSES, responses.EVENTS, FULL)
    assert rewriter is not None
    body = rewriter.feed(responses.STREAM.response) + rewriter.finish()
    with served(streamed(body)) as (client, _):
        assert ask_responses(client) == "Sognefjord."
