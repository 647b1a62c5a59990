"""How metrics leave. Both need the extra `metrics`, which is asked for only then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ci_tokengate.core.metrics.values import Metric
from ci_tokengate.errors import UsageError

_EXTRA = ("opentelemetry", "prometheus_client", "requests")


def as_text(metrics: Sequence[Metric]) -> bytes:
    try:
        from ci_tokengate.adapters.metrics.openmetrics import openmetrics_text
    except ModuleNotFoundError as error:
        raise _missing(error) from None
    return openmetrics_text(metrics)


def send(metrics: Sequence[Metric], endpoint: str, *, at: datetime, seconds: float) -> str:
    """Raises what `adapters.metrics.otlp.send` does."""
    try:
        from ci_tokengate.adapters.metrics.otlp import send as sent
    except ModuleNotFoundError as error:
        raise _missing(error) from None
    return sent(metrics, endpoint, at=at, seconds=seconds)


def _missing(error: ModuleNotFoundError) -> Exception:
    if (error.name or "").partition(".")[0] not in _EXTRA:
        return error
    return UsageError(
        "Metrics need packages that are not installed.",
        hint="Run: pip install 'ci-tokengate[metrics]'",
    )
