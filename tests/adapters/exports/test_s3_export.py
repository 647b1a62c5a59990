"""The whole command into a store that speaks S3's protocol."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from ci_tokengate.core.money import exact_sum
from tests.stage.books import fill
from tests.stage.entries import run_cli


def test_an_export_to_s3_adds_up_to_the_ledger_and_is_replaced_by_the_next(
    s3: Any, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    total = fill(url)
    env = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    for _ in range(2):
        done = run_cli(env, "export", "focus", "--to", "s3://lake/focus", "--ledger-url", url)
        assert done.code == 0, done.err
        assert "→ s3://lake/focus/focus-1.2-parquet/billing_period=2026-10/" in done.out
    files = s3.find("lake")
    assert len(files) == 2
    costs: list[Decimal] = []
    for name in files:
        with s3.open(name) as file:
            read = pq.ParquetFile(file).read(["BilledCost"])
        costs += read["BilledCost"].to_pylist()
    assert exact_sum(costs) == total
