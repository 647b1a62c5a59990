"""`exempt request`, `exempt sync` and `exempt log`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from ci_tokengate.core.governance.approval import Agreement, MergedChange, agreement
from ci_tokengate.core.governance.audit import Audited, Window
from ci_tokengate.core.governance.exemption import Exemption, Phase, phase_of
from ci_tokengate.core.governance.shares import shares_of, with_own
from ci_tokengate.core.governance.team import BudgetPlan, Share, Shares, TeamRecord
from ci_tokengate.core.money import exact_sum
from ci_tokengate.core.policy import Policy, Team
from ci_tokengate.errors import TokengateError
from ci_tokengate.lifecycle import budgets as lifecycle
from ci_tokengate.ports.budgets import TeamBudgets
from ci_tokengate.ports.reviews import Reviews
from ci_tokengate.ports.spend_log import SpendLog

apply = lifecycle.apply
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Judged:
    """An exemption in force, and whether anybody agreed; `trouble` where nobody could be asked."""

    exemption: Exemption
    agreement: Agreement | None
    trouble: TokengateError | None = None


def judge(
    exemptions: Sequence[Exemption], policy: Policy, reviews: Reviews, *, now: datetime
) -> list[Judged]:
    """Of those in force at `now`. Each file is asked about once."""
    changes: dict[str, MergedChange | None] = {}
    found = []
    for exemption in exemptions:
        if exemption.in_force(now):
            try:
                found.append(_judged(exemption, policy, reviews, changes))
            except (
                TokengateError
            ) as error:  # a token that has run out, too: what is over must go all the same
                found.append(Judged(exemption=exemption, agreement=None, trouble=error))
    return found


def sync(
    budgets: TeamBudgets, policy: Policy, judged: Sequence[Judged], *, owner: str, now: datetime
) -> BudgetPlan:
    """What has to change at the proxy so that each team is raised by what is agreed now, and no more.

    It follows from policy, exemptions and time alone, so a missed run, an overlap, or a plan that
    changed meanwhile needs no memory. Where nobody could be asked, what is raised already stays.
    `owner` is the policy's repository, in whose name teams are raised: the shares of others stay.
    """

    def extra(team: Team, record: TeamRecord) -> Shares:
        there = shares_of(record)
        own = [j for j in judged if j.exemption.team == team.name]
        agreed = [j.exemption for j in own if j.agreement and j.agreement.given]
        unknown = [j.exemption for j in own if j.agreement is None]
        mine = _own_share(there.get(owner.lower()), agreed, unknown)
        return with_own(there, owner, mine, now)

    return lifecycle.plan(budgets, policy, extra, owner=owner, now=now)


def _own_share(
    there: Share | None, agreed: Sequence[Exemption], unknown: Sequence[Exemption]
) -> Share:
    """What is agreed, and of what cannot be asked about no more than there is already."""
    sure = exact_sum(e.extra for e in agreed)
    more = (there.amount if there else Decimal(0)) - sure
    doubtful = min(max(more, Decimal(0)), exact_sum(e.extra for e in unknown))
    ends = [e.ends_at for e in (*agreed, *(unknown if doubtful else ()))]
    return Share(amount=sure + doubtful, until=max(ends, default=None))


def audit(
    exemptions: Sequence[Exemption],
    policy: Policy,
    *,
    reviews: Reviews | None,
    log: SpendLog | None,
    now: datetime,
    progress: Callable[[int, int], None],
) -> Iterator[Audited]:
    """One by one, the latest first. What cannot be asked is None in the answer, and never a guess.

    Raises what SpendLog raises.
    """
    changes: dict[str, MergedChange | None] = {}
    for exemption in sorted(exemptions, key=lambda e: (e.starts_at, e.name), reverse=True):
        phase = phase_of(exemption, now)
        window = None
        if log is not None and phase is not Phase.AHEAD:
            team = policy.teams.get(exemption.team)
            window = Window(exemption, team.id if team else exemption.team)
            days = _days(exemption, now)
            for done, day in enumerate(days, 1):
                for row in log.rows(day):
                    window.add(row)
                progress(done, len(days))
        yield Audited(
            exemption=exemption,
            phase=phase,
            agreement=_agreement(exemption, policy, reviews, changes),
            jobs=window.jobs() if window else None,
            other_cost=window.other if window else Decimal(0),
        )


def _judged(
    exemption: Exemption,
    policy: Policy,
    reviews: Reviews,
    changes: dict[str, MergedChange | None],
) -> Judged:
    path = exemption.source
    if path not in changes:
        changes[path] = reviews.last_change(path)
    found = agreement(
        changes[path],
        requested_by=exemption.requested_by,
        approvers=policy.exemption_rules.approvers,
    )
    return Judged(exemption=exemption, agreement=found)


def _agreement(
    exemption: Exemption,
    policy: Policy,
    reviews: Reviews | None,
    changes: dict[str, MergedChange | None],
) -> Agreement | None:
    if reviews is None:
        return None
    try:
        return _judged(exemption, policy, reviews, changes).agreement
    except TokengateError:
        return None


def _days(exemption: Exemption, now: datetime) -> list[date]:
    """The UTC days that the window touches, up to today."""
    last = min(exemption.ends_at - timedelta(microseconds=1), now).astimezone(timezone.utc).date()
    first = exemption.starts_at.astimezone(timezone.utc).date()
    return [first + i * _A_DAY for i in range((last - first).days + 1)]
