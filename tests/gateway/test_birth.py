import signal
import subprocess
import sys
from collections.abc import Iterator
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


WAITING = """
from gateway.birth import leave_when_told, read_job
leave_when_told()
print("waiting", flush=True)
read_job()
"""


def test_a_child_that_is_told_to_stop_before_it_works_ends_well() -> None:
    command = [sys.executable, "-c", WAITING]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout
        assert child.stdout.readline() == b"waiting\n"
        child.send_signal(signal.SIGTERM)
        assert child.wait(30) == 0


CHILD = """
import asyncio
from gateway.birth import read_job, stop_sign
config, socket = read_job()
print(config.data, socket, flush=True)
async def work():
    stop = asyncio.Event()
    with stop_sign(stop):
        print("working", flush=True)
        await stop.wait()
    print("stopped", flush=True)
asyncio.run(work())
"""


@pytest.fixture
def child() -> Iterator["subprocess.Popen[bytes]"]:
    """A process that has read its job and works."""
    process = subprocess.Popen([sys.executable, "-c", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin
    assert process.stdout
    process.stdin.write(write_job(Config(routes=(Route(upstream="http://127.0.0.1:1"),), data=Path("somewhere")), 7))
    process.stdin.flush()
    assert process.stdout.readline() == b"somewhere 7\n"
    assert process.stdout.readline() == b"working\n"
    yield process
    process.kill()
    process.communicate()


def test_a_child_stops_when_its_supervisor_has_gone(child: "subprocess.Popen[bytes]") -> None:
    assert child.communicate(timeout=20)[0] == b"stopped\n"  # closes its standard input, as dying would
    assert child.returncode == 0


def test_a_child_stops_on_sigterm_and_not_on_the_terminals_interrupt(child: "subprocess.Popen[bytes]") -> None:
    child.send_signal(signal.SIGINT)
    child.send_signal(signal.SIGTERM)
    assert child.stdout
    assert child.stdout.readline() == b"stopped\n"
    assert child.wait(20) == 0


def test_what_follows_the_job_on_standard_input_is_no_sign_to_stop(child: "subprocess.Popen[bytes]") -> None:
    assert child.stdin
    child.stdin.write(b"anything")
    child.stdin.flush()
    child.send_signal(signal.SIGTERM)
    assert child.wait(20) == 0
