import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from gateway.config import Config, Route
from gateway.policies.file import load_policies
from gateway.settings import load_config

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "deploy" / "gateway.yaml"
SHOWN_OTHERWISE = {"routes", "policies"}  # a route has no default; the sample names the shipped policy


def unset(model: BaseModel, path: str = "") -> Iterator[str]:
    """Yield every key that the file does not write."""
    for name in type(model).model_fields:
        here = f"{path}{name}"
        if name not in model.model_fields_set:
            yield here
        value: Any = getattr(model, name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, BaseModel):
                yield from unset(part, f"{here}.")


def test_the_sample_shows_every_key() -> None:
    assert list(unset(load_config(SAMPLE, {}))) == []


def test_the_sample_shows_the_defaults() -> None:
    shown, default = load_config(SAMPLE, {}), Config(routes=(Route(upstream="http://127.0.0.1:8000"),))
    assert shown.model_dump(exclude=SHOWN_OTHERWISE) == default.model_dump(exclude=SHOWN_OTHERWISE)
    assert shown.routes == default.routes


def test_the_sample_says_why_of_every_key() -> None:
    lines = [line for line in SAMPLE.read_text().splitlines() if line and not line.startswith("#")]
    assert [line for line in lines if not re.search(r"\S +# \S", line)] == []


def test_the_sample_takes_its_upstream_from_the_environment() -> None:
    assert (
        load_config(SAMPLE, {"UPSTREAM": "https://models.example.com"}).routes[0].upstream
        == "https://models.example.com"
    )


def test_the_sample_names_a_policy_that_loads() -> None:
    load_policies(SAMPLE.parent / load_config(SAMPLE, {}).policies)


def test_the_sample_is_yaml_to_others_too() -> None:
    assert yaml.safe_load(SAMPLE.read_text())["listen"]["port"] == 8080


def test_what_is_loaded_can_be_handed_to_another_process() -> None:
    config = load_config(SAMPLE, {})
    assert Config.model_validate_json(config.model_dump_json()) == config
