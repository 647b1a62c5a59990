"""A proxy under test, and what one run of the suite makes there: its own teams, user and minting key."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, TypeVar

import httpx

from ci_tokengate.sandbox.clock import WallClock
from ci_tokengate.sandbox.serve import Sandbox
from tests.stage.trust import TRUST

Json = dict[str, Any]
T = TypeVar("T")

MODELS = [
    "claude-sonnet",
    "claude-haiku",
    "claude-opus",
    "gpt-mini",
    "gpt-codex",
    "gemini-flash",
    "mock-sonnet",
]
MEMBER_RIGHTS = ["/key/generate", "/key/delete", "/key/info", "/key/list"]
MINTER_ROUTES = [*MEMBER_RIGHTS, "/team/info", "/spend/logs", "/spend/logs/v2"]


@dataclass(frozen=True)
class Target:
    """Where the proxy is, and how its late spend and its time are waited for."""

    url: str
    admin_key: str
    sandbox: Sandbox | None = None
    clock: WallClock | None = None

    def eventually(self, probe: Callable[[], T | None]) -> T:
        """What `probe` finds once spend is visible: after a flush of the sandbox, within 25 s of a real proxy."""
        if self.sandbox is not None:
            self.sandbox.flush()
        deadline = time.monotonic() + (0 if self.sandbox else 25)
        while True:
            found = probe()
            if found is not None:
                return found
            assert time.monotonic() < deadline, "did not show up in time"
            time.sleep(0.5)

    def soon(self, probe: Callable[[], T | None]) -> T:
        """For what a real proxy counts a moment after its answer."""
        deadline = time.monotonic() + (0 if self.sandbox else 5)
        while True:
            found = probe()
            if found is not None:
                return found
            assert time.monotonic() < deadline, "was not counted in time"
            time.sleep(0.1)

    def pass_time(self, seconds: float) -> None:
        if self.clock is not None:
            self.clock.advance(timedelta(seconds=seconds))
        else:
            time.sleep(seconds)


class Api:
    """Calls with one key."""

    def __init__(self, client: httpx.Client, key: str | None) -> None:
        self._client = client
        self._headers = {} if key is None else {"authorization": f"Bearer {key}"}

    def get(self, path: str, **query: str | int) -> httpx.Response:
        return self._client.get(path, params=query, headers=self._headers)

    def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._client.post(path, json=body, headers=self._headers | named)

    def messages(
        self,
        text: str,
        model: str = "claude-haiku",
        headers: dict[str, str] | None = None,
        **body: Any,
    ) -> httpx.Response:
        asked = {"model": model, "max_tokens": 64, "messages": [{"role": "user", "content": text}]}
        return self._client.post(
            "/v1/messages", json=asked | body, headers=self._headers | (headers or {})
        )

    def chat(self, text: str, model: str = "gpt-mini", **body: Any) -> httpx.Response:
        asked = {"model": model, "messages": [{"role": "user", "content": text}]}
        return self.post("/v1/chat/completions", asked | body)

    def responses(self, text: str, model: str = "gpt-codex", **body: Any) -> httpx.Response:
        return self.post("/v1/responses", {"model": model, "input": text} | body)


@dataclass(frozen=True)
class World:
    target: Target
    client: httpx.Client
    run: str = field(default_factory=lambda: uuid.uuid4().hex[:8])

    @property
    def team(self) -> str:
        return f"contract-{self.run}"

    @property
    def foreign_team(self) -> str:
        return f"contract-{self.run}-foreign"

    @property
    def user(self) -> str:
        return f"minter-{self.run}"

    @property
    def minter_key(self) -> str:
        return f"sk-contract-minter-{self.run}"

    @property
    def prefix(self) -> str:
        """Of the aliases of one pull request."""
        return f"tokengate:acme/web_app-{self.run}#12:"

    def alias(self) -> str:
        return f"{self.prefix}777.1:review:code-review:{uuid.uuid4().hex[:6]}"

    @property
    def admin(self) -> Api:
        return Api(self.client, self.target.admin_key)

    @property
    def minter(self) -> Api:
        return Api(self.client, self.minter_key)

    def holder(self, key: str | None) -> Api:
        return Api(self.client, key)

    def order(self, **changes: Any) -> Json:
        """The body of a mint as the product sends it."""
        order: Json = {
            "team_id": self.team,
            "user_id": self.user,
            "key_alias": self.alias(),
            "duration": "30m",
            "max_budget": 1.0,
            "models": ["claude-sonnet", "claude-haiku"],
            "key_type": "llm_api",
            "metadata": {"tags": ["pr:acme/web_app#12"], "ci_tokengate": {"cost_center": self.run}},
        }
        return {name: value for name, value in (order | changes).items() if value is not ...}

    def mint(self, **changes: Any) -> Json:
        answer = self.minter.post("/key/generate", self.order(**changes))
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def mint_as_admin(self, **changes: Any) -> Json:
        answer = self.admin.post("/key/generate", self.order(user_id=..., **changes))
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def new_team(self, **fields: Any) -> str:
        team_id = f"contract-{self.run}-{uuid.uuid4().hex[:6]}"
        answer = self.admin.post("/team/new", {"team_id": team_id, "team_alias": team_id} | fields)
        assert answer.status_code == 200, answer.text
        return team_id

    def logs(self, api: Api | None = None, **query: str | int) -> Json:
        """One answer of /spend/logs/v2, figures as Decimal."""
        answer = (api or self.minter).get("/spend/logs/v2", **(period() | query))
        assert answer.status_code == 200, answer.text
        return dict(json.loads(answer.text, parse_float=Decimal))

    def rows(self, token: str, count: int, api: Api | None = None) -> list[Json]:
        """The rows of a key, newest first, once there are `count`."""

        def probe() -> list[Json] | None:
            found = list(self.logs(api, api_key=token, page_size=100)["data"])
            return found if len(found) >= count else None

        return self.target.eventually(probe)


def period() -> dict[str, str | int]:
    """Yesterday to tomorrow, so that midnight is no trouble."""
    today = datetime.now(timezone.utc).date()
    day = timedelta(days=1)
    return {"start_date": str(today - day), "end_date": str(today + 2 * day)}


def usd(value: Any) -> Decimal:
    """To the 1e-10 that the product keeps: the real proxy's sums carry binary noise beyond."""
    return Decimal(str(value)).quantize(Decimal("1e-10"))


def error_of(answer: httpx.Response) -> Json:
    """The first envelope, whose `code` is the status as a text."""
    error = dict(answer.json()["error"])
    assert error["code"] == str(answer.status_code)
    return error


def sse_data(answer: httpx.Response) -> list[Json]:
    lines = [
        line.removeprefix("data: ")
        for line in answer.text.splitlines()
        if line.startswith("data: ")
    ]
    return [json.loads(line) for line in lines if line != "[DONE]"]


@contextmanager
def opened(target: Target) -> Iterator[World]:
    """The proxy with this run's teams, user and minting key; its keys are removed in the end."""
    with httpx.Client(base_url=target.url, timeout=30, verify=TRUST) as client:
        world = World(target, client)
        _settle_in(world)
        yield world
        _leave(world)


def _settle_in(world: World) -> None:
    team: Json = {
        "team_id": world.team,
        "team_alias": world.team,
        "models": MODELS,
        "max_budget": 1200,
        "soft_budget": 640,
        "budget_duration": "30d",
        "metadata": {"tokengate": {"plan_usd": 800}},
    }
    steps: list[tuple[str, Json]] = [
        ("/team/new", team),
        ("/team/new", {"team_id": world.foreign_team, "models": MODELS}),
        (
            "/user/new",
            {"user_id": world.user, "user_role": "internal_user", "auto_create_key": False},
        ),
        (
            "/team/member_add",
            {"team_id": world.team, "member": {"role": "user", "user_id": world.user}},
        ),
        (
            "/team/permissions_update",
            {"team_id": world.team, "team_member_permissions": MEMBER_RIGHTS},
        ),
        (
            "/key/generate",
            {
                "key": world.minter_key,
                "user_id": world.user,
                "key_alias": world.user,
                "allowed_routes": MINTER_ROUTES,
                "models": ["no-default-models"],
            },
        ),
    ]
    for path, body in steps:
        answer = world.admin.post(path, body)
        assert answer.status_code == 200, f"{path}: {answer.text}"


def _leave(world: World) -> None:
    for team in (world.team, world.foreign_team):
        while keys := world.admin.get("/key/list", team_id=team, size=100).json()["keys"]:
            world.admin.post("/key/delete", {"keys": keys})
    world.admin.post("/key/delete", {"key_aliases": [world.user]})
