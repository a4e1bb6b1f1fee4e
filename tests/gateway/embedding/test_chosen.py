"""The configuration's word becomes an embedder, also after a round trip to another process."""

import sys
from pathlib import Path

import pytest

from gateway.config import Analysis, ByEndpoint, ByOnnx, Endpoint, Onnx
from gateway.embedding import Characters, Static, shared
from gateway.embedding.chosen import chosen


@pytest.mark.parametrize(
    "embedding",
    [
        "static",
        "characters",
        {"onnx": {"model": "m.onnx", "vocabulary": "v.txt"}},
        {"endpoint": {"url": "http://127.0.0.1:1/v1/embeddings", "dims": 3, "timeout": "1s"}},
    ],
)
def test_a_choice_survives_the_way_to_another_process(embedding: object) -> None:
    analysis = Analysis.model_validate({"embedding": embedding})
    assert Analysis.model_validate_json(analysis.model_dump_json()) == analysis


def test_static_is_the_default_and_shared() -> None:
    assert isinstance(chosen(Analysis().embedding), Static)
    assert chosen("static") is shared()
    assert isinstance(chosen("characters"), Characters)


def test_an_endpoint_gets_its_key_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("sesame\n")
    wanted = Endpoint.model_validate(
        {"url": "http://127.0.0.1:1/v1/embeddings", "dims": 5, "key_file": tmp_path / "key"}
    )
    embedder = chosen(ByEndpoint(endpoint=wanted))
    assert (embedder.name, embedder.dims) == ("endpoint", 5)
    assert vars(embedder)["_headers"]["authorization"] == "Bearer sesame"


def test_without_onnxruntime_the_fault_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "gateway.embedding.onnx", raising=False)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ValueError, match=r"stillguard\[onnx\]"):
        chosen(ByOnnx(onnx=Onnx(model=Path("m"), vocabulary=Path("v"))))
