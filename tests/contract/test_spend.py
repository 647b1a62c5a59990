from __future__ import annotations

import json
from decimal import Decimal

import pytest

from tests.contract.world import MODELS, Json, World, error_of, period, usd

GEMINI = {"contents": [{"role": "user", "parts": [{"text": "in=1000 out=50 cr=500"}]}]}


@pytest.fixture(scope="module")
def day(world: World) -> tuple[Json, list[Json]]:
    """A key that made one call of each kind, and its rows, oldest first."""
    key = world.mint(models=MODELS, aliases={"claude-opus": "claude-haiku"})
    job = world.holder(key["key"])
    job.messages(
        "in=1000 out=50 cr=500 cw=300",
        "claude-sonnet",
        headers={"x-litellm-tags": "uc:review, extra"},
    )
    job.messages("in=1000 out=50", "claude-opus", stream=True)
    job.chat("in=1000 out=50 cr=500")
    job.chat("in=1000 out=50", stream=True)
    job.responses("in=1000 out=50 cr=500")
    job.post("/v1beta/models/gemini-flash:generateContent", GEMINI)
    job.chat("in=10 out=5 cr=3 cw=2", "claude-haiku")
    job.messages("status=529", "claude-haiku")
    return key, world.rows(key["token"], 8)[::-1]


def _row(day: tuple[Json, list[Json]], group: str, **wanted: str) -> Json:
    fits = [
        row
        for row in day[1]
        if row["model_group"] == group and all(row[name] == value for name, value in wanted.items())
    ]
    assert len(fits) == 1
    return fits[0]


@pytest.mark.parametrize(
    ("group", "call_type", "spend", "prompt", "output"),
    [
        ("claude-sonnet", "anthropic_messages", "0.005025", 1800, 50),
        ("gpt-codex", "aresponses", "0.0011875", 1000, 50),
        ("gemini-flash", "agenerate_content", "0.00029", 1000, 50),
        ("claude-haiku", "acompletion", "0.0000378", 15, 5),
    ],
)
def test_a_row_tells_what_a_call_cost(
    day: tuple[Json, list[Json]], group: str, call_type: str, spend: str, prompt: int, output: int
) -> None:
    row = _row(day, group, call_type=call_type, status="success")
    assert usd(row["spend"]) == usd(spend)
    assert (row["prompt_tokens"], row["completion_tokens"]) == (prompt, output)
    assert row["total_tokens"] == prompt + output


def test_cached_tokens_are_cheaper(day: tuple[Json, list[Json]]) -> None:
    spent = {usd(row["spend"]) for row in day[1] if row["model_group"] == "gpt-mini"}
    assert spent == {usd("0.0001425"), usd("0.00018")}


def test_a_row_names_key_team_user_and_model(world: World, day: tuple[Json, list[Json]]) -> None:
    row = _row(day, "claude-sonnet", status="success")
    assert row["api_key"] == day[0]["token"]
    assert (row["team_id"], row["user"]) == (world.team, world.user)
    assert row["model"] == "anthropic/claude-sonnet-4-5-20250929"
    assert row["custom_llm_provider"] == "anthropic"
    assert row["metadata"]["user_api_key_alias"] == day[0]["key_alias"]
    assert row["metadata"]["user_api_key_team_id"] == world.team
    assert row["request_id"].startswith("msg_")
    assert row["startTime"] <= row["endTime"]


def test_a_row_tells_its_cached_tokens(day: tuple[Json, list[Json]]) -> None:
    usage = _row(day, "claude-sonnet", status="success")["metadata"]["usage_object"]
    assert usage["cache_read_input_tokens"] == 500
    assert usage["cache_creation_input_tokens"] == 300


def test_a_row_carries_the_tags_of_key_and_request(day: tuple[Json, list[Json]]) -> None:
    tags = _row(day, "claude-sonnet", status="success")["request_tags"]
    assert {"pr:acme/web_app#12", "uc:review", "extra"} <= set(tags)


def test_a_call_through_an_alias_is_billed_as_its_target(day: tuple[Json, list[Json]]) -> None:
    row = _row(day, "claude-haiku", call_type="anthropic_messages", status="success")
    assert row["model"] == "anthropic/claude-haiku-4-5-20251001"
    assert usd(row["spend"]) == usd("0.00125")
    assert all(row["model_group"] != "claude-opus" for row in day[1])


def test_an_error_of_the_provider_leaves_a_failure_row_with_tokens_and_no_cost(
    day: tuple[Json, list[Json]],
) -> None:
    row = _row(day, "claude-haiku", status="failure")
    assert row["spend"] == 0
    assert row["prompt_tokens"] > 0
    assert row["metadata"]["error_information"]["error_class"] == "InternalServerError"


def test_key_and_team_show_the_sum_of_the_rows(world: World, day: tuple[Json, list[Json]]) -> None:
    total = usd(sum((usd(row["spend"]) for row in day[1]), Decimal(0)))

    def probe() -> bool | None:
        info = world.minter.get("/key/info", key=day[0]["token"]).json()["info"]
        team = world.minter.get("/team/info", team_id=world.team, key_limit=1).json()["team_info"]
        told = usd(info["spend"]) == usd(info["total_spend"]) == total
        return True if told and usd(team["spend"]) >= total else None

    assert world.target.eventually(probe)  # a busy proxy adds to its team a moment after its key


def test_rows_come_in_pages_newest_first(world: World, day: tuple[Json, list[Json]]) -> None:
    key, rows = day
    first = world.logs(api_key=key["token"], page_size=4, page=1)
    assert (first["page"], first["page_size"], first["total"]) == (1, 4, len(rows))
    assert first["total_pages"] == -(-len(rows) // 4)
    assert first["total_is_capped"] is False
    pages = [world.logs(api_key=key["token"], page_size=4, page=page)["data"] for page in (1, 2)]
    together = [row["request_id"] for page in pages for row in page]
    assert together == [row["request_id"] for row in rows[::-1]]
    starts = [row["startTime"] for page in pages for row in page]
    assert starts == sorted(starts, reverse=True)
    assert world.logs(api_key=key["token"], page=99)["data"] == []


def test_rows_can_be_asked_for_by_status(world: World, day: tuple[Json, list[Json]]) -> None:
    token = day[0]["token"]
    for status in ("success", "failure"):
        found = world.logs(api_key=token, status_filter=status)["data"]
        assert {row["status"] for row in found} == {status}


def test_rows_are_found_by_a_part_of_the_alias(world: World, day: tuple[Json, list[Json]]) -> None:
    found = world.logs(key_alias=day[0]["key_alias"][:-2], page_size=100)
    assert found["total"] == len(day[1])


def test_underscore_and_percent_in_the_alias_filter_match_anything(
    world: World, day: tuple[Json, list[Json]]
) -> None:
    alias = day[0]["key_alias"]
    for pattern in (alias.replace("#", "_"), alias.replace("tokengate:acme", "t%e")):
        assert world.logs(key_alias=pattern)["total"] == len(day[1])
    assert world.logs(key_alias=alias.upper())["total"] == 0


def test_v2_takes_only_the_hash_of_a_key(world: World, day: tuple[Json, list[Json]]) -> None:
    assert world.logs(api_key=day[0]["key"])["data"] == []


def test_the_figure_of_a_row_and_of_the_answers_header_differ_in_the_17th_digit_at_most(
    world: World,
) -> None:
    key = world.mint(models=["gpt-codex"])
    answer = world.holder(key["key"]).responses("in=100 out=5 cr=30")
    row = world.rows(key["token"], 1)[0]
    assert answer.headers["x-litellm-response-cost"] == "0.00014125000000000002"
    assert row["spend"] == Decimal("0.00014125")


def test_the_rows_of_other_users_are_silently_left_out(world: World) -> None:
    key = world.mint_as_admin()
    world.holder(key["key"]).messages("hi")
    assert len(world.rows(key["token"], 1, world.admin)) == 1
    assert world.logs(api_key=key["token"])["data"] == []
    assert world.minter.get("/spend/logs", api_key=key["token"]).json() == []


def test_rows_outlive_their_key_and_late_ones_still_arrive(world: World) -> None:
    key = world.mint()
    assert world.holder(key["key"]).messages("in=1000 out=50").status_code == 200
    assert world.minter.post("/key/delete", {"keys": [key["token"]]}).status_code == 200
    rows = world.rows(key["token"], 1)
    assert usd(rows[0]["spend"]) == usd("0.00125")
    assert rows[0]["metadata"]["user_api_key_alias"] == key["key_alias"]
    found = world.logs(key_alias=key["key_alias"])
    assert [row["request_id"] for row in found["data"]] == [rows[0]["request_id"]]


def test_a_call_with_a_deleted_key_leaves_a_row_of_nobody(world: World) -> None:
    key = world.mint()
    world.minter.post("/key/delete", {"keys": [key["token"]]})
    world.holder(key["key"]).messages("hi")
    row = world.rows(key["token"], 1, world.admin)[0]
    assert (row["status"], row["user"], row["team_id"]) == ("failure", "", "")
    assert row["metadata"]["user_api_key_alias"] is None
    assert world.logs(api_key=key["token"])["data"] == []


def test_v2_needs_dates_it_can_read(world: World) -> None:
    missing = world.minter.get("/spend/logs/v2")
    assert missing.status_code == 400
    assert error_of(missing)["message"] == "Start date and end date are required"
    odd = world.minter.get("/spend/logs/v2", start_date="soon", end_date="later")
    assert odd.status_code == 400
    assert "Invalid date format: soon." in error_of(odd)["message"]


def test_a_page_of_rows_has_at_most_1000(world: World) -> None:
    assert world.minter.get("/spend/logs/v2", page_size=1001, **period()).status_code == 422
    assert world.minter.get("/spend/logs/v2", page=0, **period()).status_code == 422


def test_a_period_ends_before_its_last_day(world: World, day: tuple[Json, list[Json]]) -> None:
    today = day[1][0]["startTime"][:10]
    found = world.logs(api_key=day[0]["token"], start_date=today, end_date=today)
    assert found["data"] == []
    assert found["total"] == 0


def test_a_period_may_be_cut_at_a_second(world: World, day: tuple[Json, list[Json]]) -> None:
    today = day[1][0]["startTime"][:10]
    until = world.logs(
        api_key=day[0]["token"], end_date=f"{today} 23:59:59", start_date=f"{today} 00:00:00"
    )
    assert until["total"] == len(day[1])


def test_v1_answers_all_rows_of_a_key_by_hash_or_secret(
    world: World, day: tuple[Json, list[Json]]
) -> None:
    key, rows = day
    for handle in (key["token"], key["key"]):
        answer = world.minter.get("/spend/logs", api_key=handle)
        found = json.loads(answer.text, parse_float=Decimal)
        assert [row["request_id"] for row in found] == [row["request_id"] for row in rows[::-1]]
    dated = world.minter.get("/spend/logs", api_key=key["token"], summarize="false", **period())
    assert len(dated.json()) == len(rows)


def test_v1_with_dates_answers_sums_by_day(world: World, day: tuple[Json, list[Json]]) -> None:
    key, rows = day
    answer = world.minter.get("/spend/logs", api_key=key["token"], **period())
    days = [entry for entry in answer.json() if entry["spend"]]
    total = sum((usd(row["spend"]) for row in rows), Decimal(0))
    assert usd(sum(usd(entry["spend"]) for entry in days)) == usd(total)
    assert usd(days[0][key["token"]]) == usd(days[0]["spend"])
