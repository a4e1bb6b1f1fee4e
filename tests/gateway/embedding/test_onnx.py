"""A real model, small enough to be written here byte by byte, run by onnxruntime."""

from pathlib import Path

import numpy as np
import pytest

from gateway.config import ByOnnx, Onnx
from gateway.embedding.chosen import chosen
from gateway.embedding.onnx import OnnxModel

PIECES = ["[UNK]", "[CLS]", "[SEP]", "sea", "tide", "##s"]
ROWS = np.array([[0, 0, 1], [0, 0, 0], [0, 0, 0], [3, 0, 0], [0, 4, 0], [0, 0, 0]], np.float32)
FLOAT, INT64 = 1, 7  # ONNX's numbers of element types
INT, INTS = 2, 7  # and of attributes


def varint(value: int) -> bytes:
    return bytes([value]) if value < 128 else bytes([value & 127 | 128, value >> 7])


def field(number: int, value: int | bytes) -> bytes:
    """Write one field of a protocol buffer: a small number, or bytes."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def tensor_type(name: bytes, kind: int, dims: list[bytes]) -> bytes:
    shape = b"".join(field(1, dim) for dim in dims)
    return field(1, name) + field(2, field(1, field(1, kind) + field(2, shape)))


def model(per_text: bool) -> bytes:
    """Return a model that looks each token up in a table; if ``per_text``, it takes the greatest of each column."""
    rows = field(1, ROWS.shape[0]) + field(1, ROWS.shape[1]) + field(2, FLOAT) + field(8, b"rows")
    table = rows + field(9, ROWS.tobytes())
    gather = field(1, b"rows") + field(1, b"input_ids") + field(2, b"tokens") + field(4, b"Gather")
    axes = field(5, field(1, b"axes") + field(8, 1) + field(20, INTS))
    keep = field(5, field(1, b"keepdims") + field(3, 0) + field(20, INT))
    reduce = field(1, b"tokens") + field(2, b"text") + field(4, b"ReduceMax") + axes + keep
    nodes = field(1, gather) + (field(1, reduce) if per_text else b"")
    batch, tokens, three = field(2, b"b"), field(2, b"t"), field(1, 3)
    out = (
        tensor_type(b"text", FLOAT, [batch, three])
        if per_text
        else tensor_type(b"tokens", FLOAT, [batch, tokens, three])
    )
    graph = nodes + field(2, b"g") + field(5, table) + field(11, tensor_type(b"input_ids", INT64, [batch, tokens]))
    return field(1, 8) + field(7, graph + field(12, out)) + field(8, field(1, b"") + field(2, 13))


def made(folder: Path, *, per_text: bool = False) -> Onnx:
    (folder / "encoder.onnx").write_bytes(model(per_text))
    (folder / "vocab.txt").write_text("\n".join(PIECES))
    return Onnx(model=folder / "encoder.onnx", vocabulary=folder / "vocab.txt", tokens=8)


def test_the_mean_over_the_tokens_is_the_vector(tmp_path: Path) -> None:
    embedder = chosen(ByOnnx(onnx=made(tmp_path)))
    assert (embedder.name, embedder.dims) == ("onnx", 3)
    assert embedder.embed("sea tides") == pytest.approx([0.6, 0.8, 0.0])
    assert embedder.embed("Sea") == pytest.approx([1.0, 0.0, 0.0])


@pytest.mark.parametrize("text", ["", " \n", "\x00", "\ud800", "sea " * 10_000, "中" * 9000])
def test_any_text_gives_a_unit_vector_or_nothing(tmp_path: Path, text: str) -> None:
    vector = chosen(ByOnnx(onnx=made(tmp_path))).embed(text)
    assert vector.shape == (3,)
    assert vector.dtype == np.float32
    assert float(np.linalg.norm(vector)) == pytest.approx(1.0) or not vector.any()


def test_a_model_that_gives_one_vector_a_text_is_taken_at_its_word(tmp_path: Path) -> None:
    assert chosen(ByOnnx(onnx=made(tmp_path, per_text=True))).embed("sea tide") == pytest.approx([0.6, 0.8, 0.0])


@pytest.mark.parametrize("data", [b"", b"not a model", model(per_text=False)[:60]])
def test_what_is_no_model_is_refused(tmp_path: Path, data: bytes) -> None:
    wanted = made(tmp_path)
    wanted.model.write_bytes(data)
    with pytest.raises(ValueError, match="not a sentence encoder"):
        OnnxModel(wanted.model, wanted.vocabulary, wanted.tokens)
