"""Durations and sizes as people write them: a number and a unit, read as seconds and bytes.

Apart from ``gateway.config``, because policy files speak of durations too, and policies lie below it.
"""

import re
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

_DURATION = re.compile(r"^(\d+(?:\.\d+)?)(ms|s|m|h|d)$", re.ASCII)
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_SIZE = re.compile(r"^(\d+)(B|KiB|MiB|GiB)$", re.ASCII)
_BYTES = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


def _seconds(value: object) -> object:
    if isinstance(value, str) and (match := _DURATION.match(value)):
        return float(match[1]) * _SECONDS[match[2]]
    raise ValueError("a duration is a number and a unit: 500ms, 10s, 5m, 4h or 7d")


def _bytes(value: object) -> object:
    if isinstance(value, str) and (match := _SIZE.match(value)):
        return int(match[1]) * _BYTES[match[2]]
    raise ValueError("a size is a whole number and a unit: 512B, 64KiB, 8MiB or 1GiB")


# Written back as they are read, so that a supervisor can hand its configuration to the processes it starts.
LONGEST = 3650 * 86_400.0  # seconds that any decision may stand: ten years; more is a slip of the pen
Duration = Annotated[
    float,
    BeforeValidator(_seconds),
    PlainSerializer(lambda seconds: f"{seconds:.6f}s"),
    WithJsonSchema({"type": "string", "pattern": _DURATION.pattern}),
]
Size = Annotated[
    int,
    BeforeValidator(_bytes),
    PlainSerializer(lambda size: f"{size}B"),
    WithJsonSchema({"type": "string", "pattern": _SIZE.pattern}),
]
