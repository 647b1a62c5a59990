"""What keys cost, whichever proxy counts it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from ci_tokengate.core.capabilities import ByModel, Counted, Tokens
from ci_tokengate.core.refusals import refusals_in
from ci_tokengate.core.usage import total
from tests.contract.adapters.world import DAWN, TO_THE_PRODUCT, World

HAIKU, SONNET = "0.0015", "0.0045"
"""USD of 1,000 tokens in and 100 out."""


def _own(each: World, number: int) -> World:
    from dataclasses import replace

    return replace(each, prefix=each.prefix.replace("#12:", f"#{number}:"))


def test_the_cost_of_a_pull_request_is_the_sum_of_its_keys_calls_to_the_last_digit(
    each: World,
) -> None:
    own = _own(each, 101)
    first, second, other = own.mint(), own.mint(), _own(each, 1011).mint()
    assert [each.call(k) for k in (first, second, second, other)] == [200] * 4
    rows = own.rows(own.prefix, "0.0045")
    by_key = {key.id: total(r for r in rows if r.key_id == key.id) for key in (first, second)}
    assert by_key[first.id].quantize(TO_THE_PRODUCT) == Decimal("0.0015")
    assert by_key[second.id].quantize(TO_THE_PRODUCT) == Decimal("0.0030")
    assert {row.key_id for row in rows} == {first.id, second.id}
    assert {row.alias for row in rows} == {first.alias, second.alias}


def test_the_cost_of_a_key_is_read_after_its_end(each: World) -> None:
    own = _own(each, 102)
    key = own.mint()
    assert each.call(key) == 200
    own.rows(own.prefix, HAIKU)
    assert each.proxy().revoke(each.handle(key)) is True
    assert total(own.rows(own.prefix, HAIKU)).quantize(TO_THE_PRODUCT) == Decimal(HAIKU)
    proxy = each.proxy()
    assert total(proxy.usage_of(key.id)).quantize(TO_THE_PRODUCT) == Decimal(HAIKU)
    [ended] = proxy.revoked_keys(prefix=own.prefix)
    assert (ended.id, ended.alias) == (key.id, key.alias)
    assert ended.revoked_at is not None


def test_the_cost_is_told_by_model(each: World) -> None:
    own, late = _own(each, 103), timedelta(0)
    if each.able.by_model is ByModel.NEXT_DAY:
        late = timedelta(days=1)
    own.move(-late)
    key = own.mint()
    assert [each.call(key, model=m) for m in ("claude-haiku", "claude-sonnet")] == [200, 200]
    own.move(late)
    rows = own.rows(own.prefix, "0.006")
    by_model = {row.model: row.spend.quantize(TO_THE_PRODUCT) for row in rows}
    assert by_model == {"claude-haiku": Decimal(HAIKU), "claude-sonnet": Decimal(SONNET)}
    assert sum(row.calls for row in rows) == 2
    if each.able.tokens is Tokens.SUM:
        assert {row.undivided_tokens for row in rows} == {1100}
    else:
        assert {(row.input_tokens, row.output_tokens) for row in rows} == {(1000, 100)}


def test_before_a_call_there_is_no_row_and_each_call_makes_the_log_longer(each: World) -> None:
    own = _own(each, 104)
    key = own.mint()
    assert list(each.proxy().usage_by_alias(own.prefix, since=DAWN)) == []
    before = each.proxy().log_size(own.prefix, since=DAWN)
    assert each.call(key) == 200
    own.rows(own.prefix, HAIKU)
    assert each.proxy().log_size(own.prefix, since=DAWN) > before


def test_the_rows_of_a_run_are_found_by_its_part_of_the_alias(each: World) -> None:
    own = _own(each, 105)
    run = f"{abs(hash(own.prefix)) % 10**9}"
    key = own.mint(alias=f"{own.prefix}{run}.2:review:code-review:aa11bb22")
    assert each.call(key) == 200
    own.rows(own.prefix, HAIKU)
    rows = list(each.proxy().usage_by_alias("tokengate:", since=DAWN, part=f":{run}."))
    assert {row.key_id for row in rows} == {key.id}


def test_calls_that_a_cap_refused_are_counted_where_they_can_be(each: World) -> None:
    own = _own(each, 106)
    key = own.mint(cap=Decimal(1))
    assert each.call(key, "in=10 out=250000") == 200
    own.rows(own.prefix, "1.25001")
    statuses = {each.call(key), each.call(key)}
    assert statuses <= {402, 412, 422}
    if each.able.counts_refusals is Counted.NONE:
        return

    def probe() -> int | None:
        rows = list(each.proxy().usage_of(key.id))
        refusals = refusals_in(rows)
        return refusals.by_cap if refusals.by_cap >= 2 else None

    assert each.eventually(probe) == 2


def test_a_job_cannot_have_its_calls_counted_as_anothers(each: World) -> None:
    """With each header by which this kind of proxy can be told something."""
    own = _own(each, 107)
    key, forged = own.mint(), each.diagnosis().forgery()
    status = each.call(key, headers=forged)
    assert status in ((200,) if each.able.spoof_proof else (200, 400))
    rows = own.rows(own.prefix, HAIKU)
    assert {row.key_id for row in rows} == {key.id}


def test_a_teams_spend_grows_with_its_keys_calls(each: World) -> None:
    before = each.proxy().team_budget(each.team)
    key = each.mint()
    assert each.call(key, "in=100000 out=10") == 200

    def probe() -> Decimal | None:
        spend = each.proxy().team_budget(each.team).spend
        return spend if spend >= before.spend + Decimal("0.1") else None

    each.eventually(probe)


def test_a_long_ref_or_job_is_found_again(each: World) -> None:
    """A name that is cut stays another than all that begin alike."""
    own = _own(each, 108)
    tail = f"778.1:{'j' * 90}:{'u' * 60}"
    keys = [own.mint(alias=f"{own.prefix}{tail}:{nonce}") for nonce in ("aa11", "bb22")]
    assert [each.call(key) for key in keys] == [200, 200]
    rows = own.rows(own.prefix, "0.003")
    assert len({row.key_id for row in rows}) == 2


@pytest.mark.parametrize("number", [109])
def test_a_pull_request_without_a_key_has_no_cost_and_no_keys(each: World, number: int) -> None:
    own, proxy = _own(each, number), each.proxy()
    assert proxy.keys(prefix=own.prefix) == []
    assert proxy.revoked_keys(prefix=own.prefix) == []
    assert list(proxy.usage_by_alias(own.prefix, since=DAWN)) == []
    assert proxy.log_size(own.prefix, since=DAWN) == 0


def test_what_each_key_spent_is_what_its_rows_add_up_to(each: World) -> None:
    own = _own(each, 41)
    keys = [own.mint(), own.mint()]
    for key in (keys[0], keys[0], keys[1]):
        assert own.call(key) == 200
    assert own.call(keys[0], model="claude-sonnet") == 200
    own.rows(own.prefix, "0.009")
    found = own.proxy().spent_by_alias(own.prefix, since=DAWN)
    spent = {alias: usd.quantize(TO_THE_PRODUCT) for alias, usd in found.items()}
    assert spent == {keys[0].alias: Decimal("0.0075"), keys[1].alias: Decimal("0.0015")}
