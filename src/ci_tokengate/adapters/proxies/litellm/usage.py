"""What keys have spent: the proxy's log rows, which survive the keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from ci_tokengate.adapters.proxies.litellm import bodies
from ci_tokengate.adapters.proxies.litellm.calls import Calls, bearer
from ci_tokengate.adapters.proxies.litellm.errors import type_of
from ci_tokengate.core.keys import UsageRow
from ci_tokengate.errors import UndecidedError

_ROWS_A_PAGE = "100"  # a row is about 10 kB: it carries the model's prices


def rows(
    calls: Calls, query: Mapping[str, str], *, since: datetime, until: datetime
) -> Iterator[UsageRow]:
    """All pages, one page in memory at a time. `query` is `api_key` or `key_alias`.

    The end is exclusive at midnight, so a day is added to it. `total` can lag behind `data`
    while rows arrive, so an empty page ends the reading, not a count.
    """
    page = 1
    while True:
        params = {
            **query,
            "start_date": f"{since:%Y-%m-%d}",
            "end_date": f"{until + timedelta(days=1):%Y-%m-%d}",
            "page": str(page),
            "page_size": _ROWS_A_PAGE,
        }
        found = calls.parse(bodies.RowPage, calls.get("/spend/logs/v2", params))
        yield from map(_usage, found.data)
        if not found.data or page >= (found.total_pages or 1):
            return
        page += 1


def budget_spent(calls: Calls, job_key: str) -> bool | None:
    """Asks for the list of models with the job key: free, and refused as any call is.

    The refusal leaves a row of call type `/v1/models`, which becomes readable with or after all
    earlier rows of the key: what `lifecycle.retire` waits for.
    """
    try:
        answer = calls.http.call(
            "GET", "/v1/models", headers=bearer(job_key), repeatable=False, patience=3.0
        )
    except UndecidedError:
        return None
    if answer.status == 200:
        listed = isinstance(answer.body, dict) and isinstance(answer.body.get("data"), list)
        return False if listed else None
    return True if type_of(answer) == "budget_exceeded" else None


def _usage(row: bodies.Row) -> UsageRow:
    meta = row.metadata or bodies.RowMetadata()
    error = meta.error_information or bodies.RowError()
    said = error.error_message or ""
    refused = error.error_class == "BudgetExceededError" or "Budget has been exceeded" in said
    return UsageRow(
        key_id=row.api_key,
        alias=meta.user_api_key_alias or "",
        model=row.model_group or row.model,
        call_type=row.call_type,
        spend=row.spend or Decimal(0),
        refusal=(said or "budget exceeded") if refused else "",
    )
