from __future__ import annotations

from decimal import Decimal

from ci_tokengate.core.keys import Handle
from ci_tokengate.core.refusals import PROBE_CALL_TYPE, Refusals
from ci_tokengate.core.usage import UsageRow
from ci_tokengate.lifecycle.retire import FLUSH, retire
from tests.fakes import FakeClock, FakeProxy

HANDLE = Handle(alias="a", team_id="t", key_id="k")


def _row(call_type: str, refusal: str = "") -> UsageRow:
    return UsageRow(
        key_id="k", alias="a", model="m", call_type=call_type, spend=Decimal(0), refusal=refusal
    )


def _proxy(spent: bool | None, *rows: UsageRow) -> FakeProxy:
    proxy = FakeProxy(spent=spent, rows=list(rows))
    proxy.add("k", "a", Decimal(1))
    return proxy


def test_a_key_with_budget_left_is_revoked_without_waiting() -> None:
    proxy, clock = _proxy(False), FakeClock()
    started = clock.now()
    retired = retire(proxy, HANDLE, job_key="sk-x", clock=clock)
    assert retired.existed
    assert not proxy.alive
    assert clock.now() == started


def test_refused_calls_are_counted_once_the_proxy_has_written_them() -> None:
    proxy, clock = _proxy(True), FakeClock()
    late = [_row("c", "Key=…"), _row("c", "Key=…"), _row(PROBE_CALL_TYPE, "Key=…")]
    clock.on_sleep = lambda: proxy.rows.extend(late if not proxy.rows else [])
    retired = retire(proxy, HANDLE, job_key="sk-x", clock=clock)
    assert retired.refusals == Refusals(by_cap=2)
    assert retired.counted


def test_a_proxy_that_never_writes_them_is_not_waited_for_for_ever() -> None:
    proxy, clock = _proxy(True), FakeClock()
    started = clock.now()
    retired = retire(proxy, HANDLE, job_key="sk-x", clock=clock)
    assert retired.spent
    assert not retired.counted
    assert (clock.now() - started).total_seconds() <= FLUSH + 1


def test_the_teams_refusals_are_told_apart_from_the_keys() -> None:
    proxy = _proxy(True, _row("c", "Team=t …"), _row(PROBE_CALL_TYPE, "Team=t …"))
    assert retire(proxy, HANDLE, job_key="sk-x", clock=FakeClock()).refusals == Refusals(by_team=1)


def test_a_mint_that_may_be_in_flight_is_refused_by_taking_its_alias() -> None:
    proxy = FakeProxy()
    retired = retire(proxy, Handle(alias="a", team_id="t"), job_key=None, clock=FakeClock())
    assert not retired.existed
    assert proxy.taken == ["a"]
