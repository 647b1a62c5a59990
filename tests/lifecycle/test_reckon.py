"""What a figure is worth: settled, provisional or unknown, and what is read for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from ci_tokengate.core.cost import Cost, CostState, Unpriced
from ci_tokengate.core.keys import KeyRecord
from ci_tokengate.core.scope import Scope, of_branch, of_pull_request, of_run
from ci_tokengate.core.usage import UsageRow
from ci_tokengate.lifecycle.reckon import priced, reckon
from tests.core.usage_rows import REPOSITORY, a_key, a_row, an_alias, before
from tests.fakes import NOW, FakeProxy

PR = of_pull_request(REPOSITORY, 12)
OPENED = before(7200)


@dataclass
class Searched(FakeProxy):
    """Remembers what its log was asked for."""

    asked: list[tuple[str, datetime, str]] = field(default_factory=list)
    looks: int = 0
    before_look: Callable[[int], None] = lambda number: None

    def log_size(self, prefix: str, *, since: datetime, part: str = "") -> int:
        self.looks += 1
        self.before_look(self.looks)
        return super().log_size(prefix, since=since, part=part)

    def usage_by_alias(self, prefix: str, *, since: datetime, part: str = "") -> Iterable[UsageRow]:
        self.asked.append((prefix, since, part))
        return super().usage_by_alias(prefix, since=since, part=part)


def a_proxy(*keys: KeyRecord, rows: Iterable[UsageRow] = ()) -> Searched:
    return Searched(
        alive={key.id: key for key in keys if key.revoked_at is None},
        revoked={key.id: key for key in keys if key.revoked_at is not None},
        rows=list(rows),
    )


def cost_of(proxy: FakeProxy, scope: Scope = PR, *, wait: float = 0) -> Cost:
    return reckon(
        proxy, scope, opened_at=OPENED, clock=proxy.clock, patience=timedelta(seconds=wait)
    )


def test_a_figure_is_settled_when_all_keys_ended_and_no_row_came_while_it_was_read() -> None:
    proxy = a_proxy(a_key(revoked_at=before(21)), rows=[a_row("0.5")])
    cost = cost_of(proxy)
    assert (cost.total, cost.state, cost.as_of) == (Decimal("0.5"), CostState.SETTLED, NOW)
    assert (proxy.looks, proxy.reads) == (2, 1)


@pytest.mark.parametrize("changes", [{}, {"expires_at": None}, {"blocked": True}])
def test_a_key_that_could_still_spend_makes_it_provisional_at_once(
    changes: dict[str, object],
) -> None:
    proxy = a_proxy(
        replace(a_key(), **changes),  # type: ignore[arg-type]
        a_key("id-2", revoked_at=before(999)),
        rows=[a_row("0.5")],
    )
    cost = cost_of(proxy, wait=600)
    assert (cost.total, cost.state, cost.running) == (Decimal("0.5"), CostState.PROVISIONAL, 1)
    assert proxy.clock.now() == NOW, "hours are not waited for"
    assert proxy.reads == 1


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(a_key(revoked_at=before(5)), id="revoked"),
        pytest.param(a_key(expires_at=before(5)), id="expired"),
        pytest.param(a_key(revoked_at=before(5), expires_at=None), id="without an expiry"),
    ],
)
def test_within_20_seconds_of_the_end_it_is_provisional_unless_it_may_wait(key: KeyRecord) -> None:
    proxy = a_proxy(key, rows=[a_row("0.5")])
    assert cost_of(proxy).state is CostState.PROVISIONAL
    assert cost_of(proxy, wait=14).state is CostState.PROVISIONAL
    assert proxy.clock.now() == NOW
    cost = cost_of(proxy, wait=15)
    assert (cost.state, cost.as_of) == (CostState.SETTLED, NOW + timedelta(seconds=15))


def test_a_proxys_clock_that_is_ahead_settles_nothing_too_early() -> None:
    proxy = a_proxy(a_key(revoked_at=NOW + timedelta(seconds=8)), rows=[a_row("0.5")])
    assert cost_of(proxy).state is CostState.PROVISIONAL
    assert cost_of(proxy, wait=60).as_of == NOW + timedelta(seconds=28)


def test_a_row_of_a_moment_ago_is_waited_after() -> None:
    late = a_row("0.5", started_at=before(3))
    proxy = a_proxy(a_key(revoked_at=before(60)), rows=[late])
    assert cost_of(proxy).state is CostState.PROVISIONAL
    assert cost_of(proxy, wait=17).state is CostState.SETTLED


def test_a_row_that_comes_after_a_reading_makes_for_another() -> None:
    proxy = a_proxy(a_key(revoked_at=before(60)), rows=[a_row("0.5")])
    proxy.before_look = lambda number: proxy.rows.append(a_row("0.25")) if number == 2 else None
    cost = cost_of(proxy, wait=1)
    assert (cost.total, cost.state, proxy.reads) == (Decimal("0.75"), CostState.SETTLED, 2)


def test_a_row_that_comes_while_it_is_read_makes_for_another_reading() -> None:
    proxy = a_proxy(a_key(revoked_at=before(60)), rows=[a_row("0.5")])
    proxy.before_rows = lambda: proxy.rows.append(a_row("0.25")) if proxy.reads == 1 else None
    cost = cost_of(proxy)
    assert (cost.total, cost.state, proxy.reads) == (Decimal("0.75"), CostState.SETTLED, 2)


def test_rows_that_come_all_the_time_are_in_the_figure_where_none_may_wait() -> None:
    proxy = a_proxy(a_key(revoked_at=before(60)), rows=[a_row("0.5")])
    proxy.before_rows = lambda: proxy.rows.append(a_row("0.25"))
    cost = cost_of(proxy)
    assert (cost.total, cost.state) == (Decimal("1.00"), CostState.PROVISIONAL)
    assert proxy.reads == 2


def test_a_key_that_was_minted_while_it_was_read_is_running() -> None:
    proxy = a_proxy(a_key(revoked_at=before(60)), rows=[a_row("0.5")])
    new = a_key("id-2", an_alias(nonce="late"))
    proxy.before_rows = lambda: proxy.alive.update({"id-2": new})
    cost = cost_of(proxy, wait=60)
    assert (cost.state, cost.running) == (CostState.PROVISIONAL, 1)


def test_a_key_that_is_revoked_between_the_two_listings_counts_once_and_as_running() -> None:
    class Revoking(Searched):
        def keys(
            self, *, prefix: str, part: str = "", since: datetime | None = None
        ) -> list[KeyRecord]:
            found = super().keys(prefix=prefix, part=part)
            self.revoked |= {key.id: replace(key, revoked_at=NOW) for key in self.alive.values()}
            self.alive = {}
            return found

    proxy = Revoking(alive={"id-1": a_key()}, rows=[a_row("0.5")])
    cost = cost_of(proxy)
    assert [(key.id, key.status) for key in cost.keys] == [("id-1", "active")]
    assert (cost.running, cost.state) == (1, CostState.PROVISIONAL)
    again = cost_of(proxy, wait=20)
    assert [(key.id, key.status) for key in again.keys] == [("id-1", "revoked")]
    assert again.state is CostState.SETTLED


def test_a_key_with_a_cap_of_nothing_only_took_an_alias() -> None:
    proxy = a_proxy(a_key(cap=Decimal(0)), a_key("id-2", cap=Decimal(0), revoked_at=before(1)))
    for scope in (PR, of_run(REPOSITORY, "777")):
        cost = cost_of(proxy, scope)
        assert (cost.keys, cost.running, cost.state) == ((), 0, CostState.SETTLED)


def test_no_keys_and_no_rows_are_a_settled_nothing() -> None:
    cost = cost_of(a_proxy())
    assert (cost.state, cost.keys, cost.rows) == (CostState.SETTLED, (), ())
    assert cost.total == 0


def test_rows_that_the_log_has_lost_make_it_unknown_with_a_lower_bound() -> None:
    key = a_key(revoked_at=before(60), spend=Decimal(3))
    cost = cost_of(a_proxy(key, rows=[a_row("0.5")]))
    assert (cost.state, cost.total, cost.lost) == (
        CostState.UNKNOWN,
        Decimal("0.5"),
        Decimal("2.5"),
    )


OLD = a_key(revoked_at=before(3 * 86_400), created_at=before(3 * 86_400 + 60))
ANOTHERS = an_alias(scope="99")


@pytest.mark.parametrize(
    ("log", "state"),
    [
        pytest.param([], CostState.UNKNOWN, id="nothing is left of it"),
        pytest.param([before(86_400)], CostState.UNKNOWN, id="it begins after the key's end"),
        pytest.param([before(9 * 86_400)], CostState.SETTLED, id="it goes back far enough"),
    ],
)
def test_a_key_without_a_row_that_ended_before_the_log_begins_may_have_spent(
    log: list[datetime], state: CostState
) -> None:
    """A key that was revoked at once reports no spend, whatever it had."""
    rows = [a_row("5", key_id="other", alias=ANOTHERS, started_at=time) for time in log]
    cost = cost_of(a_proxy(OLD, rows=rows))
    assert (cost.state, cost.total) == (state, Decimal(0))
    assert (cost.forgotten, cost.complete) == (
        (1, False) if log != [before(9 * 86_400)] else (0, True)
    )


def test_a_log_that_has_only_begun_is_no_pruned_one() -> None:
    """On the first days: the first job had no call, the second had."""
    proxy = a_proxy(a_key(revoked_at=before(86_400)), rows=[])
    assert cost_of(proxy).state is CostState.SETTLED
    called = a_proxy(OLD, rows=[a_row("0.5", started_at=before(3 * 86_400 + 30))])
    assert cost_of(called).state is CostState.SETTLED


def test_what_a_running_key_counts_before_its_rows_are_written_is_not_lost() -> None:
    cost = cost_of(a_proxy(a_key(spend=Decimal(3)), rows=[a_row("0.5")]))
    assert (cost.state, cost.lost) == (CostState.PROVISIONAL, Decimal(0))


@pytest.mark.parametrize(
    ("scope", "total"),
    [
        (of_pull_request(REPOSITORY, 1), "1"),
        (of_pull_request(REPOSITORY, 12), "16"),
        (of_pull_request("acme/sh_p", 1), "0"),
        (of_branch(REPOSITORY, "50%_off"), "32"),
        (of_branch(REPOSITORY, "50%x_off"), "64"),
        (of_run(REPOSITORY, "77"), "0"),
        (of_run(REPOSITORY, "777"), "113"),
        (of_run(REPOSITORY, "7778"), "0"),
    ],
)
def test_a_scope_is_reckoned_to_the_letter(scope: Scope, total: str) -> None:
    aliases = {
        "1": an_alias(scope="1"),
        "16": an_alias(scope="12"),
        "32": an_alias(scope="refs/heads/50%25_off"),
        "64": an_alias(scope="refs/heads/50%25x_off"),
        "128": an_alias(scope="12", run="77788").replace("shop", "sh-p"),
    }
    keys = [a_key(f"id-{n}", alias, revoked_at=before(60)) for n, alias in aliases.items()]
    rows = [a_row(n, key_id=f"id-{n}", alias=alias) for n, alias in aliases.items()]
    assert cost_of(a_proxy(*keys, rows=rows), scope).total == Decimal(total)


@pytest.mark.parametrize("scope", [of_pull_request("Acme/SHOP", 12), of_run("ACME/shop", "777")])
def test_a_repository_is_found_in_any_case_of_letters(scope: Scope) -> None:
    renamed = an_alias(nonce="cd34").replace("acme/shop", "acme/Shop")
    keys = [a_key(revoked_at=before(60)), a_key("id-2", renamed, revoked_at=before(60))]
    rows = [a_row("0.5"), a_row("0.25", key_id="id-2", alias=renamed)]
    cost = cost_of(a_proxy(*keys, rows=rows), scope)
    assert (cost.total, len(cost.keys)) == (Decimal("0.75"), 2)


def test_a_pull_requests_log_is_searched_once_and_from_its_opening_or_first_key_on() -> None:
    first = a_key(revoked_at=before(60), created_at=OPENED - timedelta(days=3))
    proxy = a_proxy(first, a_key("id-2"), rows=[a_row()])
    cost_of(proxy)
    margin = timedelta(hours=1)
    assert proxy.asked == [(PR.prefix, OPENED - timedelta(days=3) - margin, "")]
    proxy.asked.clear()
    proxy.revoked.clear()
    cost_of(proxy)
    assert proxy.asked == [(PR.prefix, OPENED - margin, "")]


def test_a_run_of_a_hundred_jobs_is_one_search() -> None:
    keys = [a_key(f"id-{n}", an_alias(nonce=f"n{n}")) for n in range(100)]
    proxy = a_proxy(*keys, rows=[a_row(key_id=key.id, alias=key.alias) for key in keys])
    assert cost_of(proxy, of_run(REPOSITORY, "777")).total == 50
    assert [(prefix, part) for prefix, _, part in proxy.asked] == [("tokengate:", ":777.")]


def test_rows_whose_keys_are_no_longer_listed_count() -> None:
    cost = cost_of(a_proxy(rows=[a_row("0.5", key_id="forgotten")]))
    assert (cost.total, cost.state) == (Decimal("0.5"), CostState.SETTLED)
    assert [key.status for key in cost.keys] == ["gone"]


def test_progress_is_told_every_5000_rows() -> None:
    told: list[int] = []
    proxy = a_proxy(a_key(), rows=[a_row()] * 10_001)
    reckon(proxy, PR, opened_at=OPENED, clock=proxy.clock, progress=told.append)
    assert told == [5000, 10_000]


def test_the_price_book_is_asked_for_each_model_without_a_price_and_says_so_if_it_knows_none() -> (
    None
):
    rows = [
        a_row("0"),
        a_row("0", provider_model="other/sonnet"),
        a_row("0", model="haiku", provider_model="anthropic/haiku"),
        a_row("0", model="ours", provider_model="acme/ours"),
        a_row("1", model="priced"),
    ]

    def book(calls: Unpriced) -> Decimal | None:
        return None if calls.provider_model == "acme/ours" else Decimal("0.25")

    cost = priced(cost_of(a_proxy(a_key(), rows=rows)), book)
    found = {row.model: row.list_price for row in cost.rows}
    assert found == {
        "claude-sonnet": Decimal("0.50"),
        "haiku": Decimal("0.25"),
        "ours": None,
        "priced": None,
    }
    assert cost.total == 1
