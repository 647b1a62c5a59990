"""A ledger at a glance, as text and JSON."""

from __future__ import annotations

from typing import Any

from ci_tokengate.core.ledger.records import LedgerFacts
from ci_tokengate.core.ledger.survey import Survey
from ci_tokengate.core.money import plain
from ci_tokengate.render.money import usd


def settings_line(facts: LedgerFacts) -> str:
    return f"zone {facts.zone}, actors {facts.actors}, schema {facts.schema}"


def survey_lines(seen: Survey) -> list[str]:
    closed = ", ".join(seen.facts.closed_months) or "none"
    holds = "nothing yet"
    if seen.first is not None:
        holds = f"{usd(seen.cost)} from {seen.first} to {seen.last}"
    return [
        f"settings       {settings_line(seen.facts)}",
        f"holds          {holds}",
        f"of it          {usd(seen.attributed)} attributed, {usd(seen.open_cost)} still open",
        f"closed months  {closed}",
    ]


def survey_json(seen: Survey) -> dict[str, Any]:
    """Money as text, in full precision."""
    return {
        "zone": seen.facts.zone,
        "actors": seen.facts.actors,
        "schema": seen.facts.schema,
        "first_day": None if seen.first is None else seen.first.isoformat(),
        "last_day": None if seen.last is None else seen.last.isoformat(),
        "total_usd": plain(seen.cost),
        "attributed_usd": plain(seen.attributed),
        "open_usd": plain(seen.open_cost),
        "closed_months": [*seen.facts.closed_months],
    }
