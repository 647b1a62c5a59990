"""Alerts and looks for the texts' tests."""

from __future__ import annotations

from datetime import date, datetime, timezone
from decimal import Decimal

from ci_tokengate.core.governance.spike import Reading, Spike, WatchRules
from ci_tokengate.core.tier import Tier
from ci_tokengate.core.watch.alert import SpikeAlert, TierAlert, spike_key, tier_key
from ci_tokengate.core.watch.breakdown import Breakdown, JobName, Part, breakdown_of
from ci_tokengate.core.watch.cause import Before, Cause, likely_cause
from ci_tokengate.core.watch.watched import TeamWatch, Watched
from ci_tokengate.errors import CredentialError

PROXY = "https://llm.acme.example"
AT = datetime(2026, 11, 28, 16, 11, tzinfo=timezone.utc)
DAY = date(2026, 11, 28)
RESET = datetime(2026, 12, 1, tzinfo=timezone.utc)


def parts(
    name: str = "refactor", repository: str = "acme/shop", model: str = "claude-opus"
) -> list[Part]:
    """$212.40: nine runs of one job on one pull request, and a little besides."""
    job = JobName(repository=repository, job=name, use_case="autonomous-agent")
    review = JobName(repository="acme/infra", job="review", use_case="code-review")
    own = [
        Part(
            job=job,
            place="42",
            run_id=f"90{n}",
            attempt=1,
            model=model,
            cost=Decimal("20.6"),
            calls=130,
        )
        for n in range(9)
    ]
    return [
        *own,
        Part(
            job=review,
            place="7",
            run_id="77",
            attempt=1,
            model="claude-sonnet",
            cost=Decimal(20),
            calls=44,
        ),
        Part(job=JobName(), model="claude-haiku", cost=Decimal(7), calls=300),
    ]


def spike(
    team: str = "payments-squad", made: list[Part] | None = None, *, number: int = 1
) -> SpikeAlert:
    found = parts() if made is None else made
    return SpikeAlert(
        key=spike_key(PROXY, f"{team}-{number}", DAY),
        team=team,
        at=AT,
        day=DAY,
        zone="Europe/Berlin",
        today=Decimal("212.40"),
        mean=Decimal("50.5"),
        factor=Decimal(3),
        breakdown=breakdown_of(found),
        cause=likely_cause(found, Before()),
    )


def tier(
    now: Tier, spend: str, before: Tier = Tier.GREEN, team: str = "search-squad", **more: str
) -> TierAlert:
    return TierAlert(
        key=tier_key(PROXY, team, now, RESET),
        team=team,
        at=AT,
        tier=now,
        before=before,
        spend=Decimal(spend),
        plan=Decimal(more.get("plan", "200")),
        hard_stop=Decimal(more.get("plan", "200")) * Decimal("1.5"),
        resets_at=RESET,
        exempted=Decimal(more.get("exempted", "0")),
    )


def team(
    name: str,
    today: str,
    mean: str | None,
    reading: Reading = Reading.USUAL,
    *,
    spend: str | None = "100",
    plan: str | None = "800",
    tier: Tier = Tier.GREEN,
    exact: bool = True,
    breakdown: Breakdown | None = None,
    cause: Cause | None = None,
) -> TeamWatch:
    day = Spike(
        team=name,
        day=DAY,
        today=Decimal(today),
        mean=None if mean is None else Decimal(mean),
        reading=reading,
    )
    return TeamWatch(
        team=name,
        team_id=f"id-{name}",
        day=day,
        exact=exact,
        tier=tier,
        spend=None if spend is None else Decimal(spend),
        plan=None if plan is None else Decimal(plan),
        hard_stop=None if plan is None else Decimal(plan) * Decimal("1.5"),
        resets_at=RESET,
        breakdown=breakdown,
        cause=cause,
    )


def watched(*, judged: bool = True, zone: str = "Europe/Berlin") -> Watched:
    """One of each kind of team."""
    made = parts()
    teams = (
        team("steady", "9", "9.5"),
        team(
            "payments-squad",
            "212.40",
            "50.5",
            Reading.SPIKE,
            breakdown=breakdown_of(made),
            cause=likely_cause(made, Before()),
        ),
        team("search-squad", "3", "2", spend="312.4", plan="200", tier=Tier.HARD_STOP),
        team("platform", "4", "5", spend="700", tier=Tier.AMBER),
        team("new-squad", "80", None, Reading.TOO_NEW),
        team("idle", "0", None, Reading.NO_BASELINE, plan=None, tier=Tier.NONE),
        team("small", "15", "1", Reading.BELOW_FLOOR, spend=None, plan=None, tier=Tier.NONE),
        team("hidden", "90", "20", Reading.SPIKE, exact=False),
    )
    return Watched(
        proxy=PROXY,
        zone=zone,
        at=AT,
        day=DAY,
        rules=WatchRules(),
        judged=judged,
        teams=teams,
        alerts=(spike(), tier(Tier.HARD_STOP, "312.4")) if judged else (),
        troubles=(CredentialError("The reading key may not read /spend/logs/v2."),),
    )
