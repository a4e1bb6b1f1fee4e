import json
from typing import Any

import pytest

from gateway.actions.base import Trimming
from gateway.dialects.known import Dialects
from gateway.dialects.renaming import renamed_path

OTHER = Trimming(model="small")


@pytest.mark.parametrize(
    ("path", "model", "renamed"),
    [
        ("/v1beta/models/big:generateContent", "big", b"/v1beta/models/sm%20all:generateContent"),
        ("/openai/deployments/models/models/chat", "models", b"/openai/deployments/models/sm%20all/chat"),
        ("/openai/deployments/big/chat/completions", "big", b"/openai/deployments/sm%20all/chat/completions"),
        ("/v1/models/other:generateContent", "big", b"/v1/models/other:generateContent"),
        ("/v1/models/a b:x", "a b", b"/v1/models/sm%20all:x"),
        ("/v1/models/bigger/big.er:x", "big", b"/v1/models/bigger/big.er:x"),
    ],
)
def test_a_models_step_of_a_path_is_replaced_and_nothing_else(path: str, model: str, renamed: bytes) -> None:
    assert renamed_path(path, model, "sm all") == renamed


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/chat/completions", {"model": "big", "messages": []}),
        ("/v1/completions", {"model": "big", "prompt": "x"}),
        ("/v1/responses", {"model": "big", "input": "x"}),
        ("/v1/embeddings", {"model": "big", "input": "x"}),
        ("/v1/messages", {"model": "big", "max_tokens": 5, "messages": []}),
        ("/v1/complete", {"model": "big", "prompt": "x", "max_tokens_to_sample": 5}),
    ],
)
def test_another_models_name_is_written_into_the_body(path: str, body: Any) -> None:
    dialect, surface = Dialects().find("POST", path, [])
    assert json.loads(dialect.write(surface, json.dumps(body).encode(), OTHER)) == {**body, "model": "small"}


def test_a_name_that_a_laxer_parser_reads_does_not_stay_beside_it() -> None:
    dialect, surface = Dialects().find("POST", "/v1/chat/completions", [])
    assert json.loads(dialect.write(surface, b'{"Model":"big","n":1}', OTHER)) == {"n": 1, "model": "small"}


def test_a_body_needs_no_name_where_the_path_has_it() -> None:
    dialect, surface = Dialects().find("POST", "/openai/deployments/big/chat/completions", [])
    assert dialect.write(surface, b'{"n":1}', OTHER) == b'{"n":1}'
    dialect, surface = Dialects().find("POST", "/v1beta/models/big:embedContent", [])
    assert json.loads(dialect.write(surface, b'{"model":"models/big"}', OTHER)) == {"model": "models/small"}


def test_members_for_the_model_server_are_set_where_text_is_made() -> None:
    marked = Trimming(members={"vllm_xargs": {"mark": 1}})
    for path in ("/v1/chat/completions", "/v1/messages", "/v1beta/models/big:generateContent"):
        dialect, surface = Dialects().find("POST", path, [])
        assert json.loads(dialect.write(surface, b'{"a":1}', marked))["vllm_xargs"] == {"mark": 1}
    dialect, surface = Dialects().find("POST", "/v1/embeddings", [])
    assert dialect.write(surface, b'{"a":1}', marked) == b'{"a":1}'


@pytest.mark.parametrize(
    ("path", "kind", "body", "shown"),
    [
        ("/v1/chat/completions", "application/json", b'{"model":"small","choices":[]}', b'"model":"big"'),
        ("/v1/embeddings", "application/json", b'{"model":"small","data":[]}', b'"model":"big"'),
        ("/v1/responses", "text/event-stream", b'data: {"response":{"model":"small"}}\n\n', b'"model":"big"'),
        ("/v1/messages", "application/json", b'{"model":"small","content":[]}', b'"model":"big"'),
        (
            "/v1/messages", "text/event-stream",
            b'event: message_start\ndata: {"type":"message_start","message":{"model":"small","content":[]}}\n\n',
            b'"model":"big"',
        ),
        ("/v1beta/models/m:generateContent", "application/json", b'{"modelVersion":"small"}', b'"modelVersion":"big"'),
    ],
)  # fmt: skip
def test_an_answer_shows_the_name_that_it_is_told_to(path: str, kind: str, body: bytes, shown: bytes) -> None:
    dialect, surface = Dialects().find("POST", path, [])
    rewriter = dialect.rewriter(surface, kind, Trimming(model="small", model_shown="big"))
    assert rewriter is not None
    said = rewriter.feed(body) + rewriter.finish()
    assert shown in said
    assert b"small" not in said
