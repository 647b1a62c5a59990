"""A proxy whose database is gone says many things, hardly ever that."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.contract.world import Api, Target, error_of, period
from tests.stage.trust import TRUST


@pytest.fixture
def admin(down: Target) -> Iterator[Api]:
    with httpx.Client(base_url=down.url, timeout=30, verify=TRUST) as client:
        yield Api(client, down.admin_key)


@pytest.fixture
def stranger(down: Target) -> Iterator[Api]:
    """With a key the proxy has not seen before."""
    with httpx.Client(base_url=down.url, timeout=30, verify=TRUST) as client:
        yield Api(client, "sk-not-seen-before-1234")


def test_readiness_tells_that_the_database_is_gone(stranger: Api) -> None:
    answer = stranger.get("/health/readiness")
    assert answer.status_code == 503
    assert answer.json()["db"] == "disconnected"
    assert stranger.get("/health/liveliness").status_code == 200


def test_a_team_is_said_not_to_exist(admin: Api) -> None:
    answer = admin.get("/team/info", team_id="payments-squad")
    assert answer.status_code == 404
    assert "Team not found, passed team id: payments-squad." in error_of(answer)["message"]


def test_a_key_not_seen_before_is_told_to_retry(stranger: Api) -> None:
    answers = [
        stranger.messages("hi"),
        stranger.get("/v1/models"),
        stranger.get("/key/info"),
        stranger.post("/key/generate", {"team_id": "payments-squad"}),
    ]
    for answer in answers:
        assert answer.status_code == 503
        assert error_of(answer)["type"] == "no_db_connection"


def test_management_ends_in_500(admin: Api) -> None:
    answers = [
        admin.post("/key/generate", {"duration": "5m"}),
        admin.get("/key/info", key="sk-some-key-12345678"),
        admin.get("/key/list"),
        admin.post("/key/delete", {"keys": ["sk-some-key-12345678"]}),
        admin.get("/spend/logs/v2", api_key="0" * 64, **period()),
        admin.get("/spend/logs", api_key="0" * 64),
    ]
    for answer in answers:
        assert answer.status_code == 500
        assert error_of(answer)["message"]
