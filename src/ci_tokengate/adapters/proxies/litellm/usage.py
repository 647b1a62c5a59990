"""What keys have spent: the proxy's log rows, which survive the keys."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from itertools import count

from ci_tokengate.adapters.proxies.litellm import bodies
from ci_tokengate.adapters.proxies.litellm.calls import Calls, bearer
from ci_tokengate.adapters.proxies.litellm.errors import type_of
from ci_tokengate.core.usage import UsageRow
from ci_tokengate.errors import ProxyUnavailableError, UndecidedError

ROWS_A_PAGE = 1000
"""All that the proxy allows. A row is about 10 kB: it carries the model's prices."""


def rows(
    calls: Calls, query: Mapping[str, str], *, since: datetime, until: datetime
) -> Iterator[UsageRow]:
    """All rows of the period, oldest first, one page in memory at a time.

    The proxy pages by offset over times that are not unique, and it counts no further than 10,000.
    So the reading goes on from the last second that it saw, not from an offset or a count, and
    leaves out what it had of that second. `query` is `api_key` or `key_alias`.

    Raises ProxyUnavailableError where some could be missed: the proxy does not sort, or one second
    has more rows than a page and they come in another order with each page.
    """
    begin: datetime | None = _second(since)
    had: frozenset[str] = frozenset()
    while begin is not None:
        begin, had = yield from _from_second(calls, query, begin, until, had)


def _from_second(
    calls: Calls, query: Mapping[str, str], begin: datetime, until: datetime, had: frozenset[str]
) -> Generator[UsageRow, None, tuple[datetime | None, frozenset[str]]]:
    """Reads until a page reaches a later second. Returns that, and the rows of it that were read.

    Within the second the pages are all of its rows, one place each: if none comes twice, none is
    missing.
    """
    here: frozenset[str] = frozenset()
    for page in count(1):
        found = _page(calls, query, begin, until, page)
        times = [row.startTime or begin for row in found]
        ids = frozenset(row.request_id for row in found)
        if ids & here or times != sorted(times):
            raise ProxyUnavailableError(
                f"{calls.url} tells its log in no steady order, so that rows could be missed.",
                hint="Read it again. If it stays so: is this a LiteLLM that the README names?",
            )
        yield from (_usage(row) for row in found if row.request_id not in had)
        if len(found) < ROWS_A_PAGE:
            break
        here |= ids
        last = _second(times[-1])
        if last > begin:
            of_last = (row.request_id for row, at in zip(found, times, strict=True) if at >= last)
            return last, frozenset(of_last)
    return None, frozenset()


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
    return calls.page(bodies.RowPage, "/spend/logs/v2", params).data


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
    nested = used.prompt_tokens_details or bodies.CachedTokens()
    return UsageRow(
        key_id=row.api_key,
        alias=meta.user_api_key_alias or "",
        model=row.model_group or row.model,
        provider_model=row.model,
        team_id=row.team_id or "",
        call_type=row.call_type,
        spend=row.spend or Decimal(0),
        refusal=(said or "budget exceeded") if refused else "",
        failed=row.status == "failure",
        repeated=str(row.cache_hit).lower() == "true",
        started_at=row.startTime,
        input_tokens=row.prompt_tokens or 0,
        output_tokens=row.completion_tokens or 0,
        cache_read_tokens=used.cache_read_input_tokens or nested.cached_tokens or 0,
        cache_write_tokens=used.cache_creation_input_tokens or nested.cache_creation_tokens or 0,
    )
