"""Writes dashboard.json beside this file, which Grafana imports as it is. `make dashboard`.

It reads what ../prometheus/rules.yml records, and LiteLLM's own metrics by team and model.
"""

from __future__ import annotations

import json
from pathlib import Path

from grafana_foundation_sdk.builders.bargauge import Panel as BarGauge
from grafana_foundation_sdk.builders.common import StackingConfig
from grafana_foundation_sdk.builders.dashboard import (
    Dashboard,
    DatasourceVariable,
    QueryVariable,
    Row,
    ThresholdsConfig,
)
from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.builders.timeseries import Panel as Timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import StackingMode
from grafana_foundation_sdk.models.dashboard import DataSourceRef, Threshold, ThresholdsMode

TARGET = Path(__file__).with_name("dashboard.json")
_SOURCE = DataSourceRef(type_val="prometheus", uid="${source}")
_TEAM = 'team_alias=~"$team"'


def _query(expression: str, legend: str) -> Dataquery:
    return Dataquery().expr(expression).legend_format(legend)


def _tiers() -> ThresholdsConfig:
    steps = [(None, "green"), (0.8, "yellow"), (1.1, "orange"), (1.5, "red")]
    return (
        ThresholdsConfig()
        .mode(ThresholdsMode.ABSOLUTE)
        .steps([Threshold(value=value, color=color) for value, color in steps])
    )


def dashboard() -> Dashboard:
    utilization = (
        BarGauge()
        .title("Budget utilisation by team")
        .description("Of the plan; amber from 80 %, red from 110 %, hard stop at 150 %.")
        .datasource(_SOURCE)
        .unit("percentunit")
        .min(0)
        .max(1.5)
        .thresholds(_tiers())
        .with_target(_query(f"team:litellm_plan_utilization:ratio{{{_TEAM}}}", "{{team_alias}}"))
        .height(8)
        .span(12)
    )
    remaining = (
        BarGauge()
        .title("Hours to the next budget period")
        .datasource(_SOURCE)
        .unit("h")
        .with_target(
            _query(
                f"max by (team_alias) (litellm_team_budget_remaining_hours_metric{{{_TEAM}}})",
                "{{team_alias}}",
            )
        )
        .height(8)
        .span(12)
    )
    by_team = (
        Timeseries()
        .title("Spend in 24 hours, by team")
        .datasource(_SOURCE)
        .unit("currencyUSD")
        .with_target(_query(f"team:litellm_spend_usd:increase1d{{{_TEAM}}}", "{{team_alias}}"))
        .height(9)
        .span(12)
    )
    against = (
        Timeseries()
        .title("Today against the seven days before")
        .description("From 3 on, and from $20 on, AITokenSpendSpike fires.")
        .datasource(_SOURCE)
        .with_target(
            _query(
                f"team:litellm_spend_usd:increase1d{{{_TEAM}}} "
                f"/ (team:litellm_spend_usd:avg7d_prev{{{_TEAM}}} > 0)",
                "{{team_alias}}",
            )
        )
        .height(9)
        .span(12)
    )
    by_model = (
        Timeseries()
        .title("Spend in 24 hours, by model")
        .datasource(_SOURCE)
        .unit("currencyUSD")
        .fill_opacity(40)
        .stacking(StackingConfig().mode(StackingMode.NORMAL))
        .with_target(
            _query(
                f"sum by (model) (increase(litellm_spend_metric_total{{{_TEAM}}}[1d]))", "{{model}}"
            )
        )
        .height(9)
        .span(24)
    )
    return (
        Dashboard("AI spend of CI, by team")
        .uid("ci-tokengate")
        .description("Spend and budgets as LiteLLM exports them; see examples/prometheus.")
        .tags(["ci-tokengate", "litellm"])
        .readonly()
        .time("now-14d", "now")
        .refresh("5m")
        .with_variable(DatasourceVariable("source").label("Prometheus").type("prometheus"))
        .with_variable(
            QueryVariable("team")
            .label("Team")
            .datasource(_SOURCE)
            .query("label_values(litellm_remaining_team_budget_metric, team_alias)")
            .multi(True)
            .include_all(True)
        )
        .with_row(Row("Budgets"))
        .with_panel(utilization)
        .with_panel(remaining)
        .with_row(Row("Spend"))
        .with_panel(by_team)
        .with_panel(against)
        .with_panel(by_model)
    )


def text() -> str:
    plain = json.loads(json.dumps(dashboard().build(), cls=JSONEncoder))
    return json.dumps(plain, indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
