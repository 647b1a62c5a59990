"""The real proxy of `make test-live`: its address and admin key come from the environment."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx
import pytest

from tests.act.world import World, live_world

MODELS = ["claude-sonnet", "claude-haiku", "claude-opus", "gpt-mini", "gpt-codex", "gemini-flash"]
PERMISSIONS = ["/key/generate", "/key/delete", "/key/info", "/key/list"]
ROUTES = [*PERMISSIONS, "/team/info", "/spend/logs", "/spend/logs/v2"]
TEAMS = {
    "payments-squad": {"max_budget": 1200, "budget_duration": "30d"},
    "search-squad": {"max_budget": 200, "budget_duration": "30d"},
}


def address() -> tuple[str, str]:
    url = os.environ.get("TOKENGATE_LITELLM_URL", "")
    key = os.environ.get("TOKENGATE_LITELLM_ADMIN_KEY", "")
    if not url or not key:
        pytest.fail(
            "The live tests need TOKENGATE_LITELLM_URL and TOKENGATE_LITELLM_ADMIN_KEY.",
            pytrace=False,
        )
    return url.rstrip("/"), key


@contextmanager
def live_proxy() -> Iterator[World]:
    url, admin_key = address()
    with live_world(url, admin_key, lambda: minting_key(url, admin_key)) as world:
        yield world


def minting_key(url: str, admin_key: str) -> str:
    """The least-privileged credential of the README, made anew; teams are made where they lack."""
    with _admin(url, admin_key) as http:
        user = {"user_id": "ci-minter", "user_role": "internal_user", "auto_create_key": False}
        http.post("/user/new", json=user)
        for team, budget in TEAMS.items():
            _team(http, team, budget)
        made = http.post(
            "/key/generate",
            json={
                "user_id": "ci-minter",
                "allowed_routes": ROUTES,
                "models": ["no-default-models"],
            },
        )
        made.raise_for_status()
        return str(made.json()["key"])


def make_team(world: World, team: str) -> None:
    """A new team without a budget at the proxy, in which the minter may mint."""
    with _admin(world.url, world.admin_key) as http:
        _team(http, team, {})


def _admin(url: str, key: str) -> httpx.Client:
    return httpx.Client(base_url=url, headers={"authorization": f"Bearer {key}"}, timeout=30)


def _team(http: httpx.Client, team: str, budget: Mapping[str, object]) -> None:
    http.post("/team/new", json={"team_id": team, "team_alias": team, "models": MODELS, **budget})
    member = {"role": "user", "user_id": "ci-minter"}
    http.post("/team/member_add", json={"team_id": team, "member": member})
    rights = {"team_id": team, "team_member_permissions": PERMISSIONS}
    http.post("/team/permissions_update", json=rights).raise_for_status()
