"""Metrics pushed once, by OTLP over HTTP. Source: https://opentelemetry.io/docs/specs/otlp/."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from urllib.parse import urlsplit

import requests
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk.metrics import export as otel
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from ci_tokengate import __version__
from ci_tokengate.core.metrics.values import Metric
from ci_tokengate.errors import UndecidedError, UsageError

_PATH = "/v1/metrics"
_NAME = "ci-tokengate"


def send(metrics: Sequence[Metric], endpoint: str, *, at: datetime, seconds: float) -> str:
    """To that collector's address, of which is said where it went. `at` is what the figures are of.

    Headers, certificates and compression are taken from OpenTelemetry's own variables
    (`OTEL_EXPORTER_OTLP_HEADERS` and so on). Raises UsageError for what is no address, and
    UndecidedError where the collector did not take them within `seconds`.
    """
    url = metrics_url(endpoint)
    statuses: list[int] = []
    with requests.Session() as session, _quiet():
        session.max_redirects = 0  # headers may hold a token: it goes nowhere else
        session.hooks["response"].append(
            lambda answer, *_a, **_k: statuses.append(answer.status_code)
        )
        exporter = OTLPMetricExporter(endpoint=url, timeout=seconds, session=session)
        result = exporter.export(_data(metrics, at))
        exporter.shutdown()
    if result is not otel.MetricExportResult.SUCCESS:
        why = f"HTTP {statuses[-1]}" if statuses else "no answer"
        raise UndecidedError(
            f"The collector at {_shown(url)} did not take the metrics ({why}).",
            hint="Is it an OTLP receiver for HTTP, and are OTEL_EXPORTER_OTLP_HEADERS right?",
        )
    return _shown(url)


def metrics_url(endpoint: str) -> str:
    """A bare address gets the path that OTLP gives it. Raises UsageError."""
    parts = urlsplit(endpoint.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError("--otlp is no http(s) address.", hint="Give it as http://collector:4318.")
    path = parts.path.rstrip("/")
    return parts._replace(path=path or _PATH).geturl()


def _shown(url: str) -> str:
    """Without a password or a token."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _data(metrics: Sequence[Metric], at: datetime) -> otel.MetricsData:
    moment = int(at.timestamp()) * 10**9
    found = [
        otel.Metric(
            name=metric.instrument.name,
            description=metric.instrument.help,
            unit=metric.instrument.unit,
            data=otel.Gauge(
                data_points=[
                    otel.NumberDataPoint(
                        attributes=dict(point.labels),
                        start_time_unix_nano=0,
                        time_unix_nano=moment,
                        value=float(point.value),
                    )
                    for point in metric.points
                ]
            ),
        )
        for metric in metrics
    ]
    scope = InstrumentationScope(_NAME, __version__)
    resource = Resource.create({"service.name": _NAME, "service.version": __version__})
    of_scope = otel.ScopeMetrics(scope=scope, metrics=found, schema_url="")
    whole = otel.ResourceMetrics(resource=resource, scope_metrics=[of_scope], schema_url="")
    return otel.MetricsData(resource_metrics=[whole])


@contextmanager
def _quiet() -> Iterator[None]:
    """What the library would log is told by our own error."""
    logger = logging.getLogger("opentelemetry")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(before)
