import json
from pathlib import Path
from typing import Any

import pytest

from detectors.base import QueryObservation
from gateway.config import Config
from gateway.replay.reading import Block, Reader
from tests.gateway.mmdb import written

LINE: dict[str, Any] = {
    "at": 1764000000.0, "account": "acme", "address": "203.0.113.7", "path": "/v1/chat/completions",
    "headers": {"user-agent": "curl/8", "x-ja4": "t13d"},
    "request": {"model": "m", "messages": [{"role": "user", "content": "Why is tin soft?"}]},
}  # fmt: skip


def asked(line: dict[str, Any], scopes: tuple[str, ...] = ("account",), **identity: Any) -> QueryObservation:
    config = Config.model_validate({
        "routes": [{"upstream": "http://127.0.0.1"}], "policies": "p", "analysis": {"scopes": scopes},
        "identity": {"tls_headers": ["X-JA4"], **identity},
    })  # fmt: skip
    lines = Reader(config).read(Block(0, json.dumps(line).encode(), "f", 1))
    assert not lines.bad
    return lines.groups[0].answers[0].query


def test_network_software_and_tls_are_marked_whatever_the_scopes() -> None:
    one, other = asked(LINE), asked(LINE, ("account", "network"))
    assert all((one.network, one.client, one.tls, one.habit, one.model))
    assert one == other


def test_a_file_of_autonomous_systems_is_asked(tmp_path: Path) -> None:
    file = tmp_path / "asn.mmdb"
    file.write_bytes(written({"203.0.113.0/24": {"asn": "AS64496"}}))
    assert (asked(LINE, asn_file=file).asn, asked(LINE).asn) == (64496, 0)


@pytest.mark.parametrize("headers", [None, 7, "curl", [], [[]], {"user-agent": None}])
def test_strange_headers_make_no_line_bad(headers: object) -> None:
    assert asked({**LINE, "headers": headers}).tls == 0


def test_what_was_not_recorded_is_nought() -> None:
    bare = {name: value for name, value in LINE.items() if name not in {"headers", "address"}}
    observation = asked(bare)
    assert (observation.network, observation.asn, observation.client, observation.tls) == (0, 0, 0, 0)
