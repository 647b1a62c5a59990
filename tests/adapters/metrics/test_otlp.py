"""Metrics pushed to a collector."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timezone
from decimal import Decimal

import pytest

from ci_tokengate.adapters.metrics.otlp import metrics_url, send
from ci_tokengate.core.metrics import values as m
from ci_tokengate.errors import UndecidedError, UsageError
from tests.adapters.metrics.receiver import Receiver, receiving

AT = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)
LABELS = {"tokengate.team.name": "payments-squad", "tokengate.team.id": "pay"}
METRICS = (
    m.Metric(instrument=m.SPEND, points=(m.Point(labels=LABELS, value=Decimal("495.2000000001")),)),
    m.Metric(instrument=m.PERIOD, points=(m.Point(labels={}, value=Decimal(1793491200)),)),
)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def test_a_collector_gets_names_units_labels_values_and_the_time(receiver: Receiver) -> None:
    assert send(METRICS, receiver.url, at=AT, seconds=10) == f"{receiver.url}/v1/metrics"
    assert receiver.paths == ["/v1/metrics"]
    assert receiver.points() == {
        "tokengate.cost.spend": {tuple(sorted(LABELS.items())): 495.2000000001},
        "tokengate.cost.period.start": {(): 1793491200.0},
    }
    [request] = receiver.requests
    [of_resource] = request.resource_metrics
    attributes = {a.key: a.value.string_value for a in of_resource.resource.attributes}
    assert attributes["service.name"] == "ci-tokengate"
    spend = of_resource.scope_metrics[0].metrics[0]
    assert (spend.unit, spend.description) == (m.SPEND.unit, m.SPEND.help)
    assert spend.gauge.data_points[0].time_unix_nano == int(AT.timestamp()) * 10**9


def test_headers_come_from_opentelemetrys_own_variable(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20s3cr3t")
    send(METRICS, receiver.url, at=AT, seconds=10)
    assert receiver.headers[0]["authorization"] == "Bearer s3cr3t"


def test_a_redirect_is_not_followed_for_the_token_would_go_with_it(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20s3cr3t")
    with receiving() as elsewhere:
        receiver.status, receiver.location = 307, f"{elsewhere.url}/v1/metrics"
        with pytest.raises(UndecidedError, match="HTTP 307"):
            send(METRICS, receiver.url, at=AT, seconds=1)
        assert elsewhere.headers == []


@pytest.mark.parametrize("status", [400, 401, 404])
def test_a_refusal_is_told_with_its_status_and_logged_nowhere(
    receiver: Receiver, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.status = status
    with pytest.raises(UndecidedError, match=f"HTTP {status}"):
        send(METRICS, receiver.url, at=AT, seconds=1)
    assert caplog.records == []
    assert logging.getLogger("opentelemetry").level == logging.NOTSET


def test_a_collector_that_is_not_there_is_told_within_the_time() -> None:
    with receiving() as gone:
        url = gone.url
    with pytest.raises(UndecidedError, match="no answer"):
        send(METRICS, url, at=AT, seconds=0.2)


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("http://collector:4318", "http://collector:4318/v1/metrics"),
        ("http://collector:4318/", "http://collector:4318/v1/metrics"),
        ("https://otlp.example/otlp/v1/metrics", "https://otlp.example/otlp/v1/metrics"),
    ],
)
def test_a_bare_address_gets_the_path_that_otlp_gives_it(given: str, url: str) -> None:
    assert metrics_url(given) == url


@pytest.mark.parametrize("given", ["", "collector:4318", "grpc://collector:4317", "http://"])
def test_what_is_no_address_is_refused(given: str) -> None:
    with pytest.raises(UsageError, match="--otlp"):
        metrics_url(given)


def test_a_password_in_the_address_is_not_shown() -> None:
    with receiving() as gone:
        url = gone.url.replace("http://", "http://me:hunter2@")
    with pytest.raises(UndecidedError) as told:
        send(METRICS, url, at=AT, seconds=0.2)
    assert "hunter2" not in told.value.message + told.value.hint
