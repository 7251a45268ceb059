"""Tell whether the server is well, and its metrics in Prometheus format.

/health         this process answers; for anybody
/health/ready   the site can be served; for anybody
/health/full    what is wrong with the newsroom } for this machine, and for whoever
/metrics        numbers of the newsroom         } has the metrics token
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import UTC, datetime

import msgspec
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from copydesk.background import Figures, NewsroomService, examine
from copydesk.errors import CopydeskError
from copydesk.newsroom.checks import Finding, explain
from copydesk.newsroom.reports import RoundStatus
from copydesk.serve._clients import Connections, has_token, is_from_here
from copydesk.serve._site import NO_STORE, Site

_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_ROUND_BUCKETS = (0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800)
_REQUEST_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5)


_KEPT_SECONDS = 30.0  # numbers of the newsroom are counted again after this time


class Metrics:
    """Prometheus counts of answered HTTP requests and of finished fetching rounds.

    `read_figures` counts what the newsroom has; it reads the disk.
    """

    def __init__(
        self,
        connections: Connections,
        read_status: Callable[[], RoundStatus | None],
        read_figures: Callable[[], Figures] | None = None,
    ) -> None:
        self._read_status = read_status
        self._lock = threading.Lock()
        self._last_round: tuple[int, datetime] | None = None
        self._registry = registry = CollectorRegistry()
        registry.register(_ConnectionCounts(connections))
        if read_figures is not None:
            registry.register(_NewsroomFigures(read_figures))
        self._requests = Counter(
            "copydesk_requests", "HTTP responses.", ["class"], registry=registry
        )
        self._previews = Counter(
            "copydesk_previews",
            "Pages of stories and newsletter issues fetched for link previews, by network.",
            ["network"],
            registry=registry,
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

    def note_preview(self, network: str) -> None:
        """Count a page that a network fetched to show a preview of a link."""
        self._previews.labels(network).inc()

    def look_at_round(self) -> None:
        """Count the last fetching round if it has ended and is not counted yet."""
        status = self._read_status()
        if status is None or not status.is_over:
            return
        with self._lock:
            if self._last_round == (status.pid, status.began):
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


class _NewsroomFigures(Collector):
    """Reports the numbers of the newsroom to Prometheus; none if its stores cannot be read."""

    def __init__(self, read_figures: Callable[[], Figures]) -> None:
        self._read_figures = read_figures
        self._kept: tuple[float, Figures] | None = None

    def describe(self) -> Iterator[Metric]:
        """Yield nothing, so that the newsroom is not read before it is asked for."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Yield the newsroom's metrics."""
        if self._kept is None or time.monotonic() - self._kept[0] > _KEPT_SECONDS:
            try:
                self._kept = time.monotonic(), self._read_figures()
            except (CopydeskError, OSError):
                return
        figures, now = self._kept[1], datetime.now(UTC)
        times = {
            "copydesk_last_round_age_seconds": ("Time since the last run began.", figures.round),
            "copydesk_backup_age_seconds": ("Age of the newest verified backup.", figures.backup),
        }
        for name, (about, moment) in times.items():
            if moment is not None:
                yield GaugeMetricFamily(name, about, (now - moment).total_seconds())
        yield _count("copydesk_sources", "Sources by health.", "state", figures.sources)
        yield _count(
            "copydesk_stories_by_standing", "Stories by status.", "standing", figures.stories
        )
        about = "Messages of the last 100 newsletter issues, by delivery state."
        yield _count("copydesk_deliveries", about, "state", figures.deliveries)


def _count(name: str, about: str, label: str, counts: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(name, about, labels=[label])
    for value, count in counts.items():
        family.add_metric([value], count)
    return family


def health_route() -> Route:
    """Return the route `/health`, which answers anybody with 200 while this process runs."""

    async def tell_health(_: Request) -> Response:
        return PlainTextResponse("ok\n", headers=NO_STORE)

    return Route("/health", tell_health, methods=["GET"])


def ready_route(site: Site) -> Route:
    """Return the route `/health/ready`: 200 if the site's front page can be served, else 503."""

    async def tell_ready(_: Request) -> Response:
        if await asyncio.to_thread(site.has_front_page):
            return PlainTextResponse("ready\n", headers=NO_STORE)
        return PlainTextResponse("no site was built yet, or it cannot be read\n", 503, NO_STORE)

    return Route("/health/ready", tell_ready, methods=["GET"])


def full_route(service: NewsroomService) -> Route:
    """Return the route `/health/full`: what is wrong with the newsroom; 503 if one is a fault.

    It answers this machine and requests with the token, others get 404.
    """
    kept: tuple[float, Response] | None = None

    async def tell_all(_: Request) -> Response:
        nonlocal kept
        if kept is None or time.monotonic() - kept[0] > _KEPT_SECONDS:
            found = await asyncio.to_thread(_find_alarms, service)
            is_well = all(one.state != "fault" for one in found)
            said = {"state": "ok" if is_well else "alarm", "findings": found}
            headers = {**NO_STORE, "Content-Type": "application/json"}
            answer = Response(msgspec.json.encode(said), 200 if is_well else 503, headers)
            kept = time.monotonic(), answer
        return kept[1]

    return Route("/health/full", _for_owners(service, tell_all), methods=["GET"])


def _find_alarms(service: NewsroomService) -> list[Finding]:
    """Return the urgent problems of the newsroom; no network is asked."""
    try:
        with service.open() as newsroom:
            return examine(newsroom, only_alarms=True)
    except (CopydeskError, OSError) as error:
        return [explain("stores", error)]


def metrics_route(metrics: Metrics, service: NewsroomService) -> Route:
    """Return the route `/metrics`: for this machine or requests with the token, 404 for others."""

    async def tell_metrics(_: Request) -> Response:
        written = await asyncio.to_thread(metrics.write)
        return Response(written, headers={**NO_STORE, "Content-Type": _CONTENT_TYPE})

    return Route("/metrics", _for_owners(service, tell_metrics), methods=["GET"])


Answer = Callable[[Request], Awaitable[Response]]


def _for_owners(service: NewsroomService, answer: Answer) -> Answer:
    """Return a function that answers this machine and requests with the token, 404 for others."""

    async def answer_owners(request: Request) -> Response:
        settings = service.settings
        public_url, desk_host = settings.serve.public_url, settings.desk.host
        if is_from_here(request.scope, public_url, desk_host) or has_token(
            request.scope, settings.metrics_token
        ):
            return await answer(request)
        return PlainTextResponse("not found\n", 404, headers=NO_STORE)

    return answer_owners
