"""BERT's forward pass, against the formulas written out for one sentence; and the file format of its weights."""

import json
import math
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pytest

from gateway.embedding.minilm import Encoder, Floats, gelu, tensors

Doubles: TypeAlias = npt.NDArray[np.float64]
SIZE, INNER, TOKENS, KNOWN = 64, 128, 3, 7  # two heads of 32


def weights() -> dict[str, Floats]:
    dice = np.random.default_rng(8)

    def some(*shape: int) -> Floats:
        return (dice.standard_normal(shape) * 0.2).astype(np.float32)

    made = {
        "embeddings.word_embeddings.weight": some(KNOWN, SIZE),
        "embeddings.position_embeddings.weight": some(16, SIZE),
        "embeddings.token_type_embeddings.weight": some(2, SIZE),
    }
    shapes = {f"attention.self.{part}": (SIZE, SIZE) for part in ("query", "key", "value")}
    shapes |= {
        "attention.output.dense": (SIZE, SIZE),
        "intermediate.dense": (INNER, SIZE),
        "output.dense": (SIZE, INNER),
    }
    for part, shape in shapes.items():
        made |= {f"encoder.layer.0.{part}.weight": some(*shape), f"encoder.layer.0.{part}.bias": some(shape[0])}
    for norm in ("embeddings", "encoder.layer.0.attention.output", "encoder.layer.0.output"):
        made |= {f"{norm}.LayerNorm.weight": 1 + some(SIZE), f"{norm}.LayerNorm.bias": some(SIZE)}
    return made


def slowly(w: dict[str, Floats], ids: list[int]) -> list[float]:
    """One sentence, one token and one head after the other, in double precision."""
    layer = "encoder.layer.0"

    def linear(name: str, x: Doubles) -> Doubles:
        return np.asarray(w[f"{layer}.{name}.weight"].astype(float) @ x + w[f"{layer}.{name}.bias"])

    def norm(name: str, x: Doubles) -> Doubles:
        return np.asarray((x - x.mean()) / math.sqrt(x.var() + 1e-12) * w[f"{name}.weight"] + w[f"{name}.bias"])

    table, places, kinds = (w[f"embeddings.{name}_embeddings.weight"] for name in ("word", "position", "token_type"))
    x = [norm("embeddings.LayerNorm", table[i].astype(float) + places[p] + kinds[0]) for p, i in enumerate(ids)]
    out = []
    for token in x:
        heard: Doubles = np.zeros(SIZE)
        for head in (slice(0, 32), slice(32, 64)):
            query = linear("attention.self.query", token)[head]
            raw = [math.exp(query @ linear("attention.self.key", other)[head] / math.sqrt(32)) for other in x]
            values = [linear("attention.self.value", other)[head] for other in x]
            heard[head] = np.array(raw) / sum(raw) @ np.array(values)
        mid = norm(f"{layer}.attention.output.LayerNorm", token + linear("attention.output.dense", heard))
        inner = linear("intermediate.dense", mid)
        inner = np.array([value * 0.5 * (1 + math.erf(value / math.sqrt(2))) for value in inner])
        out.append(norm(f"{layer}.output.LayerNorm", mid + linear("output.dense", inner)))
    return [float(value) for value in np.mean(out, axis=0)]


def test_the_fast_pass_gives_what_the_formulas_give() -> None:
    w = weights()
    ids = np.array([[1, 4, 2], [1, 6, 2]])
    fast = Encoder(w).embed(ids)
    for row, sentence in zip(fast, ids.tolist(), strict=True):
        assert row.tolist() == pytest.approx(slowly(w, sentence), abs=2e-5)


def test_gelu_is_x_times_the_normal_distribution() -> None:
    x = np.linspace(-6, 6, 241, dtype=np.float32)
    assert gelu(x).tolist() == pytest.approx([v * 0.5 * (1 + math.erf(v / math.sqrt(2))) for v in x.tolist()], abs=2e-6)


def test_tensors_are_read_by_name(tmp_path: Path) -> None:
    numbers = np.arange(6, dtype="<f4")
    entries = {
        "__metadata__": {"format": "pt"},
        "a": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]},
        "b": {"dtype": "F32", "shape": [2], "data_offsets": [16, 24]},
    }
    header = json.dumps(entries).encode()
    file = tmp_path / "w.safetensors"
    file.write_bytes(len(header).to_bytes(8, "little") + header + numbers.tobytes())
    read = tensors(file)
    assert read["a"].tolist() == [[0, 1], [2, 3]]
    assert read["b"].tolist() == [4, 5]
    file.write_bytes(b"\xff" * 20)
    with pytest.raises(ValueError, match="not a safetensors file"):
        tensors(file)
