"""What `report` says of the real proxy's teams, beside a reference by SQL from the proxy's own tables."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from ci_tokengate.core.alias import parse_alias
from tests.live.database import Database
from tests.live.organisation import Organisation
from tests.stage.entries import run_cli

EXACT = Decimal("1e-10")
SqlSums = tuple[dict[tuple[str, str], Decimal], set[int], Decimal, Decimal]


def reported(url: str, org: Organisation) -> dict[str, dict[str, Any]]:
    """This month's report of each team, as `ci-tokengate report --format json` prints it."""
    month = f"{datetime.now(timezone.utc):%Y-%m}"
    found = {}
    for team in org.teams:
        args = ("--month", month, "--team", team, "--ledger-url", url, "--format", "json")
        done = run_cli({"PATH": os.environ["PATH"]}, "report", *args, "--strict")
        assert done.code == 0, done.err
        found[team] = json.loads(done.out)
    return found


def assert_by_sql(
    reports: dict[str, dict[str, Any]], tables: Database, merged: Collection[int]
) -> None:
    """Pull requests that nobody paid for are of the team that pays most in the repository."""
    sums = {team: _by_sql(tables, team) for team in reports}
    home = max(sums, key=lambda team: sums[team][3])
    unpaid = set(merged) - {number for _, pulls, _, _ in sums.values() for number in pulls}
    for team, report in reports.items():
        _assert_team(report, sums[team], merged, len(unpaid) if team == home else 0)


def _assert_team(
    report: dict[str, Any], sums: SqlSums, merged: Collection[int], unpaid: int
) -> None:
    """Spend, attributed spend, the ratio, the mix by use case and model, and who merged what."""
    mix, pulls, whole, ours = sums
    paid = len([number for number in pulls if number in merged])
    count = paid + unpaid
    [line] = report["teams"]
    told = line["cost_per_merged_pr"]
    assert paid > 5
    assert (told["merged"], told["merged_with_ai"]) == (count, paid)
    _near(told["spend_usd"], whole)
    _near(told["attributed_usd"], ours)
    _near(told["per_merged_pr_usd"], whole / count)
    _near(report["trust"]["coverage"], ours / whole)
    _near(line["months"][-1]["spend_usd"], whole)
    said = {
        (case["use_case"] or "", model["model"]): Decimal(model["spend_usd"])
        for case in report["model_mix"]["use_cases"]
        for model in case["models"]
        if Decimal(model["spend_usd"])
    }
    assert said.keys() == mix.keys()
    for name, spend in mix.items():
        _near(said[name], spend)
    charged = sum(Decimal(c["total_usd"]) for c in report["chargeback"]["cost_centers"])
    assert charged == Decimal(told["spend_usd"])
    assert report["trust"]["reconciliation"]["team_days_differing"] == 0


def _by_sql(tables: Database, team: str) -> SqlSums:
    """Spend by use case and model, the pull requests that were spent on, all spend, and our jobs'."""
    alias = "coalesce(metadata->>'user_api_key_alias', '')"
    told = tables.ask(
        f"SELECT {alias}, model_group, sum(spend::text::numeric) FROM "
        f"\"LiteLLM_SpendLogs\" WHERE team_id = '{team}' AND spend > 0 GROUP BY 1, 2"
    )
    mix: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    pulls: set[int] = set()
    whole = ours = Decimal(0)
    for row in told.splitlines():
        name, model, total = row.rsplit("|", 2)
        parsed, spend = parse_alias(name), Decimal(total)
        mix[parsed.use_case if parsed else "", model] += spend
        whole += spend
        ours += spend if parsed else 0
        if parsed and parsed.scope.isdigit():
            pulls.add(int(parsed.scope))
    return mix, pulls, whole, ours


def _near(said: object, expected: Decimal) -> None:
    assert abs(Decimal(str(said)) - expected) <= EXACT, (said, expected)
