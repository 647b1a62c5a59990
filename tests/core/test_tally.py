from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_tokengate.core.cost import Cost, CostState
from ci_tokengate.core.keys import KeyRecord
from ci_tokengate.core.tally import Tally
from ci_tokengate.core.usage import UsageRow
from tests.core.usage_rows import a_key, a_row, an_alias, before
from tests.fakes import NOW

PROBE = "/v1/models"
BY_CAP = "Budget has been exceeded! Key=x Current cost: 3, Max budget: 2"
BY_TEAM = "Budget has been exceeded! Team=payments-squad Current cost: 300, Max budget: 200"


def added(rows: Sequence[UsageRow], keys: Sequence[KeyRecord] = ()) -> Cost:
    tally = Tally()
    for row in rows:
        tally.add(row)
    assert tally.count == len(rows)
    return tally.cost(keys, now=NOW)


def test_rows_add_up_by_use_case_and_model_and_by_key() -> None:
    rows = [
        a_row("0.1"),
        a_row("0.2"),
        a_row("0.3", model="claude-haiku"),
        a_row("0.00000000007", key_id="id-2", alias=an_alias("triage", run="778")),
    ]
    cost = added(rows, [a_key(), a_key("id-2", an_alias("triage", run="778"))])
    assert cost.total == Decimal("0.60000000007")
    assert [(r.use_case, r.model, r.requests, r.cost) for r in cost.rows] == [
        ("review", "claude-haiku", 1, Decimal("0.3")),
        ("review", "claude-sonnet", 2, Decimal("0.3")),
        ("triage", "claude-sonnet", 1, Decimal("7E-11")),
    ]
    assert [(k.id, k.run_id, k.use_case, k.cost) for k in cost.keys] == [
        ("id-1", "777", "review", Decimal("0.6")),
        ("id-2", "778", "triage", Decimal("7E-11")),
    ]
    assert (cost.requests, cost.state) == (4, CostState.PROVISIONAL)
    sonnet = cost.rows[1]
    assert (sonnet.input_tokens, sonnet.output_tokens) == (200, 40)
    assert (sonnet.cache_read_tokens, sonnet.cache_write_tokens) == (60, 20)


@pytest.mark.parametrize(
    ("changes", "requests", "cost", "input_tokens", "unpriced"),
    [
        pytest.param({}, 1, "0.5", 100, 0, id="an answer"),
        pytest.param({"spend": Decimal(0)}, 1, "0", 100, 1, id="an answer without a price"),
        pytest.param({"spend": Decimal(0), "repeated": True}, 1, "0", 100, 0, id="from the cache"),
        pytest.param(
            {"spend": Decimal(0), "input_tokens": 0, "output_tokens": 0},
            *(1, "0", 0, 0),
            id="without tokens",
        ),
        pytest.param({"failed": True}, 1, "0.5", 100, 0, id="failed, and paid all the same"),
        pytest.param({"failed": True, "spend": Decimal(0)}, 0, "0", 0, 0, id="failed with tokens"),
        pytest.param(
            {"failed": True, "spend": Decimal(0), "refusal": BY_CAP}, 0, "0", 0, 0, id="refused"
        ),
        pytest.param(
            {"call_type": PROBE, "failed": True, "spend": Decimal(0), "refusal": BY_CAP},
            *(0, "0", 0, 0),
            id="our own probe",
        ),
        pytest.param({"call_type": PROBE}, 1, "0.5", 100, 0, id="a probe that was paid for"),
    ],
)
def test_what_a_row_counts_for(
    changes: dict[str, Any], requests: int, cost: str, input_tokens: int, unpriced: int
) -> None:
    found = added([a_row(**changes)])
    assert found.total == Decimal(cost)
    assert found.requests == requests
    assert sum(row.input_tokens for row in found.rows) == input_tokens
    assert sum(row.unpriced for row in found.rows) == unpriced
    assert found.complete == (not unpriced)


def test_refusals_are_counted_by_key_and_by_whose_budget_it_was() -> None:
    refused: dict[str, Any] = {
        "failed": True,
        "spend": Decimal(0),
        "input_tokens": 0,
        "output_tokens": 0,
    }
    rows = [
        *[a_row(refusal=BY_CAP, **refused)] * 3,
        *[a_row(refusal=BY_TEAM, **refused)] * 2,
        a_row(refusal=BY_CAP, call_type=PROBE, **refused),
        a_row(refusal=BY_CAP, key_id="id-2", **refused),
    ]
    by_key = {key.id: key for key in added(rows).keys}
    assert (by_key["id-1"].refused_by_cap, by_key["id-1"].refused_by_team) == (3, 2)
    assert (by_key["id-2"].refused_by_cap, by_key["id-2"].refused_by_team) == (1, 0)
    assert by_key["id-1"].requests == 0


def test_priced_and_unpriced_calls_of_one_model_are_told_apart() -> None:
    rows = [a_row("0.5"), a_row("0"), a_row("0", provider_model="bedrock/claude-sonnet")]
    cost = added(rows)
    assert [(r.requests, r.unpriced, r.cost) for r in cost.rows] == [(3, 2, Decimal("0.5"))]
    assert [(u.provider_model, u.requests, u.input_tokens) for u in cost.unpriced] == [
        ("anthropic/claude-sonnet-4-5-20250929", 1, 100),
        ("bedrock/claude-sonnet", 1, 100),
    ]


def test_a_key_that_the_proxy_no_longer_lists_is_known_by_its_rows() -> None:
    (key,) = added([a_row()]).keys
    assert (key.id, key.status, key.run_id, key.job) == ("id-1", "gone", "777", "job")
    assert (key.cap, key.cost) == (None, Decimal("0.5"))


def test_an_alias_that_is_not_ours_has_no_use_case_and_no_run() -> None:
    cost = added([a_row(alias="somebodys-key")])
    assert [(r.use_case, r.cost) for r in cost.rows] == [("", Decimal("0.5"))]
    assert [(k.run_id, k.attempt, k.job, k.use_case) for k in cost.keys] == [("", 0, "", "")]


def test_a_run_with_a_point_in_its_id_is_a_run() -> None:
    (key,) = added([a_row(alias=an_alias(run="build.7"))]).keys
    assert (key.run_id, key.attempt) == ("build.7", 1)


def test_keys_without_a_call_are_there_with_nothing() -> None:
    (key,) = added([], [a_key(revoked_at=before(60))]).keys
    assert (key.cost, key.requests, key.status) == (Decimal(0), 0, "revoked")


def test_jobs_come_in_the_order_of_their_runs_numbers() -> None:
    runs = ["10", "9", "build-2", "9"]
    keys = [a_key(f"id-{n}", an_alias(run=run, nonce=f"n{n}")) for n, run in enumerate(runs)]
    assert [key.run_id for key in added([], keys).keys] == ["build-2", "9", "9", "10"]


@pytest.mark.parametrize(
    ("key", "status", "running"),
    [
        (a_key(), "active", 1),
        (a_key(expires_at=None), "active", 1),
        (a_key(blocked=True), "blocked", 1),
        (a_key(expires_at=NOW), "expired", 0),
        (a_key(expires_at=before(1), blocked=True), "expired", 0),
        (a_key(revoked_at=before(1)), "revoked", 0),
        (a_key(revoked_at=before(1), expires_at=None), "revoked", 0),
    ],
)
def test_a_key_runs_until_it_has_ended(key: KeyRecord, status: str, running: int) -> None:
    cost = added([], [key])
    assert (cost.keys[0].status, cost.running) == (status, running)


@pytest.mark.parametrize(
    ("key", "lost"),
    [
        pytest.param(a_key(revoked_at=before(60), spend=Decimal("0.8")), "0.3", id="rows gone"),
        pytest.param(a_key(expires_at=before(60), spend=Decimal("0.8")), "0.3", id="expired"),
        pytest.param(a_key(revoked_at=before(60), spend=Decimal("0.1")), "0", id="frozen early"),
        pytest.param(
            a_key(revoked_at=before(60), spend=Decimal("0.5000000000000001")), "0", id="noise"
        ),
        pytest.param(a_key(spend=Decimal("0.8")), "0", id="still running: counted before written"),
        pytest.param(
            a_key(revoked_at=before(19), spend=Decimal("0.8")), "0", id="still being written"
        ),
    ],
)
def test_spend_that_no_row_shows_is_lost_once_the_rows_have_settled(
    key: KeyRecord, lost: str
) -> None:
    cost = added([a_row("0.5")], [key])
    assert cost.lost == Decimal(lost)
    assert cost.complete == (cost.lost == 0)


def test_the_time_of_the_last_row_is_known_whatever_it_was() -> None:
    tally = Tally()
    for seconds in (60, 5, 30):
        tally.add(a_row("0", failed=True, started_at=before(seconds)))
    tally.add(a_row(started_at=None))
    assert tally.last_row_at == before(5)


def test_large_and_tiny_amounts_lose_no_digit() -> None:
    spends = ["12345.678901234567", "3.0000000000000001e-08", "1.2345678901234567e-12"]
    cost = added([a_row(spend) for spend in spends])
    exact = sum(map(Fraction, spends), Fraction(0))
    assert Fraction(cost.total) == Fraction(cost.keys[0].cost) == exact


MONEY = st.floats(0, 10_000, allow_subnormal=False).map(repr)
ROWS = st.lists(
    st.builds(
        a_row,
        spend=st.one_of(st.just("0"), MONEY),
        key_id=st.sampled_from(["id-1", "id-2", "unknown"]),
        alias=st.sampled_from([an_alias(), an_alias("triage"), "foreign", ""]),
        model=st.sampled_from(["a", "b", "c"]),
        provider_model=st.sampled_from(["x/a", "y/a"]),
        call_type=st.sampled_from(["acompletion", PROBE]),
        failed=st.booleans(),
        refusal=st.sampled_from(["", BY_CAP, BY_TEAM]),
        input_tokens=st.integers(0, 10**6),
        output_tokens=st.integers(0, 10**6),
    ),
    max_size=30,
)


@given(ROWS)
def test_the_sums_by_model_by_key_and_in_all_are_the_rows_to_the_last_digit(
    rows: list[UsageRow],
) -> None:
    cost = added(rows, [a_key(), a_key("id-2", an_alias("triage"))])
    exact = sum((Fraction(row.spend) for row in rows), Fraction(0))
    assert Fraction(cost.total) == exact
    assert sum((Fraction(row.cost) for row in cost.rows), Fraction(0)) == exact
    assert sum((Fraction(key.cost) for key in cost.keys), Fraction(0)) == exact
    assert cost.requests == sum(row.requests for row in cost.rows)
    assert cost.requests == sum(key.requests for key in cost.keys)
    assert sum(u.requests for u in cost.unpriced) == sum(row.unpriced for row in cost.rows)


@given(ROWS.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
def test_the_order_of_the_rows_is_of_no_matter(
    both: tuple[list[UsageRow], list[UsageRow]],
) -> None:
    told, shuffled = ([replace(row, alias=an_alias()) for row in rows] for rows in both)
    assert added(told) == added(shuffled)
