"""The frame of the contract suite: every sample, its dialect, and an answer fed through a rewriter."""

import importlib
import pkgutil
from pathlib import Path

import pytest

from gateway.contracts.dialects import FULL, TRIMMINGS, Sample, passed, quick
from gateway.dialects.base import Dialect
from gateway.dialects.known import Dialects
from gateway.exchange import Surface

__all__ = ["DIALECTS", "FULL", "SAMPLES", "TRIMMINGS", "every_sample", "found", "passed", "quick"]
HERE = Path(__file__).parent / "samples"
DIALECTS = Dialects()


def collected() -> list[Sample]:
    names = [module.name for module in pkgutil.iter_modules([str(HERE)]) if module.name != "base"]
    modules = [importlib.import_module(f"tests.gateway.dialects.samples.{name}") for name in names]
    return [sample for module in modules for sample in module.SAMPLES]


SAMPLES = collected()
every_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: f"{s.surface}: {s.name}")


def found(sample: Sample) -> tuple[Dialect, Surface]:
    return DIALECTS.find(sample.method, sample.path, sample.headers)
