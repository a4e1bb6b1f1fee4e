"""What every dialect survives: members of any shape, bytes of no meaning, nesting without end."""

import json
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from gateway.dialects.base import Dialect
from gateway.exchange import Surface
from tests.gateway.dialects.contract import FULL, TRIMMINGS, every_sample, found, passed, quick
from tests.gateway.dialects.samples.base import Sample

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def planted(document: Any, path: list[int], value: Any) -> Any:
    """Return the document with the value somewhere in it, where the path leads."""
    if not path or not isinstance(document, dict | list) or not document:
        return value
    if isinstance(document, list):
        place = path[0] % len(document)
        return [planted(item, path[1:], value) if i == place else item for i, item in enumerate(document)]
    key = list(document)[path[0] % len(document)]
    return {k: planted(v, path[1:], value) if k == key else v for k, v in document.items()}


def planted_lines(data: bytes, path: list[int], value: Any) -> bytes:
    """Return JSON or events with the value planted in one document."""
    lines = data.splitlines(keepends=True) if b"\ndata:" in b"\n" + data else [data]
    place = path[0] % len(lines) if lines else 0
    made = []
    for i, line in enumerate(lines):
        head, mark, rest = line.partition(b"data: ") if line.startswith(b"data: ") else (b"", b"", line)
        try:
            document = json.loads(rest)
        except ValueError:
            made.append(line)
            continue
        body = json.dumps(planted(document, path[1:], value) if i >= place else document).encode()
        made.append(head + mark + body + (b"\n" if mark else b""))
    return b"".join(made)


@every_sample
@quick
@given(value=anything, path=st.lists(st.integers(0, 40), min_size=1, max_size=7))
def test_a_member_of_any_shape_is_survived(sample: Sample, value: Any, path: list[int]) -> None:
    dialect, surface = found(sample)
    request, response = (planted_lines(data, path, value) for data in (sample.request, sample.response))
    survive(dialect, surface, sample.content_type, request, response)


def survive(dialect: Dialect, surface: Surface, content_type: str, request: bytes, response: bytes) -> None:
    glance = dialect.glance(surface, request)
    assert glance.samples >= 1
    assert glance.max_tokens >= 0
    msgspec.json.encode(dialect.read(surface, request).turns) if b"\\ud" not in request else None
    dialect.hear(surface, content_type, response)
    for trimming in TRIMMINGS:
        dialect.write(surface, request, trimming)
        passed(dialect.rewriter(surface, content_type, trimming), response, [len(response) // 2])


@every_sample
@quick
@given(data=st.binary(max_size=60) | st.text(max_size=40).map(str.encode))
def test_bytes_of_no_meaning_pass_unharmed(sample: Sample, data: bytes) -> None:
    dialect, surface = found(sample)
    survive(dialect, surface, sample.content_type, data, data)
    assert passed(dialect.rewriter(surface, sample.content_type, FULL), data, [len(data) // 3]) == data


@every_sample
def test_deep_nesting_is_survived(sample: Sample) -> None:
    dialect, surface = found(sample)
    for deep in (b'{"a":' * 50_000, b"[" * 50_000 + b"]" * 50_000, b'{"messages":' + b"[" * 5000 + b"]" * 5000 + b"}"):
        survive(dialect, surface, sample.content_type, deep, deep)
        framed = b'data: {"reasoning_logprobs":' + deep + b"}\n\n"
        survive(dialect, surface, sample.content_type, deep, framed)
