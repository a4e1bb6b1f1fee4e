"""One exchange with the model, in no provider's dialect: these hold text, and live only on the way."""

from typing import TypeAlias

import msgspec


class Surface(msgspec.Struct, frozen=True, gc=False):
    """One kind of endpoint of one dialect.

    Attributes:
        name: metric label and journal key, for example ``openai.chat``; ``opaque`` for a path nobody knows.
        dialect: name of the dialect that reads and writes it.
        model: the model where the path names it (Gemini); else empty.
        generates: True if answers of this surface carry model output worth weighing.
        streams: True if this path always answers with a stream (Gemini ``streamGenerateContent``).
    """

    name: str
    dialect: str
    model: str = ""
    generates: bool = True
    streams: bool = False


class Glance(msgspec.Struct, frozen=True, gc=False):
    """All that the proxy must know of a query before it is forwarded; no text.

    A body that cannot be read gives ``Glance()``: the model itself says what is wrong with it.
    """

    model: str = ""
    stream: bool = False
    user: str = ""  # self-declared end user: untrusted
    samples: int = 1  # answers asked for
    max_tokens: int = 0  # 0: not set
    body_bytes: int = 0


class Usage(msgspec.Struct, frozen=True, gc=False):
    """Tokens billed for one exchange, as the model counted them (0: it did not say)."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0


class Turn(msgspec.Struct, frozen=True, gc=False):
    """One message: ``role`` is system, user, assistant or tool."""

    role: str
    text: str


class Query(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One question to the model."""

    model: str = ""
    system: str = ""  # system prompt, developer message, instructions
    turns: tuple[Turn, ...] = ()  # oldest first, without the system prompt
    max_tokens: int = 0
    samples: int = 1
    logprobs: int = 0  # alternatives per token; 0 none, 1 only the chosen token
    logit_bias: int = 0  # entries
    temperature: float = -1.0  # -1: not set
    tools: int = 0
    tool_results: int = 0  # in the newest turns, after the last assistant turn
    images: int = 0
    stream: bool = False
    asks_reasoning: bool = False  # by parameter: thinking, reasoning summary, includeThoughts
    reasoning_blobs: tuple[bytes, ...] = ()  # digests of encrypted reasoning or signatures handed back
    shape: str = ""  # names of the body's members, in the client's order


class Answer(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the model said."""

    text: str = ""  # all choices, joined by newlines
    reasoning: str = ""  # reasoning shown in clear
    refusal: str = ""
    finish: str = ""  # stop, length, tool_calls, refusal, error or empty
    choices: int = 0
    tool_calls: int = 0
    logprobs: bool = False
    usage: Usage = Usage()
    error: str = ""  # the model's own error, also mid-stream
    reasoning_blobs: tuple[bytes, ...] = ()  # digests of encrypted reasoning or signatures served
    ended: bool = False  # the wire said that the answer is whole


class Entry(msgspec.Struct, frozen=True, array_like=True, kw_only=True, gc=False):
    """One exchange on its way to the analysts: the only record that holds text, dropped once folded.

    One entry an exchange, written when it is settled, and not one at admission and one at the end: a key
    that the model refuses (401) then never reaches a case, and nothing has to be paired again after a crash.
    """

    id: str  # exchange id, unique for ever: folding it twice has no effect
    at: float  # arrival, seconds since the epoch
    took: float  # seconds from arrival to the last byte
    surface: str
    model: str
    subjects: tuple[tuple[str, str], ...]  # (scope, value), values already keyed hashes where secret
    status: int  # as the client got it
    request: bytes  # body as sent
    request_encoding: str = ""
    response: bytes = b""  # body as received from the model, up to the capture limit
    response_type: str = ""
    response_encoding: str = ""
    response_bytes: int = 0  # received in all
    truncated: bool = False  # response holds less than was received
    complete: bool = True  # the last byte reached the client
    decision: str = ""  # id of the standing decision that applied
    client: str = ""  # the client's software as its headers tell, a keyed hash
    tls: str = ""  # its TLS as a trusted proxy tells, a keyed hash
    asn: int = 0  # the client's autonomous system; 0 unknown


Exchange: TypeAlias = tuple[Query, Answer, Entry]
"""A question as it was read, what the model said, and the entry that both were read from."""
