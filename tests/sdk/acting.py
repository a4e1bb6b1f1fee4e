"""What tests of the actions share, whatever the SDK."""

import json
from collections.abc import Callable, Iterable
from typing import Any
from urllib.request import Request, urlopen

SLOW = {"x-model-script": "slow-piece=0.02;tokens=400"}  # a stream that is still under way when a decision comes
SAID = {"name": "Acme", "contact": "a@example.org", "purpose": "Support chat"}


def attest(base: str, link: str, header: str, credential: str) -> str:
    """Follow a refusal's link with the credential that was refused, as a client's program would; return the state."""
    headers = {header: credential, "content-type": "application/json"}
    asked = Request(base + link, json.dumps(SAID).encode(), headers)  # noqa: S310 - our own address
    with urlopen(asked, timeout=10) as answer:  # noqa: S310 - the same
        return str(json.load(answer)["state"])


def deciding(stream: Iterable[Any], decide: Callable[[], object]) -> int:
    """Hear a whole stream, and decide after its first piece; return the number of pieces."""
    pieces = 0
    for _ in stream:
        if not pieces:
            decide()
        pieces += 1
    return pieces
