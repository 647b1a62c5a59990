"""Calls that a budget refused, as the log rows of a key tell them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ci_tokengate.core.usage import UsageRow

PROBE_CALL_TYPE = "/v1/models"
"""The row that the proxy writes for our own question whether the budget is spent."""


@dataclass(frozen=True, kw_only=True)
class Refusals:
    """How many calls were refused, by the key's own cap and by the team's budget at the proxy."""

    by_cap: int = 0
    by_team: int = 0

    def __bool__(self) -> bool:
        return bool(self.by_cap or self.by_team)


def refusals_in(rows: Sequence[UsageRow]) -> Refusals:
    """Counts the agent's refused calls; our own probe is none of them."""
    refused = [r for r in rows if r.refusal and r.call_type != PROBE_CALL_TYPE]
    by_team = sum(row.calls for row in refused if "Team=" in row.refusal)
    return Refusals(by_cap=sum(row.calls for row in refused) - by_team, by_team=by_team)


def probe_is_in(rows: Sequence[UsageRow]) -> bool:
    """The probe's row is there: so are all rows that the key caused before it."""
    return any(r.refusal and r.call_type == PROBE_CALL_TYPE for r in rows)
