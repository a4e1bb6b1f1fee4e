from pathlib import Path

import msgspec
import pytest

from gateway.birth import Job, write_job
from gateway.config import Config, Route


def test_a_job_hands_the_whole_configuration_over_unchanged() -> None:
    config = Config(routes=(Route(upstream="http://127.0.0.1:1"),), data=Path("somewhere"))
    job = msgspec.json.decode(write_job(config, 7), type=Job)
    assert job.socket == 7
    assert Config.model_validate_json(job.config) == config


@pytest.mark.parametrize("flush", ["1ms", "0.5s", "3m"])
def test_durations_survive_the_way_to_a_child(flush: str) -> None:
    config = Config.model_validate({"routes": [{"upstream": "http://a"}], "journal": {"flush": flush}})
    assert Config.model_validate_json(config.model_dump_json()) == config
