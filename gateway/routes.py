"""Which queries go to which upstream: the first route that matches wins."""

import re
from collections.abc import Sequence
from fnmatch import translate
from typing import NamedTuple

from gateway.config import Route
from gateway.upstream import Upstream


class _Rule(NamedTuple):
    prefixes: tuple[str, ...]  # without the trailing slash; none matches all
    models: re.Pattern[str] | None  # None matches all
    upstream: Upstream
    name: str

    def matches(self, path: str, model: str) -> bool:
        if self.prefixes and not any(under(prefix, path) for prefix in self.prefixes):
            return False
        return self.models is None or self.models.match(model) is not None


def under(prefix: str, path: str) -> bool:
    """Whether a path lies under a prefix, at a segment's boundary: ``/v1`` holds ``/v1/x``, not ``/v10``."""
    return path.startswith(prefix) and (len(path) == len(prefix) or path[len(prefix)] == "/" or not prefix)


class Routes:
    """Routes of a configuration, each with its upstream and that one's connections."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._rules = tuple(_rule(route) for route in routes)

    def find(self, path: str, model: str) -> Upstream | None:
        """Return the upstream of the first route for this path and model; None if there is none."""
        for rule in self._rules:
            if rule.matches(path, model):
                return rule.upstream
        return None

    def named(self, name: str) -> Upstream | None:
        """Return the upstream of the first route of this name; None if there is none."""
        return next((rule.upstream for rule in self._rules if rule.name == name), None)

    def close(self) -> None:
        """Close all idle connections."""
        for rule in self._rules:
            rule.upstream.close()


def _rule(route: Route) -> _Rule:
    every = "*" in route.models
    patterns = None if every else re.compile("|".join(translate(model) for model in route.models))
    prefixes = tuple(path.rstrip("/") for path in route.paths)
    return _Rule(prefixes if all(prefixes) else (), patterns, Upstream(route), route.name)
