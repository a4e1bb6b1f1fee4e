import ast
import io
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway import logs
from gateway.stores.base import StoreError

GATEWAY = Path(logs.__file__).parent
SECRET = "a sentence of a client"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Log to a stream, and leave logging as it was."""
    root, hook = logging.getLogger(), sys.excepthook
    handlers, level = root.handlers[:], root.level
    written = io.StringIO()
    logs.set_up("proxy", "info", written)
    yield written
    root.handlers[:], sys.excepthook = handlers, hook
    root.setLevel(level)


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_record_is_one_line_of_json_with_its_role_and_fields(stream: io.StringIO) -> None:
    logging.getLogger("stillguard.proxy").warning("two\nlines", extra={"decision": "dec_1"})
    (line,) = lines(stream)
    assert line | {"at": 0} == {
        "at": 0, "level": "warning", "role": "proxy", "logger": "stillguard.proxy", "message": "two\nlines",
        "decision": "dec_1",
    }  # fmt: skip


def test_fields_that_nobody_named_are_dropped(stream: io.StringIO) -> None:
    logging.getLogger("stillguard").info("asked", extra={"prompt": SECRET})
    assert SECRET not in stream.getvalue()
    assert len(lines(stream)) == 1


def test_of_a_fault_its_type_and_place_are_told_and_never_its_words(stream: io.StringIO) -> None:
    try:
        int(SECRET)
    except ValueError:
        logging.getLogger("stillguard").exception("failed")
    (line,) = lines(stream)
    assert line["fault"] == "ValueError"
    assert str(line["place"]).startswith("test_logs.py:")
    assert SECRET not in stream.getvalue()


def test_milder_records_than_asked_for_are_not_written(stream: io.StringIO) -> None:
    logging.getLogger("stillguard").debug("little")
    logging.getLogger("uvicorn.access").info("GET /v1/models?key=sk-1")
    assert lines(stream) == []


@pytest.mark.parametrize(("fault", "told"), [(StoreError("the disk is full"), True), (ValueError(SECRET), False)])
def test_what_ends_a_process_is_logged_with_words_only_if_they_are_ours(
    stream: io.StringIO, fault: Exception, told: bool
) -> None:
    sys.excepthook(type(fault), fault, None)
    (line,) = lines(stream)
    assert (line["level"], line["fault"]) == ("critical", type(fault).__name__)
    assert ("error" in line) == told
    assert SECRET not in stream.getvalue()


def test_the_terminals_interrupt_is_no_fault(stream: io.StringIO) -> None:
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert lines(stream) == []


def extras(source: str) -> Iterator[str]:
    """Yield the names that log calls pass as ``extra``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.keyword) and node.arg == "extra" and isinstance(node.value, ast.Dict):
            yield from (key.value for key in node.value.keys if isinstance(key, ast.Constant))  # type: ignore[misc] # names are text


@pytest.mark.parametrize("file", sorted(GATEWAY.rglob("*.py")), ids=lambda file: str(file.relative_to(GATEWAY)))
def test_no_log_call_passes_a_field_that_would_be_dropped(file: Path) -> None:
    assert set(extras(file.read_text())) <= logs.FIELDS
