"""The shape of a query: which members its body has, in the order in which the client wrote them."""

from typing import Final

import msgspec

MOST: Final = 48  # members; more are no API's
LONGEST: Final = 32  # characters of a name
_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def shape(body: bytes) -> str:
    """Return the names of a JSON object's members, cut to what a name can be; empty if it is none.

    >>> shape(b'{"model": "m", "messages": [], "stream": true}')
    'model messages stream'
    """
    try:
        names = list(_members(body))
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return ""
    return " ".join([name[:LONGEST] for name in names[:MOST]])
