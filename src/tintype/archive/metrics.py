"""Metrics of a run for Prometheus, while it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tintype.archive.tally import Tally
from tintype.errors import MissingExtra, SettingsError

if TYPE_CHECKING:
    from prometheus_client.core import Metric


class Collector:
    """Tells a tally as it is when it is asked."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics; see `prometheus_client.registry.Collector`."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        tally = self._tally
        done = CounterMetricFamily(
            "tintype_photographs", "Photographs finished in this run.", labels=["status"]
        )
        for status, count in list(tally.statuses.items()):
            done.add_metric([status], count)
        failed = CounterMetricFamily(
            "tintype_failures", "Failures, by the class of the error.", labels=["cause"]
        )
        for cause, count in list(tally.causes.items()):
            failed.add_metric([cause], count)
        yield from (done, failed)
        yield CounterMetricFamily("tintype_work_seconds", "Seconds that workers spent.", value=tally.work)
        yield GaugeMetricFamily("tintype_listed", "Photographs found so far.", value=tally.listed)
        yield GaugeMetricFamily("tintype_done", "Photographs done, in earlier runs too.", value=tally.done)
        yield GaugeMetricFamily("tintype_rate", "Photographs a second, in this run.", value=tally.rate)
        yield GaugeMetricFamily("tintype_seconds_left", "Seconds left at this rate.", value=tally.left)


@contextmanager
def served(tally: Tally, address: str) -> Iterator[int]:
    """Serve a run's metrics as long as the context lasts; give the port.

    Parameters
    ----------
    tally : Tally
    address : str
        ``PORT``, heard on this computer alone, or ``ADDRESS:PORT``.

    Raises
    ------
    MissingExtra, SettingsError
    """
    try:
        import prometheus_client
    except ImportError as error:
        raise MissingExtra("archive", package="prometheus-client", purpose="--metrics") from error
    host, _, port = address.rpartition(":")
    if not port.isdecimal() or not 0 <= int(port) <= 65535:
        msg = f"--metrics {address}: {port!r} is no port; give PORT or ADDRESS:PORT, like 9464"
        raise SettingsError(msg)
    registry: Any = prometheus_client.CollectorRegistry()
    registry.register(Collector(tally))
    try:
        server, thread = prometheus_client.start_http_server(int(port), host or "127.0.0.1", registry)
    except OSError as error:
        msg = f"--metrics {address}: can't listen there: {getattr(error, 'strerror', None) or error}"
        raise SettingsError(msg) from error
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
