import asyncio
from pathlib import Path

import pytest

from gateway.app.administering import candidate_told
from gateway.app.analysing import build, reload
from gateway.app.trying import candidate_of, take_candidate, watch_candidate
from gateway.candidate import Candidate
from gateway.config import Config

POLICY = "policy: p\nrungs: [{rule: notice, one_in: 1e3, action: watch, for: 1h}]\n"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "policy.yaml").write_text(POLICY)
    (tmp_path / "next").mkdir()
    (tmp_path / "next" / "next.yaml").write_text(POLICY)
    (tmp_path / "var").mkdir()
    return Config.model_validate({
        "routes": [{"upstream": "http://127.0.0.1:9"}], "data": tmp_path / "var",
        "policies": tmp_path / "policy.yaml", "candidate": tmp_path / "next" / "next.yaml",
    })  # fmt: skip


def break_it(config: Config) -> None:
    assert config.candidate
    config.candidate.write_text("policy: p\n")


def test_a_bad_candidate_leaves_the_live_policy_alone(config: Config) -> None:
    analyst = build(config)
    break_it(config)
    assert reload(analyst, config)
    analyst.tidy()
    assert b"next.yaml:1:1: rungs: is missing" in candidate_told(config)


def test_a_bad_candidate_at_the_start_does_not_stop_it(config: Config) -> None:
    break_it(config)
    candidate = candidate_of(config)
    candidate.tell(0.0)
    assert b"rungs: is missing" in candidate_told(config)


def test_before_the_analyst_has_written_the_file_is_named_and_without_a_candidate_none(config: Config) -> None:
    assert candidate_told(config) == b'{"file":"%s"}' % str(config.candidate).encode()
    assert candidate_told(config.model_copy(update={"candidate": None})) == b'{"file":null}'


def test_no_candidate_is_nothing_to_take() -> None:
    assert not take_candidate(Candidate(), None)


async def test_an_edited_candidate_is_taken_without_being_asked(config: Config) -> None:
    candidate = candidate_of(config)
    watching = asyncio.ensure_future(watch_candidate(candidate, config.candidate))
    for turn in range(200):
        (config.data / "candidate.json").unlink(missing_ok=True)
        assert config.candidate
        config.candidate.write_text(f"policy: p # {turn}\n")
        await asyncio.sleep(0.05)
        candidate.tell(0.0)
        if b"is missing" in candidate_told(config):
            break
    watching.cancel()
    assert b"is missing" in candidate_told(config)


async def test_without_a_candidate_there_is_nothing_to_watch() -> None:
    await watch_candidate(Candidate(), None)
