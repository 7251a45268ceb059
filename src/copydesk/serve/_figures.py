"""Figures: whether the server is well, and what it did, for the programs that watch it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from copydesk import engine
from copydesk.serve._asker import has_token, is_from_here
from copydesk.serve._metrics import CONTENT_TYPE, Metrics

_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def health_route() -> Route:
    """Make `/health`: 200 as long as this process answers; to anybody."""

    async def tell_health(_: Request) -> Response:
        return PlainTextResponse("ok\n", headers=_HEADERS)

    return Route("/health", tell_health, methods=["GET"])


def metrics_route(metrics: Metrics, service: engine.NewsroomService) -> Route:
    """Make `/metrics`: for who sits at this machine or brings the token; else it is not there."""

    async def tell_metrics(request: Request) -> Response:
        settings = service.settings
        public_url, desk_host = settings.serve.public_url, settings.desk.host
        is_known = is_from_here(request.scope, public_url, desk_host) or has_token(
            request.scope, settings.metrics_token
        )
        if not is_known:
            return PlainTextResponse("not found\n", 404, headers=_HEADERS)
        return Response(metrics.write(), headers={**_HEADERS, "Content-Type": CONTENT_TYPE})

    return Route("/metrics", tell_metrics, methods=["GET"])
