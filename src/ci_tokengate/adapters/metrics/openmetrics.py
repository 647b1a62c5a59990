"""OpenMetrics text, which is also the older text format of Prometheus, as node_exporter reads it.

All are gauges: a month's figure begins again with the month, and a reading may correct it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.openmetrics.exposition import generate_latest
from prometheus_client.registry import Collector

from ci_tokengate.core.metrics.values import Metric


class _Collected(Collector):
    def __init__(self, metrics: Sequence[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for metric in self._metrics:
            made = metric.instrument
            names = list(metric.points[0].labels)
            labels = [name.replace(".", "_") for name in names]
            family = GaugeMetricFamily(
                made.text_name, made.help, labels=labels, unit=made.text_unit
            )
            for point in metric.points:
                family.add_metric([point.labels[name] for name in names], float(point.value))
            yield family


def openmetrics_text(metrics: Sequence[Metric]) -> bytes:
    """UTF-8, ending in `# EOF`. Values are floats there: what has to add up is in the ledger."""
    registry = CollectorRegistry()
    registry.register(_Collected(metrics))
    text: bytes = generate_latest(registry)
    return text
