"""What keys have spent: the proxy's log rows, which survive the keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal

from ci_tokengate.adapters.proxies.litellm import bodies, log
from ci_tokengate.adapters.proxies.litellm.calls import Calls, bearer
from ci_tokengate.adapters.proxies.litellm.errors import type_of
from ci_tokengate.core.usage import UsageRow
from ci_tokengate.errors import UndecidedError


def rows(
    calls: Calls, query: Mapping[str, str], *, since: datetime, until: datetime
) -> Iterator[UsageRow]:
    """As `log.rows`, in the core's words."""
    return map(_usage, log.rows(calls, query, since=since, until=until))


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
