"""Parquet with the columns of the replay format, as lines: bodies are strings of JSON, or structs."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

_ROWS = 2048  # turned into lines at a time
_COLUMNS = ("at", "account", "key", "user", "address", "headers", "path", "request", "status", "response", "took")
_BODIES = ("request", "response", "headers")
_encode = msgspec.json.Encoder().encode


class DamagedError(Exception):
    """A file cannot be read on; the message says why."""


def table_lines(path: Path) -> Iterator[tuple[bytes, float]]:
    """Yield rows as lines of JSON, some thousands at a time, and the share of all rows that is read so far.

    Raises:
        DamagedError: it is no Parquet, or is damaged.
    """
    try:
        with pq.ParquetFile(path) as file:
            total, done = max(file.metadata.num_rows, 1), 0
            columns = [name for name in _COLUMNS if name in file.schema_arrow.names]
            for batch in file.iter_batches(_ROWS, columns=columns):
                done += batch.num_rows
                yield b"".join([_line(row) for row in batch.to_pylist()]), done / total
    except (pa.ArrowException, OSError) as error:
        raise DamagedError(f"no Parquet that can be read: {str(error).splitlines()[0][:200]}") from error


def _line(row: dict[str, Any]) -> bytes:
    kept = {name: value for name, value in row.items() if value is not None}
    for name in _BODIES:
        value = kept.get(name)
        if isinstance(value, str) and value[:1] in {"{", "["}:
            kept[name] = msgspec.Raw(value.replace("\n", " ").encode("utf-8", "surrogatepass"))
    if isinstance(at := kept.get("at"), datetime):
        kept["at"] = (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    try:
        return _encode(kept) + b"\n"
    except (TypeError, ValueError, UnicodeError):
        return b"a row that is no JSON\n"
