"""What a sample is: one exchange as the wire has it, and what the dialect must make of it."""

import msgspec

from gateway.exchange import Answer, Glance, Query


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """One exchange, written by hand.

    Attributes:
        name: what it shows, in a word or three; unique within the dialect.
        surface: expected ``Surface.name``.
        dialect: expected ``Surface.dialect``.
        path: without the query string.
        request: body as a client sends it.
        response: body as the model sends it.
        content_type: of the response.
        glance: expected, ``body_bytes`` left at 0 (the suite fills it in).
        query: expected.
        answer: expected.
        hidden: texts in the response that must be gone after a full trimming (log-probabilities, reasoning, blobs).
        trimmed_request: texts in the request that must be gone after a full trimming.
        ending: the last bytes of a stream, which a trimming must keep.
        generates: whether the surface carries model output worth weighing.
    """

    name: str
    surface: str
    dialect: str
    path: str
    method: str = "POST"
    headers: tuple[tuple[bytes, bytes], ...] = ()
    request: bytes = b""
    response: bytes = b""
    content_type: str = "application/json"
    glance: Glance = Glance()
    query: Query = Query()
    answer: Answer = Answer()
    hidden: tuple[bytes, ...] = ()
    trimmed_request: tuple[bytes, ...] = ()
    ending: bytes = b""
    generates: bool = True
