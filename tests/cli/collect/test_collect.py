"""`collect`, as it is typed: what it says, in lines and as JSON, and what it leaves in the ledger."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from decimal import Decimal

from ci_tokengate.core.ledger.entry import Bucket
from ci_tokengate.core.money import exact_sum
from ci_tokengate.render.money import usd
from ci_tokengate.sandbox.github import pull_request
from tests.cli.collect.conftest import Firm
from tests.stage.reading import READING_KEY
from tests.stage.world import TOKEN

NOW = datetime.now(timezone.utc).replace(microsecond=0)


def _month_of_work(firm: Firm) -> Decimal:
    """Two pull requests, two use cases in one of them, somebody's own key. Returns all that was spent."""
    for pull, use_case in ((12, "code-review"), (12, "triage"), (13, "code-review")):
        key = firm.key(pull, use_case)
        firm.spend(key)
        firm.spend(key, model="claude-haiku", stream=True)
        firm.spend(key, model="claude-nonesuch")
    admin = {"authorization": f"Bearer {firm.world.sandbox.admin_key}"}
    own = {"team_id": "search-squad", "models": ["claude-sonnet"], "key_alias": "ada"}
    ada = firm.http.post("/key/generate", json=own, headers=admin).json()["key"]
    firm.spend(ada)
    firm.world.github.pulls[12] = pull_request(12, merged=NOW)
    firm.world.github.pulls[13] = pull_request(13, opened=NOW)
    firm.world.sandbox.flush()
    with firm.world.sandbox.state.lock:
        return exact_sum(row.spend for row in firm.world.sandbox.state.rows)


def test_it_says_what_was_read_what_is_attributed_and_that_nothing_differs(firm: Firm) -> None:
    spent = _month_of_work(firm)
    done = firm.collect()
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert lines[0].startswith(f"✔ {firm.world.url}: ")
    assert lines[0].endswith("the ledger's zone is UTC.")
    assert lines[1:5] == [
        "  4 days: 4 read. 10 rows read: 7 new, 0 newer.",
        "  2 pull requests of 1 repository read.",
        f"  Ledger: {usd(spent)}, of which $0.02 (80 %) came from CI jobs.",
        f"  Proxy:  {usd(spent)}: no difference on any team's day.",
    ]
    assert "may still grow" in lines[5]
    assert done.err == ""
    assert exact_sum(cell.cost for cell, _ in firm.kept()) == spent.quantize(Decimal("1e-10"))


def test_the_ledger_has_buckets_cost_centers_and_what_is_nobodys(firm: Firm) -> None:
    _month_of_work(firm)
    firm.collect()
    kept = firm.kept()
    sonnet = [cell for cell, key in kept if key.use_case == "triage"][-1]
    assert {b: p.tokens for b, p in sonnet.parts.items()} == {
        Bucket.INPUT: 1000,
        Bucket.OUTPUT: 50,
        Bucket.CACHE_READ: 500,
        Bucket.CACHE_WRITE: 300,
    }
    assert {key.cost_center for _, key in kept if key.attributed} == {"ENGG-PAYMENTS"}
    (nobody,) = [cell for cell, key in kept if not key.attributed]
    assert nobody.team_id == "search-squad"


def test_json_has_all_of_it_in_full_precision(firm: Firm) -> None:
    spent = _month_of_work(firm)
    told = json.loads(firm.collect("--format", "json").out)
    sums = told["reconciliation"]
    assert Decimal(sums["ledger_usd"]) == spent.quantize(Decimal("1e-10"))
    assert (sums["difference_usd"], told["sees_all"], told["troubles"]) == ("0", True, [])
    coverage = Decimal(sums["attributed_usd"]) / Decimal(sums["ledger_usd"])
    assert abs(Decimal(sums["coverage"]) - coverage) < Decimal("1e-20")
    assert {line["team_id"] for line in sums["lines"]} == {"payments-squad", "search-squad"}
    assert [one["name"] for one in told["repositories"]] == ["acme/shop"]


def test_again_nothing_is_read_and_a_day_later_it_settles(firm: Firm) -> None:
    _month_of_work(firm)
    firm.collect()
    firm.later(seconds=2)
    assert "0 rows read: 0 new, 0 newer" in firm.collect().out
    firm.later(days=2, hours=1)
    again = firm.collect("--since", "2d").out
    assert "10 rows read: 0 new, 0 newer" in again
    firm.later(seconds=2)
    firm.collect("--since", "2d")
    assert {cell.state.value for cell, _ in firm.kept()} == {"settled"}


def test_a_difference_is_said_and_fails_only_where_that_is_asked_for(firm: Firm) -> None:
    _month_of_work(firm)
    firm.collect()
    firm.later(days=2, hours=1)
    with firm.world.sandbox.state.lock:  # as if the log had been pruned, and the sums not
        lost = firm.world.sandbox.state.rows.pop(0)
    done = firm.collect("--since", "2d")
    assert done.code == 0
    assert "is in the ledger and no longer in the proxy's log: it was pruned there" in done.out
    assert "less than the ledger" in done.out
    firm.later(seconds=2)
    assert firm.collect("--since", "2d", "--strict").code == 1
    assert exact_sum(c.cost for c, _ in firm.kept()) > lost.spend


def test_a_minting_key_sees_its_own_and_it_is_said(firm: Firm) -> None:
    _month_of_work(firm)
    minter = {"TOKENGATE_READING_KEY": "", "TOKENGATE_PROXY_KEY": firm.world.sandbox.minter_key}
    done = firm.collect(**minter)
    assert done.code == 0
    assert "(only the keys that this credential sees)" in done.out
    assert "What else was spent, and the proxy's own sums, are not visible" in done.out
    assert all(key.attributed for _, key in firm.kept())


def test_a_ledger_keeps_the_zone_it_was_made_with(firm: Firm) -> None:
    _month_of_work(firm)
    assert "zone is Asia/Kolkata" in firm.collect("--zone", "Asia/Kolkata").out
    assert "zone is Asia/Kolkata" in firm.collect().out
    other = firm.collect("--zone", "Europe/Berlin")
    assert other.code == 2
    assert "The ledger's zone is Asia/Kolkata, not Europe/Berlin." in other.err


def test_a_clock_that_is_off_is_named_and_not_believed(firm: Firm) -> None:
    _month_of_work(firm)
    firm.later(hours=3)
    assert "s behind the proxy's; the proxy's was taken" in firm.collect().out


def test_without_a_token_of_the_code_host_no_pull_requests_are_read(firm: Firm) -> None:
    _month_of_work(firm)
    done = firm.collect(GITHUB_TOKEN="")
    assert done.code == 0
    assert "Without GITHUB_TOKEN no pull requests were read." in done.out


def test_a_renamed_and_a_deleted_repository_are_told(firm: Firm) -> None:
    _month_of_work(firm)
    firm.world.github.moved["acme/shop"] = "globex/store"
    done = firm.collect()
    assert "acme/shop is globex/store today" in done.out
    assert {key.repository for _, key in firm.kept() if key.attributed} == {"globex/store"}
    firm.world.github.repository = "acme/other"
    firm.later(seconds=2)
    gone = firm.collect()
    assert gone.code == 0
    assert "globex/store is gone from the code host, or hidden from this token" in gone.out


def test_the_closed_jobs_settle_writes_the_same_cells_at_once(firm: Firm) -> None:
    _month_of_work(firm)
    world = firm.world
    world.github.pulls[42] = pull_request(42, merged=NOW)
    firm.spend(firm.key(42))
    event = {
        "action": "closed",
        "pull_request": world_pull(),
        "repository": {"default_branch": "main"},
    }
    job = world.job(event)
    step = job.main(mode="settle", ledger_url=firm.ledger_url)
    assert step.code == 0, step.said
    assert "#42: 1 written to the ledger, 0 there already." in step.out
    (pair,) = firm.kept()
    assert usd(pair[0].cost) in step.summary
    again = job.main(mode="settle", ledger_url=firm.ledger_url)
    assert "#42: 0 written to the ledger, 1 there already." in again.out
    firm.collect()
    assert [p for p in firm.kept() if p[1].pull_request == 42] == [pair]


def world_pull() -> dict[str, object]:
    return {
        "number": 42,
        "head": {"ref": "t", "sha": "a" * 40, "repo": {"full_name": "acme/shop"}},
        "base": {
            "ref": "main",
            "sha": "6dcb09b5b57875f334f61aebed695e2e4193db5e",
            "repo": {"full_name": "acme/shop"},
        },
    }


def test_a_ledger_that_fails_is_a_warning_and_never_a_failed_settle(firm: Firm) -> None:
    world = firm.world
    world.github.pulls[42] = pull_request(42, merged=NOW)
    firm.spend(firm.key(42))
    event = {
        "action": "closed",
        "pull_request": world_pull(),
        "repository": {"default_branch": "main"},
    }
    secret = "postgresql+psycopg://ci:hunter22@127.0.0.1:1/ledger"
    step = world.job(event).main(mode="settle", ledger_url=secret)
    assert step.code == 0
    assert "::warning title=ci-tokengate::Not written to the ledger: " in step.out
    assert "hunter22" not in step.said
    assert step.outputs["cost-state"] in ("settled", "provisional")


def test_no_secret_is_ever_said(firm: Firm) -> None:
    _month_of_work(firm)
    for done in (firm.collect(), firm.collect("--format", "json"), firm.collect("--since", "soon")):
        assert READING_KEY not in done.said
        assert TOKEN not in done.said
