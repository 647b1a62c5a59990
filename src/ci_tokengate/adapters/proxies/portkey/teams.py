"""Who we are at Portkey, and what a workspace, which is a team there, has spent in its period."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from ci_tokengate.adapters.proxies.portkey import analytics, bodies
from ci_tokengate.adapters.proxies.portkey.analytics import Query
from ci_tokengate.adapters.proxies.portkey.keys import PATH, listed
from ci_tokengate.adapters.proxies.portkey.money import usd
from ci_tokengate.adapters.proxies.portkey.pages import every
from ci_tokengate.adapters.proxies.rest import Rest
from ci_tokengate.core.budget import TeamBudget
from ci_tokengate.core.keys import Credential
from ci_tokengate.errors import UsageError

_REFUSED = (401, 403)
_NOT_FOR_US = (*_REFUSED, 404)
_A_DAY = timedelta(days=1)


def credential(calls: Rest) -> Credential:
    """Only an organisation's admin may list users; a key without that right is refused as an unknown one is.

    Raises CredentialError where Portkey does not know the key.
    """
    listing = calls.get("/admin/users", {"pageSize": "1", "currentPage": "0"}, allow=_NOT_FOR_US)
    if listing.status == 200:
        return Credential(user_id=None, is_admin=True)
    calls.get(PATH, {"page_size": "1", "current_page": "0"})
    return Credential(user_id=None, is_admin=False)


def workspaces(calls: Rest) -> list[str]:
    """The slugs of all that an organisation's key sees, or the one of a workspace's key."""

    def page(params: Mapping[str, str]) -> tuple[list[str], int | None]:
        answer = calls.get("/admin/workspaces", params, allow=_NOT_FOR_US)
        if answer.status != 200:
            return [], 0
        found = calls.parse(bodies.Workspaces, answer)
        return [one.slug or one.id for one in found.data], found.total

    found = list(every(page, str))
    if not found:
        first = next(listed(calls), None)
        return [(first.workspace_id or "") if first else ""]
    return found


def check_home(homes: Collection[str], team_id: str) -> None:
    """A workspace's key is held to it: it mints for no other, and is told its own spend whatever it asks for.

    `homes` are the credential's `workspaces`; one without a name tells nothing. Raises UsageError.
    """
    if team_id not in homes and list(homes) != [""]:
        raise UsageError(
            f"The minting key is of workspace {', '.join(homes)}, and cannot mint for {team_id!r}.",
            hint="Set the team's `id` in the policy to that slug, or use a service key of the team's workspace "
            "(one of the organisation mints for several).",
        )


def workspace(calls: Rest, slug: str) -> bodies.Workspace | None:
    """None where the credential may not look at it. Raises UsageError for an unknown one."""
    answer = calls.get(f"/admin/workspaces/{slug}", allow=(*_REFUSED, 404))
    if answer.status == 404:
        raise UsageError(
            f"Portkey knows no workspace {slug!r}.",
            hint="Set the team's `id` in the policy to its workspace's slug (ws-…), or create the workspace.",
        )
    if answer.status == 200:
        return calls.parse(bodies.Workspace, answer)
    if answer.status == 401:  # as much as 403, unless the key itself is wrong
        credential(calls)
    return None


def team_budget(calls: Rest, slug: str, now: datetime) -> TeamBudget:
    """The spend is analytics', of the budget's period or, without a budget, of the calendar month (UTC)."""
    found = workspace(calls, slug)
    limit = _cost_limit(found)
    begins, ends = period(limit, now)
    query = Query(since=begins, until=now + _A_DAY, workspace=slug)
    cents = analytics.total(calls, "cost", query)
    return TeamBudget(
        spend=usd(cents),
        max_budget=limit.credit_limit if limit else None,
        resets_at=ends,
    )


def _cost_limit(found: bodies.Workspace | None) -> bodies.UsageLimits | None:
    """The lowest in money; one in tokens says nothing of it."""
    limits = (found.usage_limits or []) if found else []
    costs = [one for one in limits if one.credit_limit is not None and one.type in (None, "cost")]
    return min(costs, key=lambda one: one.credit_limit or Decimal(0), default=None)


def period(limit: bodies.UsageLimits | None, now: datetime) -> tuple[datetime, datetime | None]:
    """When it began and when it ends. A budget that never resets is counted by the month all the same:
    analytics do not go back for ever."""
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    next_month = (month + timedelta(days=32)).replace(day=1)
    if limit is None:
        return month, next_month
    ends = limit.next_usage_reset_at
    if limit.periodic_reset_days:
        return (ends or now) - timedelta(days=limit.periodic_reset_days), ends
    if limit.periodic_reset == "weekly":
        monday = month.replace(day=now.day) - timedelta(days=now.weekday())
        return (ends - timedelta(days=7), ends) if ends else (monday, monday + timedelta(days=7))
    if limit.periodic_reset == "monthly" and ends is not None:
        return _month_before(ends), ends
    return month, next_month if limit.periodic_reset else None


def _month_before(moment: datetime) -> datetime:
    last = moment.replace(day=1) - _A_DAY
    return last.replace(day=min(moment.day, last.day))
