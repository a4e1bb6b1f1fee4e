"""JSON log lines on standard error: one object a line, no prompt, no key, decision ids where there is one."""

import json
import logging
import sys
from types import TracebackType
from typing import TextIO

# What a log call may add through ``extra``. Anything else is dropped, so that text cannot slip in.
FIELDS = frozenset({
    "decision", "subject", "action", "mode", "severity", "policy", "rule", "revision", "weight", "until",
    "families", "exchanges", "traces", "request", "surface", "status", "error", "error_type", "retry_in", "child",
    "pid", "entries", "plugin", "seconds", "fault", "file", "address", "request_id", "tags", "route",
    "attestation", "state",
})  # fmt: skip


class JsonLines(logging.Formatter):
    """Formats a record as one JSON object."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self._role = role

    def format(self, record: logging.LogRecord) -> str:
        """Return the line for one record."""
        line: dict[str, object] = {
            "at": round(record.created, 3),
            "level": record.levelname.lower(),
            "role": self._role,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name in FIELDS}
        if record.exc_info and record.exc_info[0]:
            # The type and place of a fault, never its message: messages of parsers quote what they parsed.
            line["fault"] = record.exc_info[0].__name__
            trace = record.exc_info[2]
            while trace and trace.tb_next:
                trace = trace.tb_next
            if trace:
                line["place"] = f"{trace.tb_frame.f_code.co_filename.rsplit('/', 2)[-1]}:{trace.tb_lineno}"
        return json.dumps(line, ensure_ascii=False, default=str)


def _ended_by(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
    """Log what ends the process. Of our own faults the words too: they are the operator's, about files and settings."""
    if issubclass(kind, KeyboardInterrupt):
        return
    told = {"error": str(fault)} if kind.__module__.startswith("gateway.") else {}
    logging.getLogger("stillguard").critical("ended by a fault", exc_info=(kind, fault, trace), extra=told)


def set_up(role: str, level: str, stream: TextIO = sys.stderr) -> None:
    """Send this process's log to a stream as JSON lines, what ends it included."""
    sys.excepthook = _ended_by
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines(role))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("uvicorn.access", "watchfiles", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
