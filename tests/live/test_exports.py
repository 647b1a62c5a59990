"""`export focus` and `metrics` of what a real LiteLLM billed."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from ci_tokengate.core.money import exact_sum
from ci_tokengate.render.focus.columns import FocusRow
from ci_tokengate.sandbox.prices import MODELS
from ci_tokengate.wiring.ledgers import open_ledger
from tests.live.organisation import Organisation, organisation
from tests.stage.entries import run_cli

pytestmark = pytest.mark.live
CALLS = 60
ANSWERED = 54
"""Of each twenty calls one asks for a model that it may not use, and one meets a provider that fails."""
EVER = (date(2026, 1, 1), date(2100, 1, 1))


@pytest.fixture(scope="module")
def org() -> Iterator[Organisation]:
    with organisation() as made:
        made.spend(made.mint(6), range(CALLS))
        yield made


@pytest.fixture(scope="module")
def ledger_url(org: Organisation, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Collected until all calls are in it: a proxy writes its log some seconds later."""
    url = f"sqlite:///{tmp_path_factory.mktemp('live')}/ledger.db"
    env = {
        "PATH": os.environ["PATH"],
        "TOKENGATE_PROXY_URL": org.url,
        "TOKENGATE_READING_KEY": org.reader,
    }
    end = time.monotonic() + 90
    while _requests(env, url, org) < ANSWERED:
        assert time.monotonic() < end, "the proxy's log lacks rows after a minute and a half"
        time.sleep(1)
    return url


def _requests(env: dict[str, str], url: str, org: Organisation) -> int:
    done = run_cli(env, "collect", "--since", "1d", "--ledger-url", url)
    assert done.code == 0, done.err
    with open_ledger(url) as ledger:
        return sum(c.requests for c, _ in ledger.cells(*EVER) if c.team_id in org.teams)


def test_every_row_has_the_providers_list_price_and_all_add_up_to_the_ledger(
    org: Organisation, ledger_url: str, tmp_path: Path
) -> None:
    """The price was never told: it is found from what was billed."""
    done = run_cli({}, "export", "focus", "--to", str(tmp_path), "--ledger-url", ledger_url)
    assert done.code == 0, done.err
    every = [
        row for f in tmp_path.rglob("*.parquet") for row in pq.ParquetFile(f).read().to_pylist()
    ]
    with open_ledger(ledger_url) as ledger:
        kept = exact_sum(cell.cost for cell, _ in ledger.cells(*EVER))
    assert exact_sum(row["BilledCost"] for row in every) == kept
    ours = [row for row in every if row["SubAccountId"] in org.teams]
    assert sum(row["x_Requests"] for row in ours) == ANSWERED
    assert {row["x_TokenBucket"] for row in ours} == {
        "input",
        "output",
        "cache_read",
        "cache_write",
    }
    assert {row["x_Repository"] for row in ours} == {org.repository}
    for row in ours:
        assert row["ListUnitPrice"] == _list_price(row), row["SkuId"]
        assert row["ListCost"] == row["BilledCost"]


def _list_price(row: FocusRow) -> Decimal:
    model = MODELS[str(row["ResourceId"])]
    assert str(row["SkuId"]).startswith(f"{model.full_name}/")
    price: Decimal = getattr(model, str(row["x_TokenBucket"]))
    return price if row["PricingQuantity"] else Decimal(0)


def test_the_metrics_have_the_same_spend(org: Organisation, ledger_url: str) -> None:
    done = run_cli({}, "metrics", "--ledger-url", ledger_url)
    assert done.code == 0, done.err
    [family] = [
        f for f in text_string_to_metric_families(done.out) if f.name == "tokengate_cost_spend_usd"
    ]
    told = {sample.labels["tokengate_team_id"]: sample.value for sample in family.samples}
    with open_ledger(ledger_url) as ledger:
        cells = [cell for cell, _ in ledger.cells(*EVER)]
    for team in org.teams:
        assert told[team] == float(exact_sum(c.cost for c in cells if c.team_id == team))
