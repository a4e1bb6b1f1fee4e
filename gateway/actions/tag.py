"""Tag: the model and the log are told who is looked at; the client is not, and its answer does not change.

A model server can then route, log or mark by itself. The header replaces one that the client sent under its name, and
does not come back with the answer.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from gateway.actions.base import Allowance, Charge, Forward, Refuse
from gateway.exchange import Glance, Usage

_HEADER = re.compile(r"[a-z][a-z0-9-]{0,63}\Z")
_VALUE = re.compile(r"[!-~]{1,64}\Z")
_TAKEN = frozenset({
    "host", "content-length", "content-type", "content-encoding", "transfer-encoding", "connection", "authorization",
    "accept-encoding", "cookie", "expect", "upgrade", "te", "trailer",
    "x-forwarded-for", "x-forwarded-proto", "x-request-id", "x-api-key", "x-goog-api-key", "api-key",
})  # fmt: skip


@dataclass(frozen=True)
class Tag:
    """Put a word on what goes to the model, and into the log.

    Attributes:
        tag: the word, up to 64 printable characters without spaces.
        header: the header that carries it to the model, in small letters.
    """

    name: ClassVar[str] = "tag"
    severity: ClassVar[int] = 1

    tag: str = "watched"
    header: str = "stillguard-tag"

    def __post_init__(self) -> None:
        if not _VALUE.match(self.tag):
            raise ValueError("tag: up to 64 printable ASCII characters, without spaces")
        if not _HEADER.match(self.header) or self.header in _TAKEN:
            raise ValueError("header: a header name of your own in small letters, for example stillguard-tag")

    def charges(self, glance: Glance) -> tuple[Charge, ...]:  # noqa: ARG002 - the contract's word
        """Return no charges."""
        return ()

    def admit(self, glance: Glance, allowances: Sequence[Allowance]) -> Forward | Refuse:  # noqa: ARG002 - the same
        """Forward, with the tag."""
        return Forward(tags=((self.header, self.tag),))

    def settle(self, glance: Glance, usage: Usage | None) -> tuple[Charge, ...]:  # noqa: ARG002 - the same
        """Return no corrections."""
        return ()
