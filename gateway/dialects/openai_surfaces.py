"""OpenAI's endpoints: which path is which surface. Azure's two forms of them count as the same."""

import re

import msgspec

from gateway.exchange import Surface

_DEPLOYMENT = re.compile(r"/openai/deployments/(?P<model>[^/]+)(?P<tail>/.+)")
_ROOTS = ("/openai/v1/", "/v1/")


def _row(methods: str, pattern: str, name: str, *, generates: bool) -> tuple[set[str], re.Pattern[str], Surface]:
    return set(methods.split()), re.compile(pattern), Surface(name, "openai", generates=generates)


_TABLE = (
    _row("POST", "/chat/completions", "openai.chat", generates=True),
    _row("POST", "/completions", "openai.completions", generates=True),
    _row("POST", "/responses", "openai.responses", generates=True),
    _row("POST", "/embeddings", "openai.embeddings", generates=True),
    # what was stored can be fetched again: an answer like the first
    _row("GET", "/chat/completions(/[^/]+)?", "openai.chat.stored", generates=True),
    _row("GET POST DELETE", "/chat/completions/[^/]+(/messages)?", "openai.chat.stored", generates=False),
    _row("GET", "/responses/[^/]+", "openai.responses.stored", generates=True),
    _row("GET POST DELETE", "/responses/[^/]+(/input_items|/cancel)?", "openai.responses.stored", generates=False),
    _row("GET DELETE", "/models(/.+)?", "openai.models", generates=False),
    _row("POST", "/images/.+", "openai.images", generates=False),
    _row("GET POST DELETE", "/audio/.+", "openai.audio", generates=False),
    _row("GET POST", "/batches(/.+)?", "openai.batches", generates=False),
    _row("GET POST DELETE", "/files(/.+)?", "openai.files", generates=False),
    _row("POST", "/moderations", "openai.moderations", generates=False),
    _row("GET POST", "/realtime(/.+)?", "openai.realtime", generates=False),
)


def surface(method: str, path: str) -> Surface | None:
    """Return the surface behind a path, or None if OpenAI has none there."""
    model, tail = _tail(path)
    for methods, pattern, found in _TABLE:
        if method in methods and pattern.fullmatch(tail):
            return msgspec.structs.replace(found, model=model) if model else found
    return None


def _tail(path: str) -> tuple[str, str]:
    """Return the model that an Azure path names, and the path below the version."""
    match = _DEPLOYMENT.fullmatch(path)
    if match:
        return match["model"], match["tail"]
    root = next((root for root in _ROOTS if path.startswith(root)), None)
    return "", path[len(root) - 1 :] if root else ""
