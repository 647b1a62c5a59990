from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ci_tokengate.core.usage import UsageRow
from ci_tokengate.core.watch.breakdown import TOP, JobName, Slice, breakdown_of, parts_of_rows

ALIAS = "tokengate:acme/shop#{pr}:{run}.{attempt}:review:code-review:{nonce}"


def row(
    usd: str, alias: str = "", *, key: str = "k1", model: str = "sonnet", failed: bool = False
) -> UsageRow:
    return UsageRow(
        key_id=key, alias=alias, model=model, call_type="c", spend=Decimal(usd), failed=failed
    )


OURS = ALIAS.format(pr=42, run=77, attempt=2, nonce="ab")


def test_all_calls_of_a_key_to_a_model_are_one_part_named_by_its_alias() -> None:
    [part] = parts_of_rows([row("1.5", OURS), row("0.25", OURS)])
    assert part.job == JobName(repository="acme/shop", job="review", use_case="code-review")
    assert (part.place, part.run_id, part.attempt) == ("42", "77", 2)
    assert (part.cost, part.calls) == (Decimal("1.75"), 2)


def test_what_no_model_answered_and_nobody_paid_is_no_call() -> None:
    found = parts_of_rows([row("0", OURS, failed=True), row("0.1", OURS, failed=True)])
    assert [(p.cost, p.calls) for p in found] == [(Decimal("0.1"), 1)]


def test_keys_of_others_have_a_model_and_nothing_else() -> None:
    found = breakdown_of(parts_of_rows([row("2", "alice's notebook", key="k2"), row("1", OURS)]))
    assert (found.covered, found.of_ci) == (Decimal(3), Decimal(1))
    assert found.models == (Slice(name="sonnet", cost=Decimal(3), calls=2),)
    assert [s.name for s in (*found.use_cases, *found.pulls, *found.jobs)] == [
        *("code-review", "acme/shop#42", "review of acme/shop")
    ]
    assert "alice" not in repr(found), "no person's name is told"


def test_a_branchs_job_has_no_pull_request() -> None:
    alias = ALIAS.format(pr="refs/heads/main", run=1, attempt=1, nonce="a")
    found = breakdown_of(parts_of_rows([row("1", alias)]))
    assert (found.pulls, len(found.jobs)) == ((), 1)


@given(st.lists(st.tuples(st.decimals(-5, 50, places=10), st.integers(0, 9), st.integers(1, 30))))
def test_nothing_is_lost_or_doubled_and_the_dearest_come_first(
    drawn: list[tuple[Decimal, int, int]],
) -> None:
    rows = [
        row(
            f"{usd:f}",
            ALIAS.format(pr=pr, run=pr, attempt=1, nonce="a"),
            key=f"{pr}",
            model=f"m{m}",
        )
        for usd, m, pr in drawn
    ]
    found = breakdown_of(parts_of_rows(rows))
    assert found.covered == found.of_ci == sum((usd for usd, _, _ in drawn), Decimal(0))
    for slices in (found.models, found.pulls, found.jobs, found.use_cases):
        assert len(slices) <= TOP
        assert [s.cost for s in slices] == sorted((s.cost for s in slices), reverse=True)
    assert sum((s.cost for s in found.jobs), Decimal(0)) == found.covered
