import gzip
import subprocess
import sys
from collections.abc import Iterator

import httpx
import msgspec
import pytest

from gateway.demo.mind import Asking, embedding, think
from gateway.demo.model import Model, Received, answer, dialect_of, serving
from gateway.demo.script import Script, read_script
from gateway.demo.spoken import Spoken

CHAT = {"model": "gpt-sim-1", "messages": [{"role": "user", "content": "Why is the sea salty?"}]}
MESSAGE = {"model": "claude-sim-1", "max_tokens": 500, "messages": [{"role": "user", "content": "Why is it salty?"}]}
GENERATE = {"contents": [{"parts": [{"text": "Why is the sea salty?"}]}]}
GEMINI = "/v1beta/models/gemini-sim-1"


@pytest.fixture(scope="module")
def model() -> Model:
    return Model()


@pytest.fixture(scope="module")
def url(model: Model) -> Iterator[str]:
    with serving(model) as base:
        yield base


def ask(path: str, body: object, script: Script = Script(), **headers: str) -> Spoken:  # noqa: B008 - frozen
    path, _, query = path.partition("?")
    return answer(Received("POST", path, query, headers, msgspec.json.encode(body)), script)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/chat/completions", CHAT),
        ("/v1/chat/completions", {**CHAT, "stream": True}),
        ("/v1/completions", {"prompt": "Once"}),
        ("/v1/completions", {"prompt": "Once", "stream": True, "n": 2}),
        ("/v1/responses", {"input": "Why?"}),
        ("/v1/responses", {"input": [{"role": "user", "content": "Why?"}], "stream": True}),
        ("/v1/embeddings", {"input": "sea"}),
        ("/v1/messages", MESSAGE),
        ("/v1/messages", {**MESSAGE, "stream": True, "thinking": {"type": "adaptive"}}),
        ("/v1/messages/count_tokens", MESSAGE),
        (f"{GEMINI}:generateContent", GENERATE),
        (f"{GEMINI}:streamGenerateContent?alt=sse", GENERATE),
        (f"{GEMINI}:streamGenerateContent", GENERATE),
        (f"{GEMINI}:countTokens", GENERATE),
        (f"{GEMINI}:embedContent", {"content": {"parts": [{"text": "sea"}]}}),
        (f"{GEMINI}:batchEmbedContents", {"requests": [{"content": {"parts": [{"text": "sea"}]}}]}),
    ],
)
def test_every_surface_answers_and_says_the_same_twice(path: str, body: object) -> None:
    said = ask(path, body)
    assert said.status == 200
    assert said == ask(path, body)
    if not said.content_type.startswith("text/event-stream"):
        assert msgspec.json.decode(b"".join(said.pieces))


def test_a_json_array_stream_is_one_valid_array() -> None:
    said = ask(f"{GEMINI}:streamGenerateContent", GENERATE)
    assert len(msgspec.json.decode(b"".join(said.pieces))) == len(said.pieces) - 1


def test_a_failing_json_array_stream_is_still_an_array() -> None:
    said = ask(f"{GEMINI}:streamGenerateContent", GENERATE)
    rows = msgspec.json.decode(b"".join([*said.pieces[:2], said.fault]))
    assert rows[-1]["error"]["status"] == "UNAVAILABLE"


@pytest.mark.parametrize(
    ("prompt", "low", "high"),
    [
        ("Name it in one word.", 1, 1),
        ("Be brief: why?", 15, 40),
        ("Explain why in detail.", 220, 420),
        ("Why?", 60, 160),
    ],
)
def test_length_follows_the_ask_and_the_cap(prompt: str, low: int, high: int) -> None:
    tokens = think(Asking(prompt=prompt, newest=prompt)).answer_tokens
    assert low <= tokens <= high
    capped = think(Asking(prompt=prompt, newest=prompt, max_tokens=7))
    assert capped.answer_tokens <= 7
    assert (capped.choices[0].finish == "length") == (tokens > 7)


def test_different_prompts_get_different_answers() -> None:
    said = {think(Asking(prompt=f"Tell me of river {n}", newest="river")).choices[0].text for n in range(50)}
    assert len(said) == 50


def test_an_embedding_follows_from_its_text() -> None:
    assert embedding("sea", 64) == embedding("sea", 64) != embedding("lake", 64)


@pytest.mark.parametrize(
    ("path", "headers", "dialect"),
    [
        ("/v1/models", {}, "openai"),
        ("/v1/models", {"anthropic-version": "2023-06-01"}, "anthropic"),
        ("/v1/models", {"x-goog-api-key": "k"}, "gemini"),
        ("/v1/messages", {}, "anthropic"),
        (f"{GEMINI}:generateContent", {}, "gemini"),
    ],
)
def test_the_dialect_is_seen_from_path_and_headers(path: str, headers: dict[str, str], dialect: str) -> None:
    assert dialect_of(path, headers) == dialect


@pytest.mark.parametrize(
    ("path", "header"),
    [
        ("/v1/chat/completions", "authorization"),
        ("/v1/messages", "x-api-key"),
        (f"{GEMINI}:countTokens", "x-goog-api-key"),
    ],
)
def test_the_wrong_key_is_refused_in_every_dialect(path: str, header: str) -> None:
    refused = answer(Received("POST", path, "", {header: "sk-wrong"}, b"{}"), Script())
    assert refused.status == 401
    assert "error" in msgspec.json.decode(refused.pieces[0])


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"messages": 5}', b"\xff", b"[" * 5000])
def test_a_bad_body_is_a_bad_request(body: bytes) -> None:
    assert answer(Received("POST", "/v1/chat/completions", "", {}, body), Script()).status == 400


def test_an_unknown_path_is_not_found() -> None:
    assert ask("/v1/nothing", {}).status == 404


def test_a_misspelt_script_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="nobody knows"):
        read_script("cut-afer=3")
    assert httpx.get(f"{url}/v1/models", headers={"x-model-script": "slow-haed=1"}).status_code == 400


def test_a_script_is_read_word_by_word() -> None:
    assert read_script("status=503; retry-after=2;slow-piece=0.5; gzip") == Script(
        status=503, retry_after="2", slow_piece=0.5, gzip=True
    )


def test_a_failing_model_says_so_in_its_dialect(url: str) -> None:
    heard = httpx.post(f"{url}/v1/messages", json=MESSAGE, headers={"x-model-script": "status=529; retry-after=3"})
    assert heard.status_code == 529
    assert heard.headers["retry-after"] == "3"
    assert heard.json()["error"]["type"] == "overloaded_error"


@pytest.mark.parametrize("stream", [True, False])
def test_a_cut_answer_breaks_the_connection(url: str, stream: bool) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.post(
            f"{url}/v1/chat/completions", json={**CHAT, "stream": stream}, headers={"x-model-script": "cut-after=1"}
        )


@pytest.mark.parametrize("stream", [True, False])
def test_a_compressed_answer_holds_the_same_words(url: str, stream: bool) -> None:
    body = {**CHAT, "stream": stream}
    plain = httpx.post(f"{url}/v1/chat/completions", json=body)
    with httpx.stream("POST", f"{url}/v1/chat/completions", json=body, headers={"x-model-script": "gzip"}) as zipped:
        raw = b"".join(zipped.iter_raw())
    assert zipped.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw) == plain.content


def test_what_arrived_can_be_looked_at(url: str, model: Model) -> None:
    httpx.post(f"{url}/v1/chat/completions?a=b", json=CHAT, headers={"x-mark": "seen"})
    received = model.received[-1]
    assert (received.path, received.query, received.headers["x-mark"]) == ("/v1/chat/completions", "a=b", "seen")
    assert msgspec.json.decode(received.body) == CHAT


def test_as_a_process_it_prints_its_port_and_ends_with_its_parent() -> None:
    command = [sys.executable, "-m", "gateway.demo.model", "--port", "0", "--attached"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        port = int(process.stdout.readline())
        assert httpx.get(f"http://127.0.0.1:{port}/v1/models").json()["data"]
        process.stdin.close()
        assert process.wait(20) == 0
