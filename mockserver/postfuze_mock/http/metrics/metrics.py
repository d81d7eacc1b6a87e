"""`/metrics`: who may read it, and what it says besides what is counted: how the engine is, and what it holds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from postfuze_mock import __version__
from postfuze_mock.control.process import resident_memory
from postfuze_mock.http.metrics.instruments import Instruments
from postfuze_mock.http.metrics.stage import MetricsStage
from postfuze_mock.http.security import TOKEN_HEADER, check_token
from postfuze_mock.http.server.connections import open_connections
from postfuze_mock.problems import Problem
from postfuze_mock.settings import METRICS_PATH
from postfuze_mock.worlds.registry import Worlds

#: Seconds between two looks at this process, for what other workers are asked of it.
_PERIOD: Final = 1.0
_BEARER: Final = "bearer "


class Metrics:
    """The metrics of a server, and a service (`http/server/lifespan.py`) that keeps its gauges up to date. `token` is
    the control token, if there is one, which Prometheus may send as a bearer token."""

    def __init__(self, worlds: Worlds, token: bytes | None) -> None:
        self.worlds = worlds
        self.token = token
        self.instruments = Instruments()
        self._dropped = 0
        self._task: asyncio.Task[None] | None = None

    @property
    def stage(self) -> Callable[[ASGIApp], MetricsStage]:
        """What makes the stage that counts requests."""
        return partial(MetricsStage, instruments=self.instruments)

    @property
    def routes(self) -> list[BaseRoute]:
        """The route of /metrics."""
        return [Route(METRICS_PATH, self._respond)]

    async def start(self) -> None:
        """Start to look at this process, and to count its deliveries."""
        self.worlds.context.attempted.listen(lambda outcome: self.instruments.deliveries.labels(outcome).inc())
        self._task = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Stop both."""
        self.worlds.context.attempted.listen(None)
        if self._task is not None:
            self._task.cancel()

    async def _watch(self) -> None:
        while True:
            self._look()
            await asyncio.sleep(_PERIOD)

    def _look(self) -> None:
        to = self.instruments
        to.memory.set(resident_memory() or 0)
        to.connections.set(open_connections() or 0)
        pool = self.worlds.engine.pool
        if pool is not None:
            to.pool.labels("idle").set(pool.idle)
            to.pool.labels("busy").set(pool.size - pool.idle)
            to.waiting.set(pool.waiting)
        recorder = self.worlds.context.recorder
        if recorder is not None:
            to.dropped.inc(recorder.dropped - self._dropped)
            self._dropped = recorder.dropped

    async def _respond(self, request: Request) -> Response:
        if self.token is not None:
            check_token(_token(request), self.token)
        self._look()
        gauges = await self._engine()
        return Response(
            generate_latest(_Joined(self.instruments.collector, gauges)), media_type=CONTENT_TYPE_PLAIN_0_0_4
        )

    async def _engine(self) -> list[Metric]:
        """How the engine is; without what only it could tell, if it is away."""
        name = self.worlds.engine.name
        try:
            worlds, latency = await self.worlds.engine.run(lambda: (len(self.worlds), self.worlds.engine.latency()))
        except Problem:
            return [*_about(name), _gauge("engine_up", "Whether the database answers.", 0)]
        gauges = [
            _gauge("engine_up", "Whether the database answers.", 1),
            _gauge("worlds", "Worlds that are held.", worlds),
            _gauge("processes", "Processes that serve these worlds, on all machines.", self.worlds.processes),
        ]
        if latency is not None:
            gauges.append(_gauge("engine_latency_seconds", "Time of a trivial query just now.", latency))
        return [*_about(name), *gauges]


class _Joined(Collector):
    """What `collector` collects, and `gauges`."""

    def __init__(self, collector: Collector, gauges: list[Metric]) -> None:
        self.collector = collector
        self.gauges = gauges

    def collect(self) -> Iterator[Metric]:
        yield from self.collector.collect()
        yield from self.gauges


def _about(engine: str) -> list[Metric]:
    about = GaugeMetricFamily("postfuze_mock_info", "The server.", labels=["version", "engine"])
    about.add_metric([__version__, engine], 1)
    return [about]


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"postfuze_mock_{name}", text, value)


def _token(request: Request) -> bytes | None:
    """The control token that the request has: in its own header, or as a bearer token."""
    value, credentials = request.headers.get(TOKEN_HEADER), request.headers.get("authorization", "")
    if value is None and credentials.lower().startswith(_BEARER):
        value = credentials[len(_BEARER) :]
    return None if value is None else value.encode("latin-1")
