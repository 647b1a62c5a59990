"""`doctor` at each kind of proxy, and `--live`: what only a running proxy proves, proven on the sandboxes too."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from ci_tokengate.adapters.price_book import list_price
from ci_tokengate.commands.doctor import Patient, doctor
from ci_tokengate.commands.doctor.unit import unit_check
from ci_tokengate.core.capabilities import Capabilities
from ci_tokengate.core.check import Check, Status
from ci_tokengate.core.policy import Policy, Routing, Team, UseCase
from ci_tokengate.core.tools.registry import select
from ci_tokengate.core.usage import UsageRow
from ci_tokengate.ports import PriceBook
from ci_tokengate.wiring.proxies import entrance
from tests.contract.adapters.world import World
from tests.fakes import a_context


@dataclass
class MovedClock:
    """Sleeping moves the proxy's clock, where it can be moved."""

    world: World
    ahead: timedelta = field(default=timedelta(0))

    def now(self) -> datetime:
        return datetime.now(timezone.utc) + self.ahead

    def sleep(self, seconds: float) -> None:
        if self.world.clock is None:
            import time

            time.sleep(seconds)
        else:
            self.world.flush()
            self.world.clock.advance(timedelta(seconds=seconds))
            self.ahead += timedelta(seconds=seconds)


def examined(each: World, *, book: PriceBook | None, cap: str = "2") -> list[Check]:
    case = UseCase(
        name="code-review",
        routing=Routing(models=("claude-haiku",)),
        cap_per_run=Decimal(cap),
        parallel_requests=4,
    )
    policy = Policy(
        source="policy.yml",
        default_team="t",
        default_use_case=case.name,
        teams={"t": Team(name="t", id=each.team, plan=Decimal(800))},
        use_cases={case.name: case},
    )
    clock = MovedClock(each)
    patient = Patient(
        policy=policy,
        policy_trouble=None,
        address=(),
        url=each.site.url,
        entrance=entrance(each.site),
        why_no_proxy="",
        proxy=each.proxy(),
        diagnosis=each.diagnosis(),
        comments=None,
        context=a_context(),
        tools=select(["claude-code", "openai"]),
        folder="/nowhere",
        clock=clock,
        nonce=lambda: f"{id(clock):08x}"[-8:],
        book=book,
    )
    try:
        return list(doctor(patient))
    finally:
        if each.clock is not None:
            each.clock.advance(-clock.ahead)


def lines(checks: list[Check], subject: str) -> list[tuple[Status, str]]:
    return [(c.status, c.sentence) for c in checks if c.subject == subject]


def test_the_tools_reach_the_proxy_and_no_key_is_left(each: World) -> None:
    checks = examined(each, book=None)
    for tool in ("claude-code", "openai"):
        [(status, sentence)] = lines(checks, tool)
        assert (status, sentence[:27]) == (Status.OK, "its calls reach the proxy, "), sentence
    [proxy] = [c for c in checks if c.subject == "proxy"]
    assert each.able.product in proxy.sentence
    assert all(c.status is Status.OK for c in checks if c.subject == "credential"), checks
    assert each.proxy().live_keys(prefix="tokengate:acme/web_app#doctor:") == []


def test_what_the_proxy_cannot_do_is_told_and_what_of_the_policy_that_concerns(each: World) -> None:
    told = lines(examined(each, book=None, cap="0.40"), "limits")
    able = each.able
    assert bool(told) == (able.cap_step == 1 or not able.parallel_limit)
    rounded = [s for status, s in told if status is Status.WARN and "caps keys in" in s]
    assert bool(rounded) == (able.cap_step == 1)
    parallel = [s for status, s in told if status is Status.WARN and "parallel-requests" in s]
    assert bool(parallel) != able.parallel_limit


def test_a_proxy_without_ceilings_says_so(each: World) -> None:
    told = lines(examined(each, book=None), "ceilings")
    if not each.able.ceilings:
        assert [status for status, _ in told] == [Status.WARN]
        assert "without bound" in told[0][1]
    else:
        assert told


@pytest.mark.long
def test_live_proves_listing_cost_unit_revocation_and_end(each: World) -> None:
    told = lines(examined(each, book=list_price), "live")
    said = " ".join(sentence for _, sentence in told)
    assert Status.FAIL not in {status for status, _ in told}, told
    for part in (
        "listed under its name at once",
        "the call's cost was told after",
        "a revoked key is refused at once",
        "what a revoked key has spent can still be read",
        "a key ends by itself",
    ):
        assert part in said, told
    assert each.proxy().live_keys(prefix="tokengate:acme/web_app#doctor:") == []


def a_row(model: str, spend: Decimal) -> UsageRow:
    return UsageRow(
        key_id="k",
        alias="a",
        model=model,
        provider_model=model,
        call_type="",
        spend=spend,
        undivided_tokens=120,
    )


@pytest.mark.parametrize(
    ("factor", "status"),
    [("1", Status.OK), ("100", Status.FAIL), ("0.01", Status.FAIL), ("3", Status.OK)],
)
def test_live_tells_a_unit_of_money_that_is_another(factor: str, status: Status) -> None:
    row = a_row("claude-haiku-4-5", Decimal("0.0002") * Decimal(factor))
    assert unit_check(list_price, Capabilities(product="P"), [row]).status is status


def test_live_does_not_guess_where_nobody_knows_the_price() -> None:
    found = unit_check(list_price, Capabilities(product="P"), [a_row("house-model", Decimal(1))])
    assert (found.status, found.expected) == (Status.UNKNOWN, True)
