"""Reports to render: a pull request in every state that its comment can tell of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timezone
from decimal import Decimal

from ci_tokengate.core.budget import TeamBudget
from ci_tokengate.core.cost import Cost, CostRow, CostState, KeyCost
from ci_tokengate.core.decide import decide
from ci_tokengate.core.policy import Mode, Policy, Team
from ci_tokengate.core.report import CapLeft, Median, Refused, Report, Stage
from ci_tokengate.core.verdict import Verdict
from tests.fakes import NOW, a_policy, a_use_case

RESET = datetime(2026, 12, 1, tzinfo=timezone.utc)


def standing(
    team: str = "payments-squad",
    spend: str = "495.20",
    plan: str | None = "800",
    *,
    observe: bool = False,
    blocked: bool = False,
) -> Verdict:
    case = a_use_case()
    payer = Team(name=team, id=team, plan=None if plan is None else Decimal(plan))
    policy: Policy = replace(a_policy(case), teams={team: payer}, default_team=team)
    if observe:
        policy = replace(policy, mode=Mode.OBSERVE, observe_since=date(2026, 10, 1))
    budget = TeamBudget(spend=Decimal(spend), resets_at=RESET, blocked=blocked)
    return decide(policy, payer, case, budget)


def row(
    model: str = "claude-sonnet",
    cost: str = "3.31",
    *,
    use_case: str = "code-review",
    requests: int = 41,
    cache: tuple[int, int] = (0, 0),
    unpriced: int = 0,
    list_price: str | None = None,
) -> CostRow:
    return CostRow(
        use_case=use_case,
        model=model,
        requests=requests,
        input_tokens=19_815 * requests,
        output_tokens=758 * requests,
        cache_read_tokens=cache[0],
        cache_write_tokens=cache[1],
        cost=Decimal(cost),
        unpriced=unpriced,
        list_price=None if list_price is None else Decimal(list_price),
    )


def key(
    job: str = "review",
    cost: str = "1.14",
    *,
    run_id: str = "9001",
    attempt: int = 1,
    use_case: str = "code-review",
    status: str = "revoked",
    requests: int = 12,
    cap: str | None = "2",
    by_cap: int = 0,
    by_team: int = 0,
) -> KeyCost:
    return KeyCost(
        id=f"{run_id}-{attempt}-{job}",
        alias=f"tokengate:acme/shop#7:{run_id}.{attempt}:{job}:{use_case}:0",
        run_id=run_id,
        attempt=attempt,
        job=job,
        use_case=use_case,
        cost=Decimal(cost),
        status=status,
        team_id="payments-squad",
        cap=None if cap is None else Decimal(cap),
        requests=requests,
        refused_by_cap=by_cap,
        refused_by_team=by_team,
    )


def refused(job: str = "fix", run_id: str = "9003", cause: str = "hard stop") -> Refused:
    return Refused(
        run_id=run_id,
        attempt=1,
        job=job,
        use_case="autonomous-agent",
        team="search-squad",
        cause=cause,
    )


def cost(
    rows: Sequence[CostRow] = (),
    keys: Sequence[KeyCost] = (),
    *,
    state: CostState = CostState.SETTLED,
    lost: str = "0",
    forgotten: int = 0,
) -> Cost:
    return Cost(
        total=sum((r.cost for r in rows), Decimal(0)),
        state=state,
        as_of=NOW,
        rows=tuple(rows),
        keys=tuple(keys),
        running=sum(k.status == "active" for k in keys),
        lost=Decimal(lost),
        forgotten=forgotten,
    )


def report(found: Cost, *teams: Verdict, **more: object) -> Report:
    about = Report(repository="acme/shop", number=7, cost=found, teams=teams)
    return replace(about, **more)  # type: ignore[arg-type]


def cap(left: str = "6.58", of: str = "10", use_case: str = "code-review") -> CapLeft:
    return CapLeft(use_case=use_case, cap=Decimal(of), left=Decimal(left))


_SONNET = row(cache=(640_000, 52_000))
_HAIKU = row("claude-haiku", "0.11", requests=12)
_OPUS = row("claude-opus", "14.20", use_case="autonomous-agent", requests=9)
_KEYS = (
    key(cost="2.28"),
    key(run_id="9002"),
    key("fix", "14.20", run_id="9002", use_case="autonomous-agent", cap="15", requests=9),
)
_PLAIN = cost([_SONNET, _HAIKU], _KEYS[:2])

USUAL = report(
    cost([_OPUS, _SONNET, _HAIKU], (*_KEYS, key("idle", "0", run_id="9002", requests=0))),
    standing(),
    caps=(cap(), cap("45.80", "60", "autonomous-agent")),
    median=Median(amount=Decimal("2.44"), count=30),
)

REPORTS = {
    "usual: two use cases, three models, one team": USUAL,
    "one use case and its cap": report(_PLAIN, standing(), caps=(cap(),)),
    "two teams": report(_PLAIN, standing(), standing("search-squad", "240", "200")),
    "more teams than two": report(
        _PLAIN,
        standing(),
        standing("search-squad", "312.40", "200"),
        standing("platform", "12", None),
        standing("growth", "1", blocked=True),
    ),
    "running jobs": report(
        cost([_SONNET], [key("fix", status="active")], state=CostState.PROVISIONAL), standing()
    ),
    "over, and not yet settled": report(
        cost([_SONNET], _KEYS[:1], state=CostState.PROVISIONAL), standing()
    ),
    "a log that begins too late": report(
        cost([], _KEYS[:1], state=CostState.UNKNOWN, forgotten=2), standing()
    ),
    "rows that the proxy has lost": report(
        cost([_SONNET], _KEYS[:1], state=CostState.UNKNOWN, lost="1.20"), standing()
    ),
    "calls without a price, known by a list": report(
        cost([_SONNET, row("acme-llm-v2", "0", requests=4, unpriced=4, list_price="0.38")]),
        standing(),
    ),
    "calls without a price, known by none": report(
        cost([row("acme-llm-v2", "0", requests=1, unpriced=1)]), standing()
    ),
    "calls without a price, in part": report(
        cost([row("acme-llm-v2", "0.10", requests=4, unpriced=3)]), standing()
    ),
    "many models without a price": report(
        cost([row(f"model-{n:02}", "0", unpriced=2, list_price="1") for n in range(30)])
    ),
    "refused jobs": report(
        _PLAIN,
        standing(),
        standing("search-squad", "312.40", "200"),
        refused=(refused(), refused("fix", "9004"), refused("review", "9004", "plan is zero")),
    ),
    "refused, and nothing else": report(
        cost(), standing("search-squad", "312.40", "200"), refused=(refused(),)
    ),
    "jobs that ran into their cap": report(
        cost([_SONNET], [key(by_cap=6), key("fix", by_cap=1, by_team=2)]),
        standing(),
        caps=(cap("0"),),
    ),
    "merged": report(_PLAIN, standing(), stage=Stage.MERGED, caps=(cap(),)),
    "merged, and not yet settled": report(
        cost([_SONNET], _KEYS[:1], state=CostState.PROVISIONAL), standing(), stage=Stage.MERGED
    ),
    "closed without merging": report(_PLAIN, standing(), stage=Stage.CLOSED),
    "a fork": report(cost(), from_fork=True),
    "no call at all": report(cost([], [key(cost="0", requests=0)]), standing(), caps=(cap("10"),)),
    "observe mode": report(
        _PLAIN, standing("search-squad", "312.40", "200", observe=True), observing=True
    ),
    "no plan": report(_PLAIN, standing(plan=None)),
    "a plan of zero": report(_PLAIN, standing(plan="0")),
    "a blocked team": report(_PLAIN, standing(blocked=True)),
    "tiny sums": report(
        cost([row(cost="0.000000123", requests=1), row("claude-haiku", "0.0042", requests=1)]),
        standing(spend="0.0042"),
        median=Median(amount=Decimal("0.001"), count=5),
    ),
    "large sums": report(
        cost([row(cost="1234567.891", requests=2_000_000)]), standing(spend="1300000", plan="1e6")
    ),
    "on a terminal": report(cost([_SONNET], [key(run_id="local-7", attempt=0)]), standing()),
}
