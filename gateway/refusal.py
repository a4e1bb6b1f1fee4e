"""A refusal on its way to the client: raised anywhere before the answer has begun, spoken once in its dialect."""

from collections.abc import Sequence

from gateway.actions.base import STATUS, RefusalKind, Refuse
from gateway.dialects.base import Reply

REQUEST_TIMEOUT = 408  # a client that stopped in the middle; SDKs try again, and so they should
UNKNOWN_ROUTE = 404

# closed vocabulary of gateway.metrics.ERROR_TYPES
ERROR_OF: dict[RefusalKind, str] = {
    "throttled": "policy_throttled",
    "denied": "policy_denied",
    "unverified": "policy_unverified",
    "too_large": "caller_too_large",
    "headers_too_large": "caller_too_large",
    "malformed": "caller_malformed",
    "unsupported": "caller_unsupported",
    "model_unreachable": "provider_unreachable",
    "model_timeout": "provider_timeout",
    "overloaded": "guard_overloaded",
}
_EXPOSED = b"stillguard-decision-id, stillguard-verify, retry-after, x-request-id"


class Refused(Exception):  # noqa: N818 - not an error of ours: it is what the client is told
    """The exchange ends here with an answer of the gateway's own.

    Attributes:
        refuse: what the dialect makes an answer of.
        status: HTTP status, where the kind's own does not fit; 0 leaves it to the dialect.
        error_type: what is counted.
    """

    def __init__(self, refuse: Refuse, status: int = 0, error_type: str = "") -> None:
        super().__init__(refuse.kind)
        self.refuse = refuse
        self.status = status
        self.error_type = error_type or ERROR_OF[refuse.kind]

    @property
    def code(self) -> int:
        """The status that the client gets."""
        return self.status or STATUS[self.refuse.kind]


def refused(kind: RefusalKind, message: str, status: int = 0) -> Refused:
    """Return a refusal that no decision stands behind."""
    return Refused(Refuse(kind=kind, message=message), status)


def complete(reply: Reply, refusal: Refused, request_id: str, origin: bytes) -> tuple[int, list[tuple[bytes, bytes]]]:
    """Return status and headers of a dialect's reply with what every refusal carries, whatever the dialect.

    Raises ValueError if a header would break the head apart: configuration is no reason to split an answer.
    """
    headers = [pair for pair in reply.headers if pair[0].lower() != b"content-length"]
    names = {name.lower() for name, _ in headers}
    if b"x-request-id" not in names:
        headers.append((b"x-request-id", request_id.encode()))
    if refusal.refuse.decision and b"stillguard-decision-id" not in names:
        headers.append((b"stillguard-decision-id", refusal.refuse.decision.encode()))
    headers += _cross_origin(origin) if origin else ()
    headers.append((b"content-length", b"%d" % len(reply.body)))
    for name, value in headers:
        if b"\r" in name + value or b"\n" in name + value or b"\0" in name + value:
            raise ValueError("a header of a refusal holds a line break")
    return refusal.status or reply.status, headers


def _cross_origin(origin: bytes) -> Sequence[tuple[bytes, bytes]]:
    """Let a browser's script read the refusal: it could not tell it from a network fault otherwise."""
    return (
        (b"access-control-allow-origin", origin),
        (b"access-control-expose-headers", _EXPOSED),
        (b"vary", b"origin"),
    )
