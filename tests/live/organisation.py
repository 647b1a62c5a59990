"""Three teams whose CI spends at a real LiteLLM: 60 pull requests, 400 keys, 4,000 calls of every kind."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, TypeVar

import httpx

from ci_tokengate.core.alias import alias_for, attribution, tags
from ci_tokengate.core.context import JobContext, PullRequest
from ci_tokengate.sandbox.github import GitHubState, pull_request
from tests.live.environment import MODELS, PERMISSIONS, address, minting_key

PULLS, KEYS, CALLS = 60, 400, 4000
_AT_ONCE = 12
_READING = [
    *("/spend/logs/v2", "/team/daily/activity", "/team/info"),
    *("/v2/team/list", "/key/info", "/key/list", "/v2/model/info"),
]
_T = TypeVar("_T")
_R = TypeVar("_R")


@dataclass(frozen=True)
class Minted:
    """A key, and who pays for it. `pull` is None for what is no pull request's."""

    key: str = field(repr=False)
    token: str
    team: str
    pull: int | None


@dataclass
class Organisation:
    """Names of its own, so that whatever else spends at the proxy meanwhile is not in its sums."""

    url: str
    minter: str
    reader: str
    http: httpx.Client
    run: str

    @property
    def repository(self) -> str:
        return f"acme/collect_{self.run}"

    @property
    def teams(self) -> list[str]:
        return [f"collect-{self.run}-{name}" for name in ("a", "b", "c")]

    def mint(self, count: int = KEYS) -> list[Minted]:
        """All 400: each pull request has keys of two use cases; the last are a branch's or nobody's."""
        return self._each(self._mint, range(count))

    def _mint(self, number: int) -> Minted:
        team = self.teams[number % 3]
        pull = number % PULLS + 1 if number < KEYS - 20 else None
        use_case = ("review", "triage")[number // PULLS % 2]
        order: dict[str, Any] = {
            "team_id": team,
            "user_id": "ci-minter",
            "duration": "60m",
            "max_budget": 5,
            "models": ["claude-sonnet", "claude-haiku", "gpt-mini", "gpt-codex"],
            "key_type": "llm_api",
        }
        if number < KEYS - 10:
            context = self._context(number, pull)
            order |= {
                "key_alias": str(alias_for(context, use_case, uuid.uuid4().hex[:8])),
                "metadata": {
                    "tags": tags(context, team=team, use_case=use_case),
                    "ci_tokengate": attribution(
                        context, team=team, cost_center=f"CC-{number % 3}", use_case=use_case
                    ),
                },
            }
        made = self._post("/key/generate", self.minter, order)
        made.raise_for_status()
        return Minted(made.json()["key"], made.json()["token"], team, pull)

    def _context(self, number: int, pull: int | None) -> JobContext:
        request = pull and PullRequest(number=pull, base_sha="b", head_ref="t", from_fork=False)
        return JobContext(
            server="github.com",
            repository=self.repository,
            event="pull_request" if pull else "push",
            ref=f"refs/pull/{pull}/merge" if pull else "refs/heads/main",
            sha="a" * 40,
            run_id=str(9000 + number),
            run_attempt=1 + number % 2,
            job="agent",
            pull_request=request or None,
        )

    def spend(self, keys: Sequence[Minted], calls: Iterable[int]) -> None:
        """Call `n` is made with the key in the n-th place, and what it is depends on `n` alone.

        Each pull request has calls that a model answers: whoever merged has spent.
        """
        self._each(lambda n: self._call(keys[n % len(keys)], n), calls)

    def _call(self, key: Minted, n: int) -> None:
        text = f"in={300 + n % 97} out={5 + n % 13} cr={n % 7 * 31} cw={n % 5 * 17}"
        said = [{"role": "user", "content": text}]
        model = ("claude-sonnet", "claude-haiku", "gpt-mini")[n // 3 % 3]
        kind = (7 * n + n // PULLS) % 20  # of one pull request's calls no two in a row fail
        if kind == 0:  # a model that the key may not use
            body = {"model": "claude-opus", "max_tokens": 9, "messages": said}
            self._post("/v1/messages", key.key, body)
        elif kind == 1:  # the provider is overloaded
            failing = [{"role": "user", "content": "status=529"}]
            body = {"model": "claude-haiku", "max_tokens": 9, "messages": failing}
            self._post("/v1/messages", key.key, body)
        elif kind == 2:
            self._post("/v1/responses", key.key, {"model": "gpt-codex", "input": text})
        elif model == "gpt-mini":
            options = {"stream": True, "stream_options": {"include_usage": True}}
            streamed = options if kind % 2 else {}
            body = {"model": model, "messages": said, **streamed}
            self._post("/v1/chat/completions", key.key, body)
        else:
            streamed = {"stream": True} if kind % 3 == 0 else {}
            body = {"model": model, "max_tokens": 99, "messages": said, **streamed}
            self._post("/v1/messages", key.key, body)

    def delete(self, keys: Sequence[Minted]) -> None:
        for start in range(0, len(keys), 50):
            tokens = [key.token for key in keys[start : start + 50]]
            self._post("/key/delete", self.minter, {"keys": tokens}).raise_for_status()

    def _post(self, path: str, key: str, body: Any) -> httpx.Response:
        return self.http.post(path, json=body, headers={"authorization": f"Bearer {key}"})

    def _each(self, do: Callable[[_T], _R], items: Iterable[_T]) -> list[_R]:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return list(pool.map(do, items))


def its_pulls(state: GitHubState) -> None:
    """Forty merged, ten closed, ten open; the last merged one reverts the first."""
    now = datetime.now(timezone.utc)
    for number in range(1, PULLS + 1):
        when = now - timedelta(minutes=PULLS - number)
        merged = when if number <= 40 else None
        closed = when if 40 < number <= 50 else None
        body = f"Reverts acme/shop#{1}" if number == 40 else None
        head = "revert-1-topic" if number == 40 else f"topic-{number}"
        title = 'Revert "Topic"' if number == 40 else f"Topic {number}"
        state.pulls[number] = pull_request(
            number,
            title=title,
            body=body,
            head_ref=head,
            opened=when,
            merged=merged,
            closed=closed,
        )


@contextmanager
def organisation() -> Iterator[Organisation]:
    """At the real proxy of the environment; its keys are removed in the end."""
    url, admin_key = address()
    run = uuid.uuid4().hex[:8]
    admin = {"authorization": f"Bearer {admin_key}"}
    minter = minting_key(url, admin_key)
    with httpx.Client(base_url=url, timeout=120) as http:
        reader = _reader(http, admin, run)
        made = Organisation(url, minter, reader, http, run)
        for team in made.teams:
            _team(http, admin, team)
        yield made
        for team in made.teams:
            query: dict[str, str] = {"team_id": team, "size": "100"}
            while keys := http.get("/key/list", params=query, headers=admin).json()["keys"]:
                http.post("/key/delete", json={"keys": keys}, headers=admin).raise_for_status()
        http.post("/key/delete", json={"key_aliases": [f"reader-{run}"]}, headers=admin)


def _reader(http: httpx.Client, admin: dict[str, str], run: str) -> str:
    user = {"user_id": "ci-reader", "user_role": "proxy_admin_viewer", "auto_create_key": False}
    http.post("/user/new", json=user, headers=admin)
    order = {
        "user_id": "ci-reader",
        "key_alias": f"reader-{run}",
        "models": ["no-default-models"],
        "allowed_routes": _READING,
    }
    made = http.post("/key/generate", json=order, headers=admin)
    made.raise_for_status()
    return str(made.json()["key"])


def _team(http: httpx.Client, admin: dict[str, str], team: str) -> None:
    steps: list[tuple[str, dict[str, Any]]] = [
        ("/team/new", {"team_id": team, "team_alias": team, "models": MODELS}),
        ("/team/member_add", {"team_id": team, "member": {"role": "user", "user_id": "ci-minter"}}),
        (
            "/team/permissions_update",
            {"team_id": team, "team_member_permissions": PERMISSIONS},
        ),
    ]
    for path, body in steps:
        http.post(path, json=body, headers=admin).raise_for_status()
