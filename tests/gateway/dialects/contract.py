"""The frame of the contract suite: every sample, its dialect, and an answer fed through a rewriter."""

import importlib
import pkgutil
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from gateway.actions.base import Trimming
from gateway.dialects.base import Dialect, Rewriter
from gateway.dialects.known import Dialects
from gateway.exchange import Surface
from tests.gateway.dialects.samples.base import Sample

HERE = Path(__file__).parent / "samples"
DIALECTS = Dialects()
FULL = Trimming(logprobs=True, samples=1, max_tokens=16, reasoning=True)
TRIMMINGS = [FULL, Trimming(logprobs=True), Trimming(reasoning=True)]


def collected() -> list[Sample]:
    names = [module.name for module in pkgutil.iter_modules([str(HERE)]) if module.name != "base"]
    modules = [importlib.import_module(f"tests.gateway.dialects.samples.{name}") for name in names]
    return [sample for module in modules for sample in module.SAMPLES]


SAMPLES = collected()
every_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: f"{s.surface}: {s.name}")
quick = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def found(sample: Sample) -> tuple[Dialect, Surface]:
    return DIALECTS.find(sample.method, sample.path, sample.headers)


def passed(rewriter: Rewriter | None, data: bytes, cuts: list[int]) -> bytes:
    if rewriter is None:
        return data
    edges = [0, *sorted(cut for cut in cuts if cut <= len(data)), len(data)]
    pieces = [data[a:b] for a, b in pairwise(edges)]
    return b"".join(rewriter.feed(piece) for piece in pieces) + rewriter.finish()
