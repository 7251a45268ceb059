"""The health check of the server, and metrics of it and of fetching rounds in Prometheus format."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from copydesk import background
from copydesk.newsroom.reports import RoundStatus
from copydesk.serve._clients import has_token, is_from_here
from copydesk.serve._connections import Connections

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_ROUND_BUCKETS = (0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800)
_REQUEST_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5)


class Metrics:
    """Prometheus counts of answered HTTP requests and of finished fetching rounds."""

    def __init__(
        self, connections: Connections, read_status: Callable[[], RoundStatus | None]
    ) -> None:
        self._read_status = read_status
        self._last_round: tuple[int, datetime] | None = None
        self._registry = registry = CollectorRegistry()
        registry.register(_ConnectionCounts(connections))
        self._requests = Counter(
            "copydesk_requests", "HTTP requests answered.", ["class"], registry=registry
        )
        self._request_seconds = Histogram(
            "copydesk_request_seconds",
            "Seconds from an HTTP request to the end of its response.",
            buckets=_REQUEST_BUCKETS,
            registry=registry,
        )
        self._rounds = Counter("copydesk_rounds", "Finished runs.", ["result"], registry=registry)
        self._round_seconds = Histogram(
            "copydesk_round_seconds",
            "Duration of a run in seconds.",
            buckets=_ROUND_BUCKETS,
            registry=registry,
        )
        self._stories = Counter(
            "copydesk_stories", "Stories handled by runs, by result.", ["fate"], registry=registry
        )
        self._failures = Counter("copydesk_failures", "Failures during runs.", registry=registry)
        self._note_known_round()

    def note_request(self, status: int, seconds: float) -> None:
        """Count one answered request."""
        self._requests.labels(f"{status // 100}xx").inc()
        self._request_seconds.observe(seconds)

    def look_at_round(self) -> None:
        """Count the last fetching round if it has ended and is not counted yet."""
        status = self._read_status()
        if status is None or not status.is_over or self._last_round == (status.pid, status.began):
            return
        self._last_round = status.pid, status.began
        self._rounds.labels("complete" if status.complete else "incomplete").inc()
        self._round_seconds.observe(status.seconds)
        for fate in ("filed", "updated", "held", "dropped"):
            self._stories.labels(fate).inc(getattr(status, fate))
        self._failures.inc(status.failed)

    def write(self) -> bytes:
        """Return all metrics in the Prometheus text format, as bytes."""
        self.look_at_round()
        return generate_latest(self._registry)

    def _note_known_round(self) -> None:
        """Mark the last fetching round as counted if it ended before this server started."""
        status = self._read_status()
        if status is not None and status.is_over:
            self._last_round = status.pid, status.began


class _ConnectionCounts(Collector):
    """Reports the numbers of open, refused and displaced connections to Prometheus."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def collect(self) -> Iterator[Metric]:
        """Yield the connection metrics."""
        held = GaugeMetricFamily("copydesk_connections", "Open connections.")
        held.add_metric([], len(self._connections))
        yield held
        lost = CounterMetricFamily(
            "copydesk_connections_lost",
            "Connections refused or closed because of limits.",
            labels=["how"],
        )
        lost.add_metric(["refused"], self._connections.refused)
        lost.add_metric(["gave way"], self._connections.gave_way)
        yield lost


_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def health_route() -> Route:
    """Return the route `/health`, which answers anybody with 200 while this process runs."""

    async def tell_health(_: Request) -> Response:
        return PlainTextResponse("ok\n", headers=_HEADERS)

    return Route("/health", tell_health, methods=["GET"])


def metrics_route(metrics: Metrics, service: background.NewsroomService) -> Route:
    """Return the route `/metrics`: for this machine or requests with the token, 404 for others."""

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
