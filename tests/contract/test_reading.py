"""What `collect` builds on: a key that reads all and changes nothing, and the proxy's own sums."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from ci_tokengate.adapters.clock import SystemClock
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.proxies.litellm.models import LiteLLMModels
from ci_tokengate.adapters.proxies.litellm.spend_log import LiteLLMLog
from ci_tokengate.adapters.proxies.litellm.team_log import LiteLLMTeamLog
from ci_tokengate.core.ledger.accrue import Accrual
from ci_tokengate.core.ledger.entry import Bucket
from ci_tokengate.core.money import exact_sum
from tests.contract.world import Api, Json, World, usd

ROUTES = [
    *("/spend/logs/v2", "/team/daily/activity", "/team/info"),
    *("/v2/team/list", "/key/info", "/key/list", "/v2/model/info"),
]
CACHED = "in=1000 out=50 cr=500 cw=300"


@pytest.fixture(scope="module")
def reading_key(world: World) -> Iterator[str]:
    """Made as docs/collect.md says."""
    user, key = f"reader-{world.run}", f"sk-contract-reader-{world.run}"
    made = {"user_id": user, "user_role": "proxy_admin_viewer", "auto_create_key": False}
    assert world.admin.post("/user/new", made).status_code == 200
    order = {"user_id": user, "key_alias": user, "key": key, "models": ["no-default-models"]}
    answer = world.admin.post("/key/generate", order | {"allowed_routes": ROUTES})
    assert answer.status_code == 200, answer.text
    yield key
    world.admin.post("/key/delete", {"key_aliases": [user]})


@pytest.fixture(scope="module")
def reader(world: World, reading_key: str) -> Api:
    return Api(world.client, reading_key)


@pytest.fixture(scope="module")
def spent(world: World, reading_key: str) -> tuple[Json, list[Json]]:
    """A key that was deleted after calls of all kinds, and its rows; its team spent nothing else."""
    team = world.new_team(models=["claude-sonnet", "claude-haiku"])
    key = world.mint_as_admin(team_id=team)
    job = world.holder(key["key"])
    for model in ("claude-sonnet", "claude-haiku", "claude-sonnet"):
        assert job.messages(CACHED, model=model).status_code == 200
    assert job.messages(CACHED, model="claude-sonnet", stream=True).status_code == 200
    assert job.messages("x", model="gpt-mini").status_code == 403
    world.admin.post("/key/delete", {"keys": [key["token"]]})
    rows = world.rows(key["token"], 5, Api(world.client, reading_key))
    return key | {"team_id": team}, rows


def product(world: World, key: str) -> LiteLLMLog:
    return LiteLLMLog(
        world.target.url, key, who="reading key", deadline=Deadline(120), clock=SystemClock()
    )


def test_a_reading_key_sees_rows_of_keys_and_teams_that_are_not_its_own(
    world: World, spent: tuple[Json, list[Json]]
) -> None:
    key, rows = spent
    assert {row["api_key"] for row in rows} == {key["token"]}
    assert world.logs(api_key=key["token"])["data"] == []  # the minter does not


def test_a_reading_key_is_told_all_models_with_their_prices_though_it_may_call_none(
    reader: Api,
) -> None:
    """Page by page; one that is past the end is empty."""
    first, second = (reader.get("/v2/model/info", size=5, page=n).json() for n in (1, 2))
    assert (first["total_pages"], len(first["data"]), first["size"]) == (2, 5, 5)
    listed = {m["model_name"]: m for m in first["data"] + second["data"]}
    assert {"claude-haiku", "claude-sonnet", "claude-opus", "gpt-mini"} <= set(listed)
    haiku = listed["claude-haiku"]
    assert haiku["litellm_params"]["model"] == "anthropic/claude-haiku-4-5-20251001"
    plain = [haiku["model_info"][f"{kind}_cost_per_token"] for kind in ("input", "output")]
    cache = [haiku["model_info"][f"cache_{k}_input_token_cost"] for k in ("read", "creation")]
    assert [*plain, *cache] == [1e-06, 5e-06, 1e-07, 1.25e-06]
    assert listed["gpt-mini"]["model_info"]["cache_creation_input_token_cost"] is None
    assert reader.get("/v2/model/info", size=5, page=9).json()["data"] == []
    assert reader.get("/v1/models").status_code == 403


def test_the_product_reads_them_all(world: World, reading_key: str) -> None:
    found = LiteLLMModels(
        world.target.url, reading_key, who="reading key", deadline=Deadline(60)
    ).models()
    sonnet = next(m for m in found if m.name == "claude-sonnet")
    assert sonnet.prices is not None
    assert (sonnet.prices.input, sonnet.prices.cache_write) == (usd("3e-06"), usd("3.75e-06"))


def test_a_job_key_and_the_minter_may_not_list_models_so(world: World) -> None:
    job = world.holder(world.mint()["key"])
    for caller in (job, world.minter):
        assert caller.get("/v2/model/info").status_code == 403


def test_a_reading_key_changes_nothing(world: World, reader: Api) -> None:
    assert reader.post("/key/generate", world.order(user_id=...)).status_code == 403
    assert reader.post("/key/delete", {"keys": ["0" * 64]}).status_code == 403
    assert reader.post("/team/update", {"team_id": world.team}).status_code == 403
    assert reader.messages("hi").status_code == 403


def test_the_role_alone_changes_nothing_either(world: World) -> None:
    """Without the list of routes."""
    user = f"viewer-{world.run}"
    made = {"user_id": user, "user_role": "proxy_admin_viewer", "auto_create_key": False}
    assert world.admin.post("/user/new", made).status_code == 200
    order = {"user_id": user, "key_alias": user, "models": ["no-default-models"]}
    viewer = world.holder(world.admin.post("/key/generate", order).json()["key"])
    refused = viewer.post("/key/generate", world.order(user_id=...))
    assert refused.status_code == 403
    assert "user not allowed to access this route" in refused.text
    assert viewer.get("/user/list").status_code == 200
    world.admin.post("/key/delete", {"key_aliases": [user]})


def test_all_teams_are_listed_in_pages_to_whoever_reads_all(world: World, reader: Api) -> None:
    first = reader.get("/v2/team/list", page=1, page_size=1).json()
    assert len(first["teams"]) == 1
    assert first["total_pages"] == first["total"] >= 2
    beyond = reader.get("/v2/team/list", page=10**6, page_size=100).json()
    assert beyond["teams"] == []
    assert reader.get("/v2/team/list", page_size=101).status_code == 422
    assert reader.get("/v2/team/list", page=0).status_code == 422


def test_whoever_reads_less_may_not_list_all_teams(world: World) -> None:
    user = f"plain-{world.run}"
    made = {"user_id": user, "user_role": "internal_user", "auto_create_key": False}
    assert world.admin.post("/user/new", made).status_code == 200
    order = {"user_id": user, "key_alias": user, "models": ["no-default-models"]}
    routes = {"allowed_routes": ROUTES}
    plain = world.holder(world.admin.post("/key/generate", order | routes).json()["key"])
    answer = plain.get("/v2/team/list", page=1, page_size=1)
    assert answer.status_code == 401
    assert "Only admin users can query all teams" in answer.text
    today = str(datetime.now(timezone.utc).date())
    own = plain.get("/team/daily/activity", start_date=today, end_date=today)
    assert own.json()["results"] == []
    assert world.minter.get("/v2/team/list").status_code == 403
    world.admin.post("/key/delete", {"key_aliases": [user]})


@pytest.mark.parametrize("status", ["", "deleted"])
def test_keys_are_listed_newest_first_with_their_metadata(
    world: World, reader: Api, spent: tuple[Json, list[Json]], status: str
) -> None:
    key = spent[0] if status else world.mint()
    query: dict[str, Any] = {"status": status} if status else {}
    query |= {"return_full_object": "true", "sort_by": "created_at", "sort_order": "desc"}
    found = reader.get("/key/list", size=100, **query).json()["keys"]
    made = [datetime.fromisoformat(each["created_at"].replace("Z", "+00:00")) for each in found]
    assert made == sorted(made, reverse=True)
    mine = next(each for each in found if each["token"] == key["token"])
    assert mine["metadata"]["ci_tokengate"] == {"cost_center": world.run}
    assert mine["team_id"] == key["team_id"]
    odd = reader.get("/key/list", sort_by="nonsense")
    assert odd.status_code == 400
    assert "Invalid sort column" in odd.text
    assert reader.get("/key/list", sort_by="token", sort_order="up").status_code == 400


def test_a_key_of_anybody_is_told_also_after_its_deletion(
    world: World, reader: Api, spent: tuple[Json, list[Json]]
) -> None:
    found = reader.get("/key/info", key=spent[0]["token"]).json()["info"]
    assert found["status"] == "deleted"
    assert found["metadata"]["ci_tokengate"] == {"cost_center": world.run}
    assert reader.get("/key/info", key="0" * 64).status_code == 404


def _activity(world: World, reader: Api, team: str, **query: str | int) -> list[Json]:
    today = datetime.now(timezone.utc).date()
    days: dict[str, str | int] = {
        "start_date": str(today - timedelta(days=1)),
        "end_date": str(today),
        "team_ids": team,
    }
    pages, page = [], 1
    while True:
        answer = reader.get("/team/daily/activity", page=page, **(days | query))
        assert answer.status_code == 200, answer.text
        pages.append(json.loads(answer.text, parse_float=Decimal))
        if page >= pages[-1]["metadata"]["total_pages"]:
            return pages
        page += 1


def _of(team: str, pages: list[Json]) -> Decimal:
    days = [day for page in pages for day in page["results"]]
    entities = [day["breakdown"]["entities"] for day in days]
    return exact_sum(usd(e[team]["metrics"]["spend"]) for e in entities if team in e)


def test_all_pages_of_the_daily_sums_add_up_to_the_rows(
    world: World, reader: Api, spent: tuple[Json, list[Json]]
) -> None:
    key, rows = spent
    team, total = key["team_id"], usd(exact_sum(row["spend"] for row in rows))

    def probe() -> list[Json] | None:
        pages = _activity(world, reader, team)
        return pages if _of(team, pages) == total else None

    pages = world.target.eventually(probe)
    assert len(pages) == 1
    cut = _activity(world, reader, team, page_size=1)
    assert len(cut) >= 2
    assert _of(team, cut) == total
    assert all(len(page["results"]) <= 1 for page in cut)
    assert _of(team, cut[:1]) != total


def test_the_daily_sums_need_days(world: World, reader: Api) -> None:
    assert reader.get("/team/daily/activity", start_date="2026-11-01").status_code == 400
    odd = reader.get("/team/daily/activity", start_date="soon", end_date="2026-11-01")
    assert odd.status_code == 400
    assert "must be valid YYYY-MM-DD dates" in odd.text


def test_a_row_tells_how_it_came_to_its_spend(spent: tuple[Json, list[Json]]) -> None:
    """The input's cost holds both of the cache's; a call that failed has no account."""
    for row in spent[1]:
        told = row["metadata"]["cost_breakdown"]
        if row["status"] == "failure":
            assert told is None
            continue
        assert usd(told["input_cost"] + told["output_cost"]) == usd(row["spend"])
        prices = row["metadata"]["model_map_information"]["model_map_value"]
        assert usd(told["cache_read_cost"]) == usd(500 * prices["cache_read_input_token_cost"])
        written = 300 * prices["cache_creation_input_token_cost"]
        assert usd(told["cache_creation_cost"]) == usd(written)
        assert told["input_cost"] > told["cache_read_cost"] + told["cache_creation_cost"]


def test_the_product_reads_it_all_with_the_reading_key(
    world: World, reading_key: str, spent: tuple[Json, list[Json]]
) -> None:
    key, rows = spent
    log = product(world, reading_key)
    sight = log.sight()
    assert sight.whole
    assert abs(sight.now - datetime.now(timezone.utc)) < timedelta(minutes=5)
    day = datetime.fromisoformat(rows[0]["startTime"]).date()
    read = [row for row in log.rows(day) if row.key_id == key["token"]]
    assert len(read) <= len(rows)  # the others are of another day, when this runs at midnight
    accrual = Accrual(log.proxy)
    for row in read:
        accrual.add(row)
    cells = accrual.cells()
    answered = exact_sum(row.spend for row in read if row.answered)
    assert exact_sum(cell.cost for cell in cells) == usd(answered)
    for cell in cells:
        assert Bucket.REST not in cell.parts
        assert all(part.cost > 0 for part in cell.parts.values())
        assert cell.parts[Bucket.CACHE_READ].tokens == 500 * cell.requests
    assert log.row_count(day) >= len(read)
    facts = {k.id: k for _, k in zip(range(500), log.newest_keys(), strict=False)}
    assert facts[key["token"]].attribution == {"cost_center": world.run}
    assert log.key(key["token"]) == facts[key["token"]]
    assert log.key("0" * 64) is None
    assert key["team_id"] in {team.id for team in log.teams()}


def test_the_product_knows_that_a_minting_key_sees_less(world: World) -> None:
    log = product(world, world.minter_key)
    assert not log.sight().whole
    mine = log.team(world.team)
    assert mine is not None
    assert mine.plan == 800
    assert log.team("no-such-team") is None


def test_how_long_a_teams_budget_is_for_is_told_in_the_proxys_own_words(
    world: World, reading_key: str
) -> None:
    made: dict[str, str] = {}
    for period in ("7d", "1mo", ""):
        order = {"team_alias": f"{world.run}-{period or 'ever'}", "max_budget": 70}
        wanted = order | ({"budget_duration": period} if period else {})
        made[world.admin.post("/team/new", wanted).json()["team_id"]] = period
    log = product(world, reading_key)
    assert {t.id: t.period for t in log.teams() if t.id in made} == made
    for team_id, period in made.items():
        found = log.team(team_id)
        assert found is not None
        assert found.period == period
    world.admin.post("/team/delete", {"team_ids": list(made)})


def test_one_teams_log_is_all_of_it_by_time_or_the_dearest_first(
    world: World, spent: tuple[Json, list[Json]], reading_key: str
) -> None:
    """What `watch` builds on: rows by team, sorted by spend, and by a part of the alias."""
    key, rows = spent
    log = LiteLLMTeamLog(world.target.url, reading_key, who="reading key", deadline=Deadline(120))
    now, team = datetime.now(timezone.utc), key["team_id"]
    since, until = now - timedelta(hours=6), now + timedelta(days=1)
    every = [*log.rows(team, since=since, until=until)]
    assert sorted(r.spend for r in every) == sorted(usd(row["spend"]) for row in rows)
    assert {(r.team_id, r.key_id) for r in every} == {(team, key["token"])}
    times = [r.started_at for r in every if r.started_at]
    assert times == sorted(times)
    dearest = log.dearest(team, since=since, until=until, most=4)
    assert [r.spend for r in dearest] == sorted((r.spend for r in every), reverse=True)[:4]
    assert dearest[0].spend > dearest[-1].spend > 0
    alias = every[0].alias
    part = alias[3:-3]
    assert len([*log.rows(team, since=since, until=until, part=part)]) == len(every)
    assert [*log.rows(team, since=since, until=until, part=f"{alias}x")] == []
    assert [*log.rows(f"{team}-another", since=since, until=until)] == []
    assert [*log.rows(team, since=since, until=times[0])] == []
