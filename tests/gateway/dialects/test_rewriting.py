import re
from typing import Any

import pytest

from gateway.dialects import rewriting
from gateway.dialects.rewriting import Outcome, Rewriting


def strip(document: dict[str, Any]) -> Outcome:
    if document.get("secret") is None:
        return "same"
    del document["secret"]
    return "changed" if document else "empty"


def fresh() -> Rewriting:
    return Rewriting(strip, re.compile(b"secret"))


def test_json_is_held_until_it_is_whole() -> None:
    rewriter = fresh()
    assert rewriter.feed(b'{"secret": 1,') == b""
    assert rewriter.feed(b' "kept": 2.50}') == b""
    assert rewriter.finish() == b'{"kept":2.5}'


@pytest.mark.parametrize("body", [b'{"kept": 2.50 }', b'{"secret": null, "kept": 1}', b'{"secret": 1', b"[1, 2]", b""])
def test_json_with_nothing_to_take_out_passes_as_it_was(body: bytes) -> None:
    rewriter = fresh()
    assert rewriter.feed(body) == b""
    assert rewriter.finish() == body


def test_events_pass_as_they_come() -> None:
    rewriter = fresh()
    assert rewriter.feed(b"data: {") == b""
    assert rewriter.feed(b'"kept": 1}\n\nda') == b'data: {"kept": 1}\n\n'
    assert rewriter.feed(b'ta: {"secret": 1, "kept": 2}\n\n') == b'data: {"kept":2}\n\n'
    assert rewriter.feed(b'data: {"secret": 1}\n\n') == b""
    assert rewriter.feed(b": ping\n\ndata: [DONE]\n\n") == b": ping\n\ndata: [DONE]\n\n"
    assert rewriter.finish() == b""


@pytest.mark.parametrize("start", [b"\r\n", b"\xef\xbb\xbf", b"\n" * 100])
def test_blank_lines_pass_and_the_first_byte_after_them_tells_what_comes(start: bytes) -> None:
    rewriter = fresh()
    assert rewriter.feed(start) == start
    assert rewriter.feed(b' \n{"secret": 1}') == b" \n"
    assert rewriter.finish() == b"{}"
    rewriter = fresh()
    assert rewriter.feed(start + b'data: {"secret": 1, "a": 2}\n\n') == start + b'data: {"a":2}\n\n'


def test_a_body_too_long_to_hold_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewriting, "LARGEST_BODY", 10)
    rewriter = fresh()
    assert rewriter.feed(b'{"a": 1') == b""
    assert rewriter.feed(b', "secret": 1') == b'{"a": 1, "secret": 1'
    assert rewriter.feed(b"}") == b"}"
    assert rewriter.finish() == b""
