"""A simulated exchange reads as the gateway would have read it."""

from detectors.lab import benign
from detectors.lab.traffic import Client
from gateway.rehearsal import exchange


def test_an_exchange_reads_as_the_gateway_would_have_read_it() -> None:
    asked = Client("agent", "own", 2000, *benign.KINDS["agent"]).exchanges()[5]
    query, answer, entry = exchange(asked)
    assert (query.system, query.tools, len(query.turns)) == (asked.system, asked.tools, len(asked.turns))
    assert (len(answer.text), answer.usage.completion_tokens) == (asked.answer_chars, asked.answer_tokens)
    assert (entry.at, entry.took, entry.status) == (asked.at, asked.took, 200)
