"""Jobs that ask at the same time, at each kind of proxy: their caps never add up to more than a step above what is left."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from secrets import token_hex

from ci_tokengate.core.alias import scope_prefix
from ci_tokengate.core.context import JobContext
from ci_tokengate.core.policy import Policy, Routing, Team, UseCase
from ci_tokengate.lifecycle.admit import admit
from ci_tokengate.lifecycle.ask import Ask
from ci_tokengate.lifecycle.issue import Issued, issue
from ci_tokengate.wiring.proxies import clock
from tests.contract.adapters.world import World
from tests.fakes import a_context

JOBS = 8


def ask(each: World, policy: Policy, context: JobContext) -> Issued:
    proxy = each.proxy()
    admission = admit(proxy, policy, context, Ask(), now=clock().now())
    return issue(
        proxy, context, admission, nonce=lambda: token_hex(4), announce=lambda handle: None
    )


def test_the_caps_of_jobs_that_ask_at_once_stay_within_the_pull_requests(each: World) -> None:
    repository = f"acme/many-{token_hex(4)}"
    case = UseCase(
        name="code-review",
        routing=Routing(models=("claude-haiku",)),
        cap_per_run=Decimal("1.50"),
        cap_per_pr=Decimal("3.20"),
    )
    policy = Policy(
        source="p",
        default_team="t",
        default_use_case=case.name,
        teams={"t": Team(name="t", id=each.team, plan=Decimal(100_000))},
        use_cases={case.name: case},
    )
    context = replace(a_context(), repository=repository)
    with ThreadPoolExecutor(JOBS) as pool:
        issued = [*pool.map(lambda _: ask(each, policy, context), range(JOBS))]
    caps = [one.key.cap for one in issued if one.key is not None]
    given, step = sum(caps, Decimal(0)), each.able.cap_step
    assert 0 < given < Decimal("3.20") + max(step, Decimal("0.000001"))
    alive = each.proxy().live_keys(prefix=scope_prefix(repository, "12"), team_id=each.team)
    assert sorted(key.cap or Decimal(0) for key in alive) == sorted(caps)
    assert all(one.key is not None or not one.admission.verdict.allowed for one in issued)
