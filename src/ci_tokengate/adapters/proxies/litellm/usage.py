"""What keys have spent: the proxy's log rows, which survive the keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal

from ci_tokengate.adapters.proxies.litellm import bodies
from ci_tokengate.adapters.proxies.litellm.calls import Calls, bearer
from ci_tokengate.adapters.proxies.litellm.errors import type_of
from ci_tokengate.core.usage import UsageRow
from ci_tokengate.errors import UndecidedError

ROWS_A_PAGE = 500
"""A row is about 10 kB: it carries the model's prices. The proxy allows 1,000 rows."""


def rows(
    calls: Calls, query: Mapping[str, str], *, since: datetime, until: datetime
) -> Iterator[UsageRow]:
    """All rows of the period, oldest first, one page in memory at a time.

    The proxy pages by offset over times that are not unique, and it counts no further than 10,000.
    So the reading goes on from the last second that it saw, not from an offset or a count, and
    leaves out what it had of that second. `query` is `api_key` or `key_alias`.
    """
    begin, page, seen = _second(since), 1, frozenset[str]()
    while True:
        found = _page(calls, query, begin, until, page)
        yield from (_usage(row) for row in found if row.request_id not in seen)
        if len(found) < ROWS_A_PAGE:
            return
        last = _second(found[-1].startTime or begin)
        of_last = frozenset(r.request_id for r in found if (r.startTime or begin) >= last)
        if last > begin:
            begin, page, seen = last, 1, of_last
        else:  # one second has more rows than a page
            page, seen = page + 1, seen | of_last


def _page(
    calls: Calls, query: Mapping[str, str], begin: datetime, until: datetime, page: int
) -> list[bodies.Row]:
    params = {
        **query,
        "start_date": f"{begin:%Y-%m-%d %H:%M:%S}",
        "end_date": f"{until:%Y-%m-%d %H:%M:%S}",
        "sort_by": "startTime",
        "sort_order": "asc",
        "page": str(page),
        "page_size": str(ROWS_A_PAGE),
    }
    return calls.parse_raw(bodies.RowPage, calls.get("/spend/logs/v2", params)).data


def _second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


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
    used = meta.usage_object or bodies.RowUsage()
    nested = (used.prompt_tokens_details or bodies.CachedTokens()).cached_tokens
    return UsageRow(
        key_id=row.api_key,
        alias=meta.user_api_key_alias or "",
        model=row.model_group or row.model,
        provider_model=row.model,
        call_type=row.call_type,
        spend=row.spend or Decimal(0),
        refusal=(said or "budget exceeded") if refused else "",
        failed=row.status == "failure",
        started_at=row.startTime,
        input_tokens=row.prompt_tokens or 0,
        output_tokens=row.completion_tokens or 0,
        cache_read_tokens=used.cache_read_input_tokens or nested or 0,
        cache_write_tokens=used.cache_creation_input_tokens or 0,
    )
