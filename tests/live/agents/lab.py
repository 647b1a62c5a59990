"""The real LiteLLM, by plain HTTP: mint a job key, delete it, read its rows."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx

TEAM = "payments-squad"


@dataclass(frozen=True, kw_only=True)
class JobKey:
    """A minted key and the hash it is known by."""

    value: str = field(repr=False)
    digest: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of the proxy's spend log."""

    status: str
    model: str
    tokens: int
    spend: float


class Lab:
    """One proxy and the credential that may mint there."""

    def __init__(self, root: str, credential: str) -> None:
        self.root = root.rstrip("/")
        self._http = httpx.Client(
            base_url=self.root,
            headers={"Authorization": f"Bearer {credential}"},
            timeout=30,
            trust_env=False,
        )

    def close(self) -> None:
        self._http.close()

    def mint(
        self, models: Sequence[str], *, cap: float = 1.0, aliases: Mapping[str, str] | None = None
    ) -> JobKey:
        body = {
            "team_id": TEAM,
            "key_type": "llm_api",
            "duration": "10m",
            "max_budget": cap,
            "models": list(models),
            "aliases": dict(aliases or {}),
            "metadata": {"tags": ["use_case:live-agents"]},
        }
        answer = self._http.post("/key/generate", json=body).raise_for_status().json()
        return JobKey(value=answer["key"], digest=answer["token"])

    def delete(self, key: JobKey) -> None:
        self._http.post("/key/delete", json={"keys": [key.digest]})

    def call(self, key: JobKey) -> None:
        """One small call that spends something."""
        body = {
            "model": "claude-sonnet",
            "messages": [{"role": "user", "content": "in=1100 out=70"}],
        }
        headers = {"Authorization": f"Bearer {key.value}"}
        self._http.post("/v1/chat/completions", json=body, headers=headers).raise_for_status()

    def rows(self, key: JobKey, at_least: int = 1, patience: float = 20) -> list[Row]:
        """The rows under this key, once there are as many as expected; they are flushed late."""
        end = time.monotonic() + patience
        while len(found := self._rows(key)) < at_least and time.monotonic() < end:
            time.sleep(0.5)
        return found

    def _rows(self, key: JobKey) -> list[Row]:
        today = datetime.now(timezone.utc).date()
        query = {
            "api_key": key.digest,
            "start_date": str(today - timedelta(days=1)),
            "end_date": str(today + timedelta(days=1)),
            "page_size": "100",
        }
        data = self._http.get("/spend/logs/v2", params=query).raise_for_status().json()["data"]
        return [_row(entry) for entry in data]


def _row(entry: Mapping[str, Any]) -> Row:
    return Row(
        status=entry["status"],
        model=entry["model_group"],
        tokens=entry["total_tokens"],
        spend=entry["spend"],
    )
