"""A ledger with all that an export has to tell: two teams, a closed month, corrections, calls
without a price, charges by no token, spend from no job of ours, and names that mean harm."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from itertools import product

from ci_tokengate.adapters.ledger.open import open_ledger
from ci_tokengate.core.ledger.entry import Bucket, Cell, CellName, EntryState, LedgerKey, Part
from ci_tokengate.core.ledger.records import PullsRead
from ci_tokengate.core.money import exact_sum
from tests.stage.clocks import At

PROXY = "https://llm.acme.example"
FORMULA = "=cmd|' /C calc'!A0"
HTML = "<img src=x onerror=alert(1)>"
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
NOW = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)
_PRICES = {
    "anthropic/claude-sonnet-4-6": ("3e-6", "15e-6", "3e-7", "3.75e-6"),
    "gemini/gemini-flash": ("7.5e-8", "3e-7", "1.875e-8", "0"),
    "bedrock/eu.anthropic.claude-opus": ("5e-6", "25e-6", "5e-7", "6.25e-6"),
    "acme-llm-v2": ("0", "0", "0", "0"),
}
"""USD per token of input, output, cache read and cache write."""


def key(number: int, **told: object) -> LedgerKey:
    pull = None if number % 5 == 0 else 100 + number % 7
    known = {
        "alias": f"tokengate:acme/shop#{pull}:9{number:03}.1:review:code-review:d36d580f",
        "repository": "acme/shop" if number % 2 else "acme/search",
        "pull_request": pull,
        "ref": "main" if pull is None else "",
        "run_id": f"9{number:03}",
        "run_attempt": 1 + number % 2,
        "job": FORMULA if number == 3 else "review",
        "use_case": HTML if number == 4 else ("code-review", "fix-tests")[number % 2],
        "cost_center": "ENGG-PAYMENTS" if number % 2 else "",
    }
    nobody = {"alias": "somebody's key"} if number % 11 == 0 else known
    return LedgerKey(**{"proxy": PROXY, "key_id": f"{number:064x}", **nobody, **told})  # type: ignore[arg-type]


def cell(number: int, day: date, model: str, *, version: int = 3) -> Cell:
    """Tokens and so costs depend on the arguments alone."""
    tokens = [number * 977 * version, number * 61 * version, number * 211, number % 3 * 97]
    buckets = (Bucket.INPUT, Bucket.OUTPUT, Bucket.CACHE_READ, Bucket.CACHE_WRITE)
    parts = {
        bucket: Part(tokens=n, cost=(n * Decimal(price)).quantize(Decimal("1e-10")))
        for bucket, n, price in zip(buckets, tokens, _PRICES[model], strict=True)
    }
    if number % 6 == 0:
        parts[Bucket.REST] = Part(cost=Decimal("0.0351400007"))
    team = "" if number % 13 == 0 else ("payments-squad", "search-squad")[number % 2]
    name = CellName(
        proxy=PROXY,
        key_id=f"{number:064x}",
        day=day,
        local_day=day,
        model=model.rpartition("/")[2],
    )
    return Cell(
        name=name,
        team_id=team,
        provider_model=model,
        version=version,
        requests=version,
        unpriced=version if model == "acme-llm-v2" else 0,
        state=EntryState.SETTLED if day < NOVEMBER else EntryState.OPEN,
        parts=parts,
    )


def fill(url: str) -> Decimal:
    """What it holds then, in USD, by its own sums."""
    days = [OCTOBER + timedelta(days=n) for n in range(0, 48, 6)]
    everything = [
        cell(number, day, model)
        for number, (day, model) in enumerate(list(product(days, _PRICES)) * 2, 1)
    ]
    keys = [key(number) for number in range(1, len(everything) + 1)]
    clock, at_midnight = At(NOW), datetime(2026, 10, 1, tzinfo=timezone.utc)
    with open_ledger(url, create_zone="UTC", actors="drop", clock=clock) as ledger:
        ledger.accept(everything, keys)
        for name in ("acme/shop", "acme/search"):
            read = PullsRead(host="github.com", repository=name, since=at_midnight, until=NOW)
            ledger.put_pulls_read(read)
        ledger.close_month("2026-10")
        late = [cell(n, c.name.day, c.provider_model, version=4) for n, c in _first(everything)]
        assert ledger.accept(late, keys).corrections > 0
        return exact_sum(s.cost for s in ledger.spent(date(2020, 1, 1), date(2030, 1, 1)))


def _first(cells: list[Cell]) -> list[tuple[int, Cell]]:
    return list(enumerate(cells, 1))[:4]
