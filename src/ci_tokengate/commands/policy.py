"""`policy check`: what a policy that can be read says against itself, and against its proxy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import TypeVar

from ci_tokengate.core.advice.advice import Advice, refused
from ci_tokengate.core.advice.offline import judged
from ci_tokengate.core.advice.savings import Saving, savings
from ci_tokengate.core.advice.served import ServedModel, missing_models, plans_there, teams_there
from ci_tokengate.core.advice.used import Usage
from ci_tokengate.core.alias import PREFIX
from ci_tokengate.core.policy import Policy
from ci_tokengate.errors import TokengateError
from ci_tokengate.ports import PriceBook
from ci_tokengate.ports.budgets import Progress, TeamBudgets
from ci_tokengate.ports.models import Models
from ci_tokengate.ports.spend_log import SpendLog

_A_DAY = timedelta(days=1)
_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True)
class Proxied:
    """The proxy, as whoever reads all sees it; `days` of its log are read, today's among them."""

    models: Models
    budgets: TeamBudgets
    log: SpendLog
    book: PriceBook
    days: int
    progress: Progress


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What was found. `troubles`: what could not be asked, so that nothing is said of it.

    `days` is how much of the log was read, 0 for none of it. `savings` are None where it was not.
    """

    advice: tuple[Advice, ...]
    savings: tuple[Saving, ...] | None = None
    troubles: tuple[TokengateError, ...] = ()
    days: int = 0

    def exit_code(self, *, strict: bool) -> int:
        """1 where something is wrong, else that of what nobody could say, else 0 (DESIGN D15)."""
        if refused(self.advice, strict=strict):
            return 1
        return max((trouble.exit_code for trouble in self.troubles), default=0)


def check(policy: Policy, proxied: Proxied | None, *, today: date) -> Checked:
    """Without a proxy, what the policy alone tells. What the proxy does not answer is a trouble, no error."""
    if proxied is None:
        return Checked(advice=judged(policy, today))
    troubles: list[TokengateError] = []
    served = _asked(proxied.models.models, troubles)
    records = _asked(proxied.budgets.teams, troubles)
    usage = _asked(lambda: _usage(proxied, today), troubles) if proxied.days else None
    prices = {m.name: m.prices.input + m.prices.output for m in served or () if m.prices}
    return Checked(
        advice=(
            *judged(policy, today, prices, plans_there(policy, records or ())),
            *(missing_models(policy, served) if served is not None else ()),
            *(teams_there(policy, records) if records is not None else ()),
        ),
        savings=_savings(usage, policy, served or (), proxied.book) if usage else None,
        troubles=tuple(troubles),
        days=proxied.days if usage else 0,
    )


def _savings(
    usage: Usage, policy: Policy, served: Sequence[ServedModel], book: PriceBook
) -> tuple[Saving, ...]:
    return savings(usage.by, policy, served, book)


def _usage(proxied: Proxied, today: date) -> Usage:
    """Only of job keys: what people spend by hand may be far more, and no policy routes it."""
    found, first = Usage(), today - (proxied.days - 1) * _A_DAY
    since, done = datetime.combine(first, time(), timezone.utc), 0
    for row in proxied.log.rows_of(PREFIX, since=since):
        found.add(row)
        day = (row.started_at.date() - first).days if row.started_at else 0
        if done < day < proxied.days:
            done = day
            proxied.progress(done, proxied.days)
    proxied.progress(proxied.days, proxied.days)
    return found


def _asked(ask: Callable[[], _T], troubles: list[TokengateError]) -> _T | None:
    try:
        return ask()
    except TokengateError as error:
        if error.message not in {trouble.message for trouble in troubles}:
            troubles.append(error)
        return None
