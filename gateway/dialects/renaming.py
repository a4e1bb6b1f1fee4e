"""Another model's name in place of the one that a client asked by: in paths, where a dialect has it there."""

import re
from urllib.parse import quote

_LEFT = "/:@!$&'()*+,;=~-._"  # what stands in a path as it is


def renamed_path(path: str, model: str, other: str) -> bytes:
    """Return a path, percent-encoded, with a model's name replaced where it is a whole step of it.

    Args:
        path: percent-decoded.
        model: the name that the surface read from the path.
        other: the name to put there.
    """
    at = re.compile(rf"(?<=/){re.escape(model)}(?=[/:]|\Z)")
    found = list(at.finditer(path))
    if not found:
        return quote(path, safe=_LEFT).encode()
    last = found[-1]
    before, after = quote(path[: last.start()], safe=_LEFT), quote(path[last.end() :], safe=_LEFT)
    return f"{before}{quote(other, safe=_LEFT.replace('/', ''))}{after}".encode()
