"""Dialects of other packages: named in the configuration, asked before the shipped ones, kept from failing a relay.

What such a dialect cannot read is relayed like a path that nobody knows. One call may not fail quietly: where a
decision asks for a trimming and the dialect cannot do it, the exchange fails, for untrimmed it must not pass.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeVar

from gateway.actions.base import Refuse, Trimming
from gateway.dialects.base import Dialect, Reply, Rewriter
from gateway.dialects.known import SHIPPED, Dialects
from gateway.exchange import Answer, Glance, Query, Surface
from gateway.installed import Kind
from gateway.isolation.telling import NonsenseError, Tell, failed
from gateway.places import Slip
from gateway.plugins import PluginError, build
from gateway.slips import MisplacedError

T = TypeVar("T")
KIND: Final[Kind] = "dialect"
RESERVED: Final = {"opaque", *(dialect.name for dialect in SHIPPED)}


class Plugged:
    """Wraps one dialect.

    Args:
        inner: the dialect.
        name: as its entry point; the first part of its surfaces' names.
        speaks: the dialect that refuses where this one cannot.
        tell: told of each failure.
    """

    def __init__(self, inner: Any, name: str, speaks: Dialect, tell: Tell = failed) -> None:
        self._inner, self._speaks, self._tell = inner, speaks, tell
        self.name = name

    def __getattr__(self, name: str) -> Any:
        """Return what is the dialect's own."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._inner, name)

    def claims(self, method: str, path: str) -> Surface | None:
        """Return the surface behind a path; None if that failed, or the surface is not its own."""
        return self._guarded(None, lambda: self._own(self._inner.claims(method, path)))

    def glance(self, surface: Surface, body: bytes) -> Glance:
        """Read what the proxy needs; nothing if that failed."""
        return self._guarded(Glance(body_bytes=len(body)), lambda: _typed(self._inner.glance(surface, body), Glance))

    def read(self, surface: Surface, body: bytes) -> Query:
        """Read a query; nothing of it if that failed."""
        return self._guarded(Query(), lambda: _typed(self._inner.read(surface, body), Query))

    def hear(self, surface: Surface, content_type: str, body: bytes) -> Answer:
        """Read an answer; nothing of it if that failed."""
        return self._guarded(Answer(), lambda: _typed(self._inner.hear(surface, content_type, body), Answer))

    def write(self, surface: Surface, body: bytes, trimming: Trimming) -> bytes:
        """Return the body trimmed; raises if that failed."""
        return self._must(lambda: _typed(self._inner.write(surface, body, trimming), bytes))

    def rewriter(self, surface: Surface, content_type: str, trimming: Trimming) -> Rewriter | None:
        """Return what rewrites the answer; raises if there is none where there should be one."""
        found = self._must(lambda: self._inner.rewriter(surface, content_type, trimming))
        return None if found is None else _Rewriting(found, self._must)

    def refuse(self, refusal: Refuse, request_id: str) -> Reply:
        """Return the refusal; in the other dialect if that failed."""
        said = self._guarded(None, lambda: _a_refusal(self._inner.refuse(refusal, request_id)))
        return said or self._speaks.refuse(refusal, request_id)

    def interrupt(self, surface: Surface, refusal: Refuse, request_id: str) -> bytes:
        """Return the bytes that end a stream; none if that failed: the connection is cut all the same."""
        return self._guarded(b"", lambda: _typed(self._inner.interrupt(surface, refusal, request_id), bytes))

    def _own(self, surface: Any) -> Surface | None:
        if surface is None:
            return None
        if _typed(surface, Surface).dialect != self.name or surface.name.partition(".")[0] != self.name:
            raise NonsenseError(f"a surface called {surface.name} of dialect {surface.dialect}")
        return surface  # type: ignore[no-any-return]  # it is one, as the line above found

    def _guarded(self, fallback: T, call: Callable[[], T]) -> T:
        try:
            return call()
        except Exception as error:  # noqa: BLE001 - whatever another's code may raise
            self._tell(KIND, self.name, error)
            return fallback

    def _must(self, call: Callable[[], T]) -> T:
        try:
            return call()
        except Exception as error:
            self._tell(KIND, self.name, error)
            raise


class _Rewriting:
    """A rewriter whose failures are told; the exchange fails with them."""

    def __init__(self, inner: Rewriter, must: Callable[[Callable[[], Any]], Any]) -> None:
        self._inner, self._must = inner, must

    def feed(self, data: bytes) -> bytes:
        """Take what the model sent, return what the client gets now."""
        return self._must(lambda: _typed(self._inner.feed(data), bytes))  # type: ignore[no-any-return]  # typed within

    def finish(self) -> bytes:
        """Return what is still held back."""
        return self._must(lambda: _typed(self._inner.finish(), bytes))  # type: ignore[no-any-return]  # the same


def dialects_of(settings: Mapping[str, Mapping[str, Any]]) -> Dialects:
    """Return the shipped dialects and those of other packages that a configuration names, in its order.

    Raises:
        MisplacedError: all that is wrong, at places that count from the top of the configuration.
    """
    found: list[Dialect] = []
    slips: list[Slip] = []
    for name, parameters in settings.items():
        try:
            found.append(_made(name, parameters))
        except MisplacedError as error:
            slips += [slip._replace(loc=("dialects", name, *slip.loc)) for slip in error.slips]
        except PluginError as error:
            slips.append(Slip(("dialects", name), str(error)))
    if slips:
        raise MisplacedError(slips)
    return Dialects(before=found)


def sure_dialects(settings: Mapping[str, Mapping[str, Any]]) -> Dialects:
    """Return the same without those that have broken since the configuration was checked; each is told."""
    return Dialects(before=list(_sound(settings)))


def _sound(settings: Mapping[str, Mapping[str, Any]]) -> Iterator[Dialect]:
    for name, parameters in settings.items():
        try:
            yield _made(name, parameters)
        except (MisplacedError, PluginError) as error:
            failed(KIND, name, error)


def _made(name: str, parameters: Mapping[str, Any]) -> Dialect:
    if name in RESERVED:
        raise PluginError(f"dialect {name} is always there: name only those of other packages")
    return Plugged(build(KIND, name, parameters), name, SHIPPED[0])  # type: ignore[return-value]  # its name is no constant


def _typed(value: Any, kind: type[T]) -> T:
    if not isinstance(value, kind):
        raise NonsenseError(f"an answer is {type(value).__name__}, not {kind.__name__}")
    return value


def _a_refusal(reply: Any) -> Reply | None:
    sound = isinstance(_typed(reply, Reply).status, int) and 400 <= reply.status <= 599  # noqa: PLR2004 - HTTP's own
    if not (sound and isinstance(reply.body, bytes) and all(_a_header(line) for line in reply.headers)):
        raise NonsenseError("a refusal is no error of HTTP's")
    return reply  # type: ignore[no-any-return]  # it is one


def _a_header(line: Any) -> bool:
    name, value = line
    return isinstance(name, bytes) and isinstance(value, bytes) and not {13, 10} & {*name, *value}
