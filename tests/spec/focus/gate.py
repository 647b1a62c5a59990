"""The validators of FOCUS, in an environment of their own, and the check that they leave out.

FOCUS 1.2: the FinOps Foundation's focus-validator. It wants numpy 1 and so Python 3.12, says 0 where
rules fail, and reads a file of its own relative to where it is started. 1.4 is not in it yet: there
the structure and each row are held to the 1.4 data model, by focus-data-toolkit. Neither notices
that price times quantity is not the cost: `arithmetic` does.
"""

from __future__ import annotations

import csv
import re
import subprocess
from dataclasses import dataclass
from decimal import Context, Decimal
from pathlib import Path

import pytest

from tests.docs.tables import ROOT

ENVIRONMENT = ROOT / ".cache" / "focus"
_BIN = ENVIRONMENT / "bin"
APPLICABLE = (
    *("ACCOUNT_NAMING_SUPPORTED", "MULTIPLE_PRICING_CATEGORIES_SUPPORTED"),
    *("MULTIPLE_SUB_ACCOUNT_TYPES_SUPPORTED", "MULTIPLE_BILLING_ACCOUNT_TYPES_SUPPORTED"),
    *("NEGOTIATED_PRICING_SUPPORTED", "PUBLIC_PRICE_LIST_SUPPORTED"),
    *("USAGE_MEASUREMENT_SUPPORTED", "UNIT_PRICING_SUPPORTED", "SUB_ACCOUNT_SUPPORTED"),
    *("BILLING_BASED_ON_PROVISIONED_RESOURCES_SUPPORTED", "RESOURCE_TYPE_ASSIGNMENT_SUPPORTED"),
    *("PRICING_BILLING_CURRENCY_DIFFERENCES_SUPPORTED", "TAGGING_SUPPORTED"),
)
"""What there is for tokens: no commitments, no reservations, no regions."""
_EITHER = re.compile(r"InvoiceId-C-00[45]-C")
"""`must be null` and `must not be null`: the validator weighs both, and one of them always fails."""
_EXACT = Context(prec=200)
_TIMES = {"ListUnitPrice": "ListCost", "ContractedUnitPrice": "ContractedCost"}


@dataclass(frozen=True, kw_only=True)
class Judged:
    """`total` rules, of which `passed`; `broken` are the names of those that failed."""

    total: int
    passed: int
    broken: tuple[str, ...]
    report: str


def focus_1_2(file: Path) -> Judged:
    """By focus-validator 2.2.1, without the network."""
    _needed()
    [packages] = ENVIRONMENT.glob("lib/python3.*/site-packages")
    done = subprocess.run(
        [
            str(_BIN / "focus-validator"),
            *("--data-file", str(file), "--validate-version", "1.2", "--block-download"),
            *("--focus-dataset", "CostAndUsage", "--show-violations"),
            *("--applicability-criteria", ",".join(APPLICABLE)),
        ],
        cwd=packages,
        capture_output=True,
        text=True,
        check=False,
    )
    report = done.stdout + done.stderr
    counts = re.search(r"^Total: (\d+) \| Pass: (\d+)", report, re.MULTILINE)
    if counts is None or "InvoiceId-C-003-C: PASS" not in report:
        pytest.fail(f"focus-validator gave no report:\n{report[-2000:]}")
    failed = re.findall(r"^❌ ([\w-]+).*: FAIL", report, re.MULTILINE)
    broken = tuple(rule for rule in failed if not _EITHER.fullmatch(rule))
    return Judged(total=int(counts[1]), passed=int(counts[2]), broken=broken, report=report)


def focus_1_4(file: Path) -> tuple[int, str]:
    """By focus-data-toolkit: its exit code, and what it says."""
    _needed()
    command = [str(_BIN / "python"), "-m", "focus_data_toolkit.cli", "validate"]
    done = subprocess.run(
        [*command, "--dataset", "cost-and-usage", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def arithmetic(file: Path) -> list[int]:
    """Lines of a CSV in which price × quantity is not the cost, to the last digit."""
    with file.open(encoding="utf-8", newline="") as text:
        return [
            line
            for line, row in enumerate(csv.DictReader(text), 2)
            if any(
                _EXACT.multiply(Decimal(row[price]), Decimal(row["PricingQuantity"]))
                != Decimal(row[cost])
                for price, cost in _TIMES.items()
            )
        ]


def _needed() -> None:
    if not (_BIN / "focus-validator").exists():
        pytest.fail("The validators of FOCUS are not installed: `make test-spec` does it")
