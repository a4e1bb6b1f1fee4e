"""What the analyst's tests share: one detector, a policy that counts, and entries to fold."""

import json
from typing import NamedTuple

from detectors.repetition import Repetition
from gateway.decisions import Standing, Subject, Verdict
from gateway.exchange import Entry

START = 1_800_000_000.0
PANEL = {"repetition": Repetition()}
MARK = "the lighthouse keeps a diary"
ANNA = Subject("key", "anna")


class AfterExchanges(NamedTuple):
    """Speaks of keys from so many exchanges on; severity grows with every ten."""

    exchanges: int = 5
    lasts: float = 100.0

    def judge(self, standing: Standing) -> Verdict | None:
        taken = standing.harvest.exchanges
        if standing.subject.scope != "key" or taken < self.exchanges:
            return None
        severity = min(5, 1 + taken // 10)
        return Verdict(action=f"act{severity}", severity=severity, lasts=self.lasts, policy="p", rule="r")


def entry(name: str, *, at: float = START, key: str = "anna", status: int = 200, **other: object) -> Entry:
    request = {"model": "m", "messages": [{"role": "user", "content": f"Tell me of {name}: {MARK}"}]}
    said = {"role": "assistant", "content": "It rains on the pier. " * 60}
    response = {
        "choices": [{"index": 0, "message": said, "finish_reason": "stop"}],
        "usage": {"completion_tokens": 300},
    }
    fields: dict[str, object] = {
        "id": name, "at": at, "took": 1.0, "surface": "openai.chat", "model": "m", "status": status,
        "subjects": (("key", key), ("account", "house"), ("campaign", "c")),
        "request": json.dumps(request).encode(),
        "response": json.dumps(response).encode(), "response_type": "application/json",
    }  # fmt: skip
    return Entry(**{**fields, **other})  # type: ignore[arg-type]  # by name
