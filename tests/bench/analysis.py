"""How many observations the analyst folds in a second of one core: bodies, features, cases and commit included."""

import tempfile
import time
from pathlib import Path

from gateway.app.analysing import build
from gateway.birth import spare_collector
from gateway.config import Config
from gateway.exchange import Entry
from gateway.journals.sqlite import SqliteJournal

EXCHANGES = 6_000
ASK = (
    '{"model":"bench","max_tokens":512,"messages":[{"role":"system","content":"You answer questions about the coast in '
    'full sentences."},{"role":"user","content":"Question %d. %s"}]}'
)
SAY = (
    '{"id":"c","object":"chat.completion","model":"bench","choices":[{"index":0,"message":{"role":"assistant","content":'
    '"%s"},"finish_reason":"stop"}],"usage":{"prompt_tokens":190,"completion_tokens":240,"total_tokens":430}}'
)
WORDS = [
    "tide", "harbour", "pilot", "ebb", "shoal", "mole", "buoy", "fathom", "lantern", "ferry", "gale", "rudder", "chart",
    "anchor", "keel", "estuary", "marsh", "cliff", "gannet", "plover", "slack", "neap", "spring", "swell", "breaker",
    "jetty", "wharf", "dredge", "silt", "beacon",
]  # fmt: skip


def _text(number: int, words: int) -> str:
    return " ".join(WORDS[(number * 7 + i * (1 + number % 5)) % len(WORDS)] for i in range(words))


def _entry(number: int) -> Entry:
    key = number % 500
    return Entry(
        id=f"x{number}", at=1764000000.0 + number * 0.05, took=0.5, surface="openai.chat", model="bench",
        subjects=(
            ("user", f"u{key}"), ("key", f"k{key}"), ("account", f"a{key % 50}"), ("network", f"10.0.{key % 40}.0/24"),
        ),
        status=200, request=(ASK % (number, _text(number, 130))).encode(),
        response=(SAY % _text(number + 3, 220)).encode(), response_type="application/json", response_bytes=1600,
    )  # fmt: skip


BALANCED = Path(__file__).parents[2] / "deploy" / "policies" / "balanced.yaml"


def observations_per_core_second(policy: Path = BALANCED) -> float:
    """Fold a journal of exchanges with four subjects each; return observations per CPU second of this process."""
    with tempfile.TemporaryDirectory() as folder:
        config = Config.model_validate({
            "data": folder, "routes": [{"upstream": "http://127.0.0.1:1"}],
            "policies": str(policy)})  # fmt: skip
        journal = SqliteJournal(Path(folder), capacity=1 << 30)
        for first in range(0, EXCHANGES, 500):
            journal.append([_entry(n) for n in range(first, first + 500)])
        analyst = build(config)
        spare_collector()
        started, folded = time.process_time(), 0
        while step := analyst.step():
            folded += step
        return 2 * folded / (time.process_time() - started)
