"""`report`: a month of the ledger as a value, and where it is told."""

from __future__ import annotations

from datetime import datetime, timedelta

from ci_tokengate.core.policy import Policy
from ci_tokengate.core.postings import Posted
from ci_tokengate.core.showback.build import showback
from ci_tokengate.core.showback.period import Month, local_day, midnight, zone_of
from ci_tokengate.core.showback.reading import Reading, trend_begins
from ci_tokengate.core.showback.values import Showback
from ci_tokengate.errors import UsageError
from ci_tokengate.ports import Board, Channel, Clock
from ci_tokengate.ports.ledger import Ledger
from ci_tokengate.render.showback.posting import marker, posting, posting_title
from ci_tokengate.render.showback.slack import message


def report(
    ledger: Ledger, policy: Policy | None, clock: Clock, *, month: str = "", team: str = ""
) -> Showback:
    """`month` is this one where none is given, and `last` the one before. Raises UsageError for one that
    has not begun."""
    with ledger.snapshot():
        return showback(_reading(ledger, policy, clock.now(), month), team=team)


def _reading(ledger: Ledger, policy: Policy | None, now: datetime, month: str) -> Reading:
    facts = ledger.facts()
    zone = zone_of(facts.zone)
    present = Month.of(local_day(now, zone))
    asked = {"": present, "last": present.back(1)}.get(month) or Month.parse(month)
    start = midnight(asked.first, zone)
    if start > now:
        raise UsageError(
            f"{asked} has not begun yet in {facts.zone}, the ledger's zone.",
            hint=f"The newest month that has is {present}.",
        )
    begins = trend_begins(asked)
    spent = list(ledger.spent(asked.first, asked.end))
    budgets = ledger.budgets(midnight(asked.end, zone))
    at_proxy = list(ledger.team_days(asked.first, asked.end))
    return Reading(
        month=asked,
        zone=facts.zone,
        now=now,
        closed=str(asked) in facts.closed_months,
        spent=spent,
        days=list(ledger.day_totals(begins.first, asked.first)),
        pulls=list(ledger.pulls(start, midnight(asked.end, zone))),
        merges=list(ledger.merges(midnight(begins.first, zone), now + timedelta(days=1))),
        payers=list(ledger.payers()),
        budgets=budgets,
        at_proxy=at_proxy,
        in_ledger=list(ledger.team_totals(asked.first, asked.end)),
        reads=ledger.days_read(),
        pulls_read=ledger.pulls_read(),
        policy=policy,
    )


def put(board: Board, found: Showback, *, link: str = "") -> Posted:
    """As an issue or a discussion of the month. Raises what Board does."""
    since = midnight(found.first, zone_of(found.zone))
    return board.put(posting_title(found), posting(found, link=link), marker(found), since)


def tell(channel: Channel, found: Showback, *, link: str = "") -> Posted:
    """Raises what Channel does."""
    return channel.post(message(found, link=link))
