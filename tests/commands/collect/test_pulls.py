"""Pull requests: once, under the names of today, with whose their files are; budgets beside them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timezone
from decimal import Decimal

import pytest

from ci_tokengate.commands.collect import Wanted, collect
from ci_tokengate.core.ledger.collected import Collected
from ci_tokengate.core.ledger.owners import Owner
from ci_tokengate.core.ledger.records import PullRecord
from ci_tokengate.core.ledger.sources import TeamFacts
from ci_tokengate.core.policy import Team
from ci_tokengate.errors import UndecidedError, UsageError
from ci_tokengate.ports.ledger import Ledger
from tests.commands.collect.reading import everything, total
from tests.core.usage_rows import a_row
from tests.fake_log import FakeLog, FakePulls, at

FIRST = date(2026, 11, 20)
EVER = (datetime(2026, 1, 1, tzinfo=timezone.utc), datetime(2027, 1, 1, tzinfo=timezone.utc))


def run(log: FakeLog, pulls: FakePulls, ledger: Ledger, **wanted: object) -> Collected:
    return collect(log, pulls, ledger, Wanted(**({"first": FIRST} | wanted)))  # type: ignore[arg-type]


def kept(ledger: Ledger) -> list[PullRecord]:
    return list(ledger.pulls(*EVER))


def alias(repository: str, number: int) -> str:
    return f"tokengate:{repository}#{number}:1.1:job:review:ab{number}"


def spend(log: FakeLog, repository: str, number: int, day: int = 22) -> None:
    name = alias(repository, number)
    log.log.append(a_row("1", key_id=name, alias=name, started_at=at(day)))


def test_merged_closed_and_reverted_ones_are_kept(
    log: FakeLog, pulls: FakePulls, ledger: Ledger
) -> None:
    spend(log, "acme/shop", 1)
    pulls.change("acme/shop", 1, at(22), merged_at=at(22), labels=("agent",))
    pulls.change("acme/shop", 2, at(23), merged_at=at(23), reverts=1)
    pulls.change("acme/shop", 3, at(23), closed_at=at(23))
    found = run(log, pulls, ledger)
    assert [(p.number, p.reverts, p.labels) for p in kept(ledger)] == [
        (1, None, ("agent",)),
        (2, 1, ()),
        (3, None, ()),
    ]
    assert [(r.name, r.pulls) for r in found.repositories] == [("acme/shop", 3)]


def test_only_what_was_updated_since_is_read_again(
    log: FakeLog, pulls: FakePulls, ledger: Ledger
) -> None:
    spend(log, "acme/shop", 1)
    pulls.change("acme/shop", 1, at(21), head_ref="old-name")
    run(log, pulls, ledger)
    pulls.change("acme/shop", 1, at(23), head_ref="new-name", merged_at=at(23))
    run(log, pulls, ledger)
    months = datetime(2026, 11, 1, tzinfo=timezone.utc)
    assert pulls.asked == [("acme/shop", months), ("acme/shop", at(21))]
    assert [(p.head_ref, p.merged_at) for p in kept(ledger)] == [("new-name", at(23))]


def test_a_collection_that_goes_back_further_reads_pull_requests_from_there(
    log: FakeLog, pulls: FakePulls, ledger: Ledger
) -> None:
    spend(log, "acme/shop", 1)
    early = datetime(2026, 10, 3, tzinfo=timezone.utc)
    pulls.change("acme/shop", 9, early, merged_at=early)
    pulls.change("acme/shop", 1, at(22), merged_at=at(22))
    run(log, pulls, ledger)
    assert [p.number for p in kept(ledger)] == [1]
    run(log, pulls, ledger, first=date(2026, 10, 31))
    assert [p.number for p in kept(ledger)] == [1, 9]


def test_the_first_reading_reaches_back_to_the_months_begin_for_a_month_is_what_is_counted(
    log: FakeLog, pulls: FakePulls, ledger: Ledger
) -> None:
    spend(log, "acme/shop", 1)
    pulls.change("acme/shop", 9, at(3), merged_at=at(3))
    run(log, pulls, ledger)
    assert [p.number for p in kept(ledger)] == [9]


def told(ledger: Ledger) -> list[tuple[datetime, bool]]:
    """Since when, and whether it has come to its end on the day of the test."""
    return [(r.since, r.until is not None and r.until >= at(23)) for r in ledger.pulls_read()]


class Ended(FakePulls):
    """Broken off when it is asked for the files of the second pull request."""

    def changed_files(self, repository: str, number: int) -> Iterator[str]:
        if number == self.breaks_at:
            raise UndecidedError("GitHub failed.")
        return super().changed_files(repository, number)

    breaks_at = 0


OWNERS = [Owner(repository="acme/shop", paths=("*",), cost_center="PAY")]


def test_what_was_read_is_known_and_what_was_broken_off_is_read_from_its_begin(
    log: FakeLog, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None of two hundred at once: each is a writing of its own."""
    monkeypatch.setattr("ci_tokengate.lifecycle.collect_pulls._AT_ONCE", 1)
    pulls = Ended()
    spend(log, "acme/shop", 1)
    for day, number in ((3, 3), (5, 5), (22, 1)):
        pulls.change("acme/shop", number, at(day), merged_at=at(day))
    november, october = (datetime(2026, m, 1, tzinfo=timezone.utc) for m in (11, 10))
    pulls.breaks_at = 5
    assert run(log, pulls, ledger, owners=OWNERS).troubles
    assert [p.number for p in kept(ledger)] == [3]
    assert told(ledger) == [(november, False)]
    pulls.breaks_at = 0
    run(log, pulls, ledger, owners=OWNERS)
    assert [p.number for p in kept(ledger)] == [1, 3, 5]
    assert told(ledger) == [(november, True)]
    for day in (3, 5):  # one that goes back further, and is ended
        before = datetime(2026, 10, day, tzinfo=timezone.utc)
        pulls.change("acme/shop", 100 + day, before, merged_at=before)
    pulls.breaks_at = 105
    assert run(log, pulls, ledger, owners=OWNERS, first=date(2026, 10, 9)).troubles
    assert told(ledger) == [(november, True)]
    pulls.breaks_at = 0
    run(log, pulls, ledger, owners=OWNERS, first=date(2026, 10, 9))
    assert [p.number for p in kept(ledger)] == [1, 3, 5, 103, 105]
    assert told(ledger) == [(october, True)]


def test_a_repository_of_no_pull_request_is_read_without_a_gap_after_a_long_pause(
    log: FakeLog, pulls: FakePulls, ledger: Ledger
) -> None:
    spend(log, "acme/shop", 1, 2)
    log.now = at(3)
    run(log, pulls, ledger, first=date(2026, 10, 20))
    quiet = datetime(2026, 10, 30, tzinfo=timezone.utc)
    pulls.change("acme/shop", 2, quiet, merged_at=quiet)
    log.now = at(23)
    run(log, pulls, ledger)
    assert [p.number for p in kept(ledger)] == [2]


def test_a_collection_after_a_long_pause_leaves_no_pull_request_out(
    log: FakeLog, pulls: FakePulls, ledger: Ledger
) -> None:
    spend(log, "acme/shop", 1, 2)
    pulls.change("acme/shop", 1, at(2), merged_at=at(2))
    log.now = at(3)
    run(log, pulls, ledger, first=date(2026, 11, 1))
    pulls.change("acme/shop", 2, at(10), merged_at=at(10))  # while nobody collected
    log.now = at(23)
    run(log, pulls, ledger)
    assert [p.number for p in kept(ledger)] == [1, 2]


def test_a_renamed_repository_is_one_with_what_it_was(
    log: FakeLog, pulls: FakePulls, ledger: Ledger
) -> None:
    """A pull request across the renaming is one, and is counted once."""
    spend(log, "acme/shop", 1, 20)
    pulls.change("acme/shop", 1, at(20))
    run(log, pulls, ledger)
    pulls.names["acme/shop"] = "globex/store"
    pulls.pulls["globex/store"] = []
    pulls.change("globex/store", 1, at(23), merged_at=at(23))
    spend(log, "globex/store", 1, 23)
    found = run(log, pulls, ledger)
    assert [(p.repository, p.number, p.merged_at) for p in kept(ledger)] == [
        ("globex/store", 1, at(23))
    ]
    assert {key.repository for _, key in everything(ledger)} == {"globex/store"}
    assert [r.asked for r in found.repositories if r.renamed] == ["acme/shop"]
    assert {(s.repository, s.pull_request, s.cost) for s in ledger.spent(*_days())} == {
        ("globex/store", 1, Decimal(1))
    }
    assert ledger.repositories() == ["globex/store"]


def _days() -> tuple[date, date]:
    return date(2026, 11, 1), date(2026, 12, 1)


def test_a_repository_that_is_gone_keeps_its_spend_and_its_pull_requests(
    log: FakeLog, pulls: FakePulls, ledger: Ledger
) -> None:
    spend(log, "acme/shop", 1)
    pulls.change("acme/shop", 1, at(22), merged_at=at(22))
    run(log, pulls, ledger)
    pulls.names["acme/shop"] = None
    found = run(log, pulls, ledger)
    assert [(r.asked, r.name) for r in found.repositories] == [("acme/shop", "")]
    assert found.troubles == ()
    assert (len(kept(ledger)), total(ledger)) == (1, Decimal(1))


def test_one_repository_that_is_refused_does_not_stop_the_others(
    log: FakeLog, pulls: FakePulls, ledger: Ledger
) -> None:
    spend(log, "acme/a", 1)
    spend(log, "acme/b", 2)
    pulls.fail["acme/a"] = UsageError("GitHub refused acme/a.")
    pulls.change("acme/b", 2, at(22), merged_at=at(22))
    found = run(log, pulls, ledger)
    assert [error.message for error in found.troubles] == ["GitHub refused acme/a."]
    assert [p.repository for p in kept(ledger)] == ["acme/b"]


def test_a_code_host_that_is_unwell_costs_no_spend(
    log: FakeLog, pulls: FakePulls, ledger: Ledger
) -> None:
    spend(log, "acme/a", 1)
    pulls.fail["acme/a"] = UndecidedError("GitHub failed.")
    found = run(log, pulls, ledger)
    assert [error.exit_code for error in found.troubles] == [3]
    assert total(ledger) == 1
    assert found.reconciliation.difference == 0


def test_a_monorepos_pull_request_tells_how_many_files_each_owner_has(
    log: FakeLog, pulls: FakePulls, ledger: Ledger
) -> None:
    owners = [
        Owner(repository="acme/mono", paths=("services/pay/**",), cost_center="PAY"),
        Owner(repository="acme/mono", paths=("services/search/",), cost_center="SEARCH"),
    ]
    spend(log, "acme/mono", 1)
    spend(log, "acme/shop", 2)
    pulls.change("acme/mono", 1, at(22), merged_at=at(22))
    pulls.change("acme/shop", 2, at(22), merged_at=at(22))
    pulls.files[1] = ["services/pay/a", "services/pay/b", "services/search/c", "README.md"]
    run(log, pulls, ledger, owners=owners)
    assert {p.number: p.owners for p in kept(ledger)} == {
        1: (("", 1), ("PAY", 2), ("SEARCH", 1)),
        2: (),
    }


def test_only_the_named_repositories_are_read(
    log: FakeLog, pulls: FakePulls, ledger: Ledger
) -> None:
    spend(log, "acme/a", 1)
    spend(log, "acme/b", 2)
    run(log, pulls, ledger, repositories=("acme/b",))
    assert [repository for repository, _ in pulls.asked] == ["acme/b"]
    assert total(ledger) == 2


def test_budgets_are_kept_with_the_plan_that_the_gate_would_take(
    log: FakeLog, pulls: FakePulls, ledger: Ledger
) -> None:
    log.known_teams = [
        TeamFacts(
            id="t1", name="one", spend=Decimal(3), max_budget=Decimal(900), plan=Decimal(600)
        ),
        TeamFacts(id="t2", name="two", spend=Decimal(4), max_budget=Decimal(900)),
        TeamFacts(id="t3", name="three", trouble="The proxy reports no spend for team t3."),
    ]
    declared = (Team(name="payments", id="t1", plan=Decimal(800)), Team(name="search", id="t2"))
    found = run(log, pulls, ledger, teams=declared)
    told = {b.team_id: (b.team, b.plan, b.spend) for b in ledger.budgets(at(24))}
    assert told == {
        "t1": ("payments", Decimal(800), Decimal(3)),
        "t2": ("search", Decimal(900), Decimal(4)),
    }
    assert [t.trouble for t in found.teams if t.trouble] == [
        "The proxy reports no spend for team t3."
    ]


def test_a_credential_that_sees_less_asks_for_the_policys_teams(
    log: FakeLog, pulls: FakePulls, ledger: Ledger
) -> None:
    log.whole = False
    log.known_teams = [TeamFacts(id="t1", name="one", spend=Decimal(3))]
    declared = (Team(name="payments", id="t1"), Team(name="ghosts", id="t9"))
    run(log, pulls, ledger, teams=declared)
    assert [(b.team, b.plan) for b in ledger.budgets(at(24))] == [("payments", None)]
