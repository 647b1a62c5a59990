"""What keys have spent: the proxy's log rows, which survive the keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal

from ci_tokengate.adapters.proxies.litellm import log, row_bodies
from ci_tokengate.adapters.proxies.litellm.calls import Calls, bearer
from ci_tokengate.adapters.proxies.litellm.errors import type_of
from ci_tokengate.core.usage import Charge, UsageRow
from ci_tokengate.errors import UndecidedError

_ZERO = Decimal(0)
_NOTHING, _NO_ERROR = (
    row_bodies.RowMetadata.model_construct(),
    row_bodies.RowError.model_construct(),
)
_NO_USAGE, _NO_CACHE = (
    row_bodies.RowUsage.model_construct(),
    row_bodies.CachedTokens.model_construct(),
)
"""Made once: a row of a hundred thousand should cost microseconds."""


def rows(
    calls: Calls, query: Mapping[str, str], *, since: datetime, until: datetime
) -> Iterator[UsageRow]:
    """As `log.rows`, in the core's words."""
    found = log.rows(calls, query, since=since, until=until, form=row_bodies.RowPage)
    return map(usage, found)


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


def usage(
    row: row_bodies.Row, charge: Charge | None = None, prices: Charge | None = None
) -> UsageRow:
    meta = row.metadata or _NOTHING
    error = meta.error_information or _NO_ERROR
    said = error.error_message or ""
    refused = error.error_class == "BudgetExceededError" or "Budget has been exceeded" in said
    used = meta.usage_object or _NO_USAGE
    nested = used.prompt_tokens_details or _NO_CACHE
    return UsageRow(
        key_id=row.api_key,
        alias=meta.user_api_key_alias or "",
        model=row.model_group or row.model,
        provider_model=row.model,
        team_id=row.team_id or "",
        call_type=row.call_type,
        spend=row.spend or _ZERO,
        refusal=(said or "budget exceeded") if refused else "",
        failed=row.status == "failure",
        repeated=str(row.cache_hit).lower() == "true",
        started_at=row.startTime,
        input_tokens=row.prompt_tokens or 0,
        output_tokens=row.completion_tokens or 0,
        cache_read_tokens=used.cache_read_input_tokens or nested.cached_tokens or 0,
        cache_write_tokens=used.cache_creation_input_tokens or nested.cache_creation_tokens or 0,
        charge=charge,
        prices=prices,
    )
