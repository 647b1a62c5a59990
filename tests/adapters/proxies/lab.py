"""What the recordings need at the real proxy: a team, a user, a minting key, keys, calls."""

from __future__ import annotations

import hashlib
import time
from typing import Any

import httpx

from tests.adapters.proxies.cassettes import recording

_RUN = recording()
ADMIN_STAND_IN = "sk-cassette-admin-key"
MINTER = "sk-cassette-minter-key-0001"
UNKNOWN = "sk-cassette-unknown-key-01"
TEAM, PLAIN_TEAM, USER = "cassette-squad", "cassette-plain", "cassette-minter"
RIGHTS = ["/key/generate", "/key/delete", "/key/info", "/key/list"]
PREFIX = "tokengate:acme/cassettes#1:"


def alias(of: str, number: int = 0) -> str:
    return f"{PREFIX}1.1:record:{of}:{_RUN}{number:02d}"


def job_key(of: str, number: int = 0) -> str:
    return f"sk-cassette-{of}-{_RUN}{number:02d}"


def key_id(of: str, number: int = 0) -> str:
    return hashlib.sha256(job_key(of, number).encode()).hexdigest()


class Lab:
    """The admin's side of a recording. In a replay there is none: every method does nothing."""

    def __init__(self, url: str | None, admin_key: str) -> None:
        self._client = httpx.Client(
            base_url=url or "http://litellm.test",
            headers={"authorization": f"Bearer {admin_key}"},
            timeout=30,
        )
        self.recording = url is not None
        if self.recording:
            self._set_up()

    def close(self) -> None:
        self._client.close()

    def key(self, of: str, number: int = 0, **changes: Any) -> None:
        """A job key of a value that replays know too."""
        self._post(
            "/key/generate",
            key=job_key(of, number),
            key_alias=alias(of, number),
            **{
                "team_id": TEAM,
                "user_id": USER,
                "models": ["claude-sonnet"],
                "max_budget": 1,
                "duration": "3650d",
                "key_type": "llm_api",
                **changes,
            },
        )

    def gone(self, of: str, count: int = 1) -> None:
        """No key of this alias, from an earlier recording or from this one."""
        self._post("/key/delete", key_aliases=[alias(of, n) for n in range(count)], may_fail=True)

    def call(self, of: str, *, times: int = 1) -> None:
        for _ in range(times):
            self._post(
                "/v1/messages",
                authorization=f"Bearer {job_key(of)}",
                model="claude-sonnet",
                max_tokens=50,
                messages=[{"role": "user", "content": "in=1000 out=50"}],
                may_fail=True,
            )

    def wait(self, seconds: float) -> None:
        if self.recording:
            time.sleep(seconds)

    def _set_up(self) -> None:
        budget: dict[str, Any] = {"max_budget": 1200, "budget_duration": "30d"}
        plan: dict[str, Any] = {"metadata": {"tokengate": {"plan_usd": 800}}}
        self._post(
            "/user/new",
            user_id=USER,
            user_role="internal_user",
            auto_create_key=False,
            may_fail=True,
        )
        teams: dict[str, dict[str, Any]] = {TEAM: {**budget, **plan}, PLAIN_TEAM: {}}
        for team, more in teams.items():
            self._post("/team/new", team_id=team, team_alias=team, **more, may_fail=True)
            member = {"role": "user", "user_id": USER}
            self._post("/team/member_add", team_id=team, member=member, may_fail=True)
            self._post("/team/permissions_update", team_id=team, team_member_permissions=RIGHTS)
        self._post("/key/delete", keys=[MINTER], may_fail=True)
        routes = [*RIGHTS, "/team/info", "/spend/logs", "/spend/logs/v2"]
        self._post(
            "/key/generate",
            key=MINTER,
            user_id=USER,
            key_alias=USER,
            allowed_routes=routes,
            models=["no-default-models"],
        )

    def _post(
        self, path: str, *, may_fail: bool = False, authorization: str = "", **body: Any
    ) -> None:
        if not self.recording:
            return
        headers = {"authorization": authorization} if authorization else {}
        answer = self._client.post(path, json=body, headers=headers)
        assert may_fail or answer.status_code == 200, answer.text
