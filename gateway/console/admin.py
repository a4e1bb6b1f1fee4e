"""The admin API: metrics, health, subjects and decisions to read, and a reload. It decides nothing."""

import contextlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from gateway import metrics
from gateway.decisions import Decision, Standing
from gateway.reasons import reasons
from gateway.stores.base import StoreError

_LIMIT = 1000  # most rows of one listing
NO_CANDIDATE = b'{"file":null}'


class Shown(Protocol):
    """What the admin API shows."""

    def subjects(self, limit: int) -> Sequence[Standing]:
        """Return the standings with most evidence and harvest first."""
        ...

    def decisions(self) -> Sequence[Decision]:
        """Return the decisions that stand, strictest first."""
        ...

    def campaigns(self) -> Sequence[dict[str, Any]]:
        """Return the campaigns and groups, those first on which a decision stands."""
        ...

    def campaign(self, name: str) -> dict[str, Any] | None:
        """Return one with its members; None if there is none of this id."""
        ...

    def measure(self) -> None:
        """Set the gauges that must be right even when no analyst lives to set them."""
        ...


def _explained(rows: Sequence[Decision] | Sequence[Standing]) -> list[dict[str, Any]]:
    """Return rows with a sentence for each reason, the strongest first."""
    return [{**msgspec.to_builtins(row), "reasons": reasons(row.evidence)} for row in rows]


def _json(value: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")


def create(
    shown: Shown, reload: Callable[[], None], version: str, candidate: Callable[[], bytes] = lambda: NO_CANDIDATE
) -> FastAPI:
    """Return the admin application.

    Args:
        shown: what the store holds.
        reload: asks for the policies to be read again.
        version: of the program.
        candidate: whom the candidate policy would treat otherwise, as JSON.
    """
    app = FastAPI(title="Stillguard admin", version=version, docs_url=None, redoc_url=None)

    @app.exception_handler(StoreError)
    def store_error(_request: Request, _fault: StoreError) -> Response:
        return JSONResponse({"title": "The store did not answer.", "status": 503}, 503, media_type=_PROBLEM)

    @app.get("/metrics")
    def read_metrics() -> Response:
        with contextlib.suppress(StoreError):  # the other series are as true as ever, and the failure is one of them
            shown.measure()
        return Response(metrics.exposition(), media_type=metrics.CONTENT_TYPE)

    @app.get("/livez")
    def live() -> Response:
        return Response("ok", media_type="text/plain")

    @app.get("/readyz")
    def ready() -> Response:
        # A degraded store must not take the guard out of service: traffic flows under the last decisions.
        return Response("ok", media_type="text/plain")

    @app.get("/subjects")
    def subjects(limit: int = 100) -> Response:
        return _json(_explained(shown.subjects(max(1, min(limit, _LIMIT)))))

    @app.get("/decisions")
    def decisions() -> Response:
        return _json(_explained(shown.decisions()))

    @app.post("/-/reload", status_code=202)
    def reload_policies() -> Response:
        reload()
        return Response("the policies are being read again\n", 202, media_type="text/plain")

    app.add_api_route("/campaigns", lambda: _json(shown.campaigns()))
    app.add_api_route("/campaigns/{name}", partial(_campaign, shown))
    app.add_api_route("/candidate", lambda: Response(candidate(), media_type="application/json"))
    return app


def _campaign(shown: Shown, name: str) -> Response:
    found = shown.campaign(name)
    return _json(found) if found else _json({"title": "There is no such campaign.", "status": 404}, 404)


_PROBLEM = "application/problem+json"
