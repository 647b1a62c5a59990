"""Metrics by the names of OpenTelemetry and of Prometheus.

Names follow OpenTelemetry's semantic conventions where they have one (`vcs.change.count`,
`gen_ai.usage.*`); they have none for money, so that is `tokengate.cost.*`. Sources:
https://opentelemetry.io/docs/specs/semconv/ and https://prometheus.io/docs/practices/naming/.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class Instrument:
    """`unit` in OpenTelemetry's writing (UCUM), `text_unit` in that of Prometheus, which ends `text_name`."""

    name: str
    unit: str
    text_name: str
    text_unit: str
    help: str


@dataclass(frozen=True, kw_only=True)
class Point:
    """`labels` by OpenTelemetry's names, in an order that is the same in all points of a metric."""

    labels: Mapping[str, str]
    value: Decimal


@dataclass(frozen=True, kw_only=True)
class Metric:
    instrument: Instrument
    points: tuple[Point, ...]


def _usd(name: str, text_name: str, told: str) -> Instrument:
    text = f"{text_name}_usd"
    return Instrument(name=name, unit="{USD}", text_name=text, text_unit="usd", help=told)


def _ratio(name: str, text_name: str, told: str) -> Instrument:
    text = f"{text_name}_ratio"
    return Instrument(name=name, unit="1", text_name=text, text_unit="ratio", help=told)


def _tokens(name: str, told: str) -> Instrument:
    text = name.replace(".", "_")
    return Instrument(name=name, unit="{token}", text_name=text, text_unit="tokens", help=told)


def _moment(name: str, text_name: str, told: str) -> Instrument:
    text = f"{text_name}_timestamp_seconds"
    return Instrument(name=name, unit="s", text_name=text, text_unit="seconds", help=told)


SPEND = _usd(
    "tokengate.cost.spend", "tokengate_cost_spend", "Spend of the month so far, as the proxy says."
)
PROVISIONAL = _usd(
    "tokengate.cost.spend.provisional",
    "tokengate_cost_spend_provisional",
    "What of the spend is not settled yet, and may still grow.",
)
PLAN = _usd(
    "tokengate.cost.budget.plan",
    "tokengate_cost_budget_plan",
    "What the team may spend in the month.",
)
UTILIZATION = _ratio(
    "tokengate.cost.budget.utilization",
    "tokengate_cost_budget_utilization",
    "Spend of the month over the plan.",
)
TIER = Instrument(
    name="tokengate.cost.budget.tier",
    unit="1",
    text_name="tokengate_cost_budget_tier",
    text_unit="",
    help="1 for the tier that the team is in, 0 for the others.",
)
COVERAGE = _ratio(
    "tokengate.cost.coverage",
    "tokengate_cost_coverage",
    "Spend from jobs with a key of their own, over all spend; none where not all could be seen.",
)
DIFFERENCE = _usd(
    "tokengate.cost.reconciliation.difference",
    "tokengate_cost_reconciliation_difference",
    "The ledger's total less the proxy's own, over the days that the proxy was asked about.",
)
UNPRICED = Instrument(
    name="tokengate.cost.unpriced",
    unit="{request}",
    text_name="tokengate_cost_unpriced_requests",
    text_unit="requests",
    help="Calls with tokens that the proxy has no price for: not in the spend.",
)
MERGED = Instrument(
    name="vcs.change.count",
    unit="{change}",
    text_name="vcs_changes",
    text_unit="changes",
    help="Pull requests of the team that were merged in the month so far.",
)
PER_MERGED = _usd(
    "tokengate.cost.per_merged_change",
    "tokengate_cost_per_merged_change",
    "Spend of the month over the pull requests merged in it; none where none was.",
)
INPUT = _tokens("gen_ai.usage.input_tokens", "Tokens sent to models, those of caches included.")
OUTPUT = _tokens("gen_ai.usage.output_tokens", "Tokens that models answered with.")
CACHE_READ = _tokens(
    "gen_ai.usage.cache_read.input_tokens", "What of the input was read from a cache."
)
CACHE_WRITE = _tokens(
    "gen_ai.usage.cache_creation.input_tokens", "What of the input was written to a cache."
)
PERIOD = _moment(
    "tokengate.cost.period.start",
    "tokengate_cost_period_start",
    "When the month of these figures began, in the ledger's zone.",
)
READ = _moment(
    "tokengate.ledger.read",
    "tokengate_ledger_read",
    "When the proxy's log was last read into the ledger.",
)
ALL = (
    *(SPEND, PROVISIONAL, PLAN, UTILIZATION, TIER, COVERAGE, DIFFERENCE, UNPRICED),
    *(MERGED, PER_MERGED, INPUT, OUTPUT, CACHE_READ, CACHE_WRITE, PERIOD, READ),
)
