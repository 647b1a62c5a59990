from __future__ import annotations

import httpx
import pytest

from tests.contract.world import Api, Json, World, error_of, usd


def _spent(world: World, job: Api) -> httpx.Response:
    """Calls once, and then until the proxy has counted it."""
    assert job.messages("in=1000", "claude-sonnet").status_code == 200

    def probe() -> httpx.Response | None:
        answer = job.messages("in=1000", "claude-sonnet")
        return answer if answer.status_code != 200 else None

    return world.target.soon(probe)


@pytest.fixture(scope="module")
def spent_key(world: World) -> Json:
    key = world.mint(max_budget=0.0001)
    _spent(world, world.holder(key["key"]))
    return key


def test_a_key_is_refused_once_its_cap_is_spent(world: World) -> None:
    key = world.mint(max_budget=0.0001)
    answer = _spent(world, world.holder(key["key"]))
    assert answer.status_code == 422
    error = error_of(answer)
    assert error["type"] == "budget_exceeded"
    assert error["message"].startswith(f"Budget has been exceeded! Key={key['key_alias']} (sk-...")
    assert error["message"].endswith("Max budget: 0.0001")


def test_every_route_that_costs_refuses_a_spent_key(world: World, spent_key: Json) -> None:
    job = world.holder(spent_key["key"])
    body = {"model": "claude-haiku", "messages": [{"role": "user", "content": "hi"}]}
    answers = [
        job.messages("hi", stream=True),
        job.chat("hi", "claude-haiku"),
        job.post("/v1/messages/count_tokens", body),
        job.get("/v1/models"),
    ]
    for answer in answers:
        assert answer.status_code == 422
        assert error_of(answer)["type"] == "budget_exceeded"


def test_model_group_info_answers_a_spent_key(world: World, spent_key: Json) -> None:
    assert world.holder(spent_key["key"]).get("/model_group/info").status_code == 200


def test_a_cap_of_nothing_refuses_every_call(world: World) -> None:
    answer = world.holder(world.mint(max_budget=0)["key"]).messages("hi")
    assert answer.status_code == 422
    assert error_of(answer)["message"].endswith("Current cost: 0.0, Max budget: 0.0")


def test_a_spent_team_refuses_calls_but_not_minting_nor_the_list_of_models(world: World) -> None:
    team_id = world.new_team(max_budget=0.0001, models=["claude-sonnet"])
    job = world.holder(world.mint_as_admin(team_id=team_id)["key"])
    answer = _spent(world, job)
    assert answer.status_code == 422
    error = error_of(answer)
    assert error["type"] == "budget_exceeded"
    assert error["message"].startswith(f"Budget has been exceeded! Team={team_id} Current cost: ")
    assert job.get("/v1/models").status_code == 200
    world.mint_as_admin(team_id=team_id)


def test_a_raised_team_budget_lets_calls_through_again(world: World) -> None:
    team_id = world.new_team(max_budget=0.0001, models=["claude-sonnet"])
    job = world.holder(world.mint_as_admin(team_id=team_id)["key"])
    _spent(world, job)
    assert (
        world.admin.post("/team/update", {"team_id": team_id, "max_budget": 5}).status_code == 200
    )
    answer = world.target.soon(lambda: _passed(job.messages("hi", "claude-sonnet")))
    assert answer.status_code == 200


def _passed(answer: httpx.Response) -> httpx.Response | None:
    return answer if answer.status_code == 200 else None


def test_a_refused_call_leaves_a_failure_row_and_costs_nothing(world: World) -> None:
    key = world.mint(max_budget=0)
    job = world.holder(key["key"])
    job.messages("hi", "claude-sonnet")
    row = world.rows(key["token"], 1)[0]
    assert row["status"] == "failure"
    assert row["spend"] == 0
    assert row["call_type"] == "anthropic_messages"
    assert row["model_group"] == "claude-sonnet"
    assert row["request_tags"] == []
    assert row["metadata"]["user_api_key_alias"] == key["key_alias"]
    information = row["metadata"]["error_information"]
    assert information["error_code"] == "422"
    assert information["error_class"] == "BudgetExceededError"
    assert information["error_message"].startswith("Budget has been exceeded! Key=")


def test_asking_for_the_models_marks_the_end_of_a_spent_keys_rows(world: World) -> None:
    """The refusal's row never shows before the rows that came before it."""
    key = world.mint(max_budget=0.0001)
    job = world.holder(key["key"])
    _spent(world, job)
    assert job.get("/v1/models").status_code == 422

    def probe() -> list[Json] | None:
        rows = list(world.logs(api_key=key["token"], page_size=100)["data"])
        return rows if any(row["call_type"] == "/v1/models" for row in rows) else None

    rows = world.target.eventually(probe)
    mark = next(row for row in rows if row["call_type"] == "/v1/models")
    assert (mark["status"], mark["spend"], mark["model"]) == ("failure", 0, "")
    paid = [row for row in rows if row["status"] == "success"]
    assert [usd(row["spend"]) for row in paid] == [usd("0.0033")] * len(paid)
    assert paid
