"""LiteLLM behind the TeamBudgets port: with an admin key, which one command is given for itself.

Source: https://docs.litellm.ai/docs/proxy/team_budgets and observation of 1.106.2: `/team/update`
replaces `metadata` whole, takes unknown fields in silence, and has no way to write only if nothing
changed meanwhile. So a team is read right before it is written, left alone where its exemptions are
not those that the change was worked out from, and read again afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.proxies.litellm import activity, bodies
from ci_tokengate.adapters.proxies.litellm.calls import Calls
from ci_tokengate.adapters.proxies.litellm.errors import raise_for
from ci_tokengate.core.governance.desired import merged_metadata
from ci_tokengate.core.governance.shares import OWN, shares_of
from ci_tokengate.core.governance.team import Desired, TeamChange, TeamRecord
from ci_tokengate.errors import UndecidedError, UsageError
from ci_tokengate.ports.budgets import Progress

_TEAMS_A_PAGE = "100"
_AT_ONCE = 4
"""Requests: what a proxy of one worker serves without its users noticing."""
_WEEK = timedelta(days=7)
_A_DAY = timedelta(days=1)


class LiteLLMBudgets:
    """`url` is the bare address, `key` an admin key (to look only, a reading key will do)."""

    def __init__(self, url: str, key: str, *, who: str, deadline: Deadline) -> None:
        self._url, self._key, self._who, self._deadline = url, key, who, deadline
        self._calls = self._open()

    def _open(self) -> Calls:
        return Calls(self._url, self._key, deadline=self._deadline, who=self._who)

    def teams(self) -> list[TeamRecord]:
        found: list[TeamRecord] = []
        page = 1
        while True:
            params = {"page": str(page), "page_size": _TEAMS_A_PAGE}
            answer = self._calls.get("/v2/team/list", params, allow=(401, 403))
            if answer.status != 200:
                self._calls.get("/key/info", allow=(403, 404))  # raises where the key is wrong
                raise UsageError(
                    f"The {self._who} may not list teams at {self._calls.url}.",
                    hint="Give an admin key for this command, or to look only, a reading key.",
                )
            listed = self._calls.parse(bodies.BudgetPage, answer)
            found += [_record(team, team.team_id) for team in listed.teams]
            if page >= (listed.total_pages or 1) or not listed.teams:
                return found
            page += 1

    def daily_spend(
        self, first: date, last: date, *, progress: Progress
    ) -> Mapping[str, Mapping[date, Decimal]]:
        """Week by week, some at once: a client is good for one exchange at a time, so each has one."""
        weeks = [*_weeks(first, last)]
        found: dict[str, dict[date, Decimal]] = {}
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            parts = [pool.submit(activity.spent, self._open(), *week) for week in weeks]
            for done, part in enumerate(as_completed(parts), 1):
                for (team_id, day), spend in part.result().items():
                    found.setdefault(team_id, {})[day] = spend
                progress(done, len(parts))
        return found

    def set_budget(self, change: TeamChange) -> None:
        if change.desired is None:
            return
        before = self._team(change.team_id)
        _fail_if_raised_meanwhile(change, before)
        if change.desired.soft_budget is None and before.soft_budget is not None:
            # Beside a null the proxy still holds a new max_budget against the old soft one.
            self._update(change.team_id, {"soft_budget": None})
        body = {
            "metadata": merged_metadata(before.metadata, change.desired),
            "soft_budget": change.desired.soft_budget,
            "max_budget": change.desired.max_budget,
            **({"budget_duration": change.period} if change.period else {}),
        }
        self._update(change.team_id, body)
        self._check(before, self._team(change.team_id), change.desired)

    def _update(self, team_id: str, body: Mapping[str, Any]) -> None:
        answer = self._calls.post("/team/update", {"team_id": team_id, **body})
        if answer.status != 200:
            if answer.status in (404, 500):
                self._calls.fail_if_database_is_down()
            doing = f"setting the budget of team {team_id}"
            raise_for(answer, self._calls.url, doing, who=self._who)

    def _team(self, team_id: str) -> TeamRecord:
        answer = self._calls.get("/team/info", {"team_id": team_id, "key_limit": "1"})
        return _record(self._calls.parse(bodies.BudgetInfo, answer).team_info, team_id)

    def _check(self, before: TeamRecord, after: TeamRecord, desired: Desired) -> None:
        lost = [name for name in before.metadata if name not in after.metadata]
        is_so = (after.soft_budget, after.max_budget) == (desired.soft_budget, desired.max_budget)
        if lost or not is_so or OWN not in after.metadata:
            raise UndecidedError(
                f"{self._calls.url} took the budget of team {after.id} and says something else now.",
                hint="Somebody may be changing it at the same time; run `budget plan` again."
                + (f" Gone from its metadata: {', '.join(lost)}." if lost else ""),
            )


def _fail_if_raised_meanwhile(change: TeamChange, before: TeamRecord) -> None:
    """What to write was worked out from what was noted then: another's share would be lost."""
    now = shares_of(before)
    if (
        change.desired
        and change.record
        and now not in (shares_of(change.record), change.desired.shares)
    ):
        raise UndecidedError(
            f"Somebody else raised or took back team {before.id} a moment ago, so it is left as it is.",
            hint="Run this again.",
        )


def _weeks(first: date, last: date) -> Iterator[tuple[date, date]]:
    while first <= last:
        yield first, min(first + _WEEK - _A_DAY, last)
        first += _WEEK


def _record(team: bodies.BudgetTeam, team_id: str) -> TeamRecord:
    metadata: Mapping[str, Any] = team.metadata or {}
    return TeamRecord(
        id=team_id,
        alias=team.team_alias or "",
        spend=team.spend,
        max_budget=team.max_budget,
        soft_budget=team.soft_budget,
        budget_duration=team.budget_duration,
        resets_at=team.budget_reset_at,
        metadata=metadata,
    )
