"""What is counted, by Prometheus's own library.

With several workers it keeps the values in files of a folder, which the supervisor makes; each worker then adds up the
files of all.
"""

from __future__ import annotations

import os
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from postfuze_mock.http.metrics import FOLDER_VARIABLE

#: Seconds: calls take from a tenth of a millisecond, in memory, to as long as a fault holds them.
_BUCKETS: Final = (0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

disable_created_metrics()  # type: ignore[no-untyped-call]  # a series that no one asks for beside each counter


class Instruments:
    """The counters of this process, and the gauges that it sets. A gauge that has no `pid` is a sum over the
    workers."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = self._counter(
            "requests", "Requests, by operation and status of the response.", "operation", "status"
        )
        self.durations = Histogram(
            "postfuze_mock_request_duration_seconds",
            "Time from the head of a request to the end of its response, by operation.",
            ["operation"],
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self.deliveries = self._counter("deliveries", "Attempts to deliver an event, by outcome.", "outcome")
        self.dropped = self._counter("journal_dropped", "Calls that the journal lost, because too many came at once.")
        self.connections = self._gauge("connections", "Open connections of clients.")
        self.pool = self._gauge("pool_connections", "Connections to the database, by what they do.", "state")
        self.waiting = self._gauge("pool_waiting", "Calls that wait for a connection to the database.")
        self.memory = self._gauge("resident_memory_bytes", "Memory of a process.", mode="liveall")

    @property
    def collector(self) -> Collector:
        """What collects the values of all workers."""
        if FOLDER_VARIABLE in os.environ:
            return MultiProcessCollector(None)  # type: ignore[no-untyped-call]
        return self._registry

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"postfuze_mock_{name}", text, labels, registry=self._registry)

    def _gauge(self, name: str, text: str, *labels: str, mode: str = "livesum") -> Gauge:
        return Gauge(f"postfuze_mock_{name}", text, labels, registry=self._registry, multiprocess_mode=mode)  # type: ignore[arg-type]
