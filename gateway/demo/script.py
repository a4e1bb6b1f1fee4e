"""How a test tells the simulated model to misbehave: the request header ``x-model-script``.

Words are parted by ``;``: ``status=500``, ``retry-after=2`` (with a status), ``slow-head=0.5`` and
``slow-piece=0.01`` (seconds), ``cut-after=3`` (pieces, then the connection dies), ``error-after=3`` (pieces, then the
error that this surface sends mid-stream), ``gzip``, ``refuse``, ``tokens=200`` (how long the answer is).
"""

import msgspec

HEADER = "x-model-script"


class Script(msgspec.Struct, frozen=True, kw_only=True):
    """What to do instead of a plain answer. -1: never."""

    status: int = 200
    retry_after: str = ""  # as it goes into the header
    slow_head: float = 0.0  # seconds before the first byte
    slow_piece: float = 0.0  # seconds between pieces
    cut_after: int = -1  # pieces
    error_after: int = -1  # pieces
    gzip: bool = False
    refuse: bool = False
    tokens: int = 0  # of one answer; 0: as the prompt asks


def read_script(text: str) -> Script:
    """Read the header; words that nobody knows raise ValueError, so that no test passes by a misspelling."""
    given: dict[str, str | bool] = {}
    for word in filter(None, (part.strip() for part in text.split(";"))):
        name, equals, value = word.partition("=")
        given[name.replace("-", "_")] = value if equals else True
    if unknown := set(given) - set(Script.__struct_fields__):
        raise ValueError(f"nobody knows the word {min(unknown)!r}")
    return msgspec.convert(given, Script, strict=False)
