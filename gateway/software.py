"""What a client's software tells of itself: the names of its headers in their order, and its name and versions.

Two SDKs, two HTTP libraries or two scripts seldom write the same headers in the same order, and one script does so from
every account that it uses. What changes from one query to the next is left out, and what proxies add on the way.
"""

from collections.abc import Sequence
from typing import Final

LONGEST: Final = 1024  # bytes kept; a client may write any headers
_SAYING: Final = frozenset({
    b"user-agent", b"x-stainless-lang", b"x-stainless-package-version", b"x-stainless-os", b"x-stainless-arch",
    b"x-stainless-runtime", b"x-stainless-runtime-version", b"x-goog-api-client", b"anthropic-version",
})  # fmt: skip
_PASSING: Final = frozenset({
    b"content-length", b"transfer-encoding", b"cookie", b"idempotency-key", b"x-request-id", b"traceparent",
    b"tracestate", b"baggage", b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-port",
    b"x-forwarded-proto", b"x-real-ip", b"x-stainless-retry-count",
})  # fmt: skip


def told(headers: Sequence[tuple[bytes, bytes]]) -> bytes:
    r"""Return what headers (names in lower case) tell of the software that sent them; empty if nothing.

    Examples:
        >>> told([(b"host", b"a.example"), (b"content-length", b"812"), (b"user-agent", b"OpenAI/Python 3.54.0")])
        b'host\nuser-agent OpenAI/Python 3.54.0'

    """
    parts = [name + b" " + value if name in _SAYING else name for name, value in headers if name not in _PASSING]
    return b"\n".join(parts)[:LONGEST]
