"""Job keys at OpenRouter: listed, recorded, ended.

A key is ended by disabling it: deleted, it would take its usage along. What ended long ago is deleted.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from ci_tokengate.adapters.proxies.openrouter import bodies
from ci_tokengate.adapters.proxies.openrouter.capabilities import CAPABILITIES
from ci_tokengate.adapters.proxies.rest import Rest
from ci_tokengate.core.keys import KeyRecord

PATH = "/keys"
DEFAULT = "default"
"""The team id of the account's default workspace."""
_A_PAGE = 100
_KEPT = (CAPABILITIES.remembers or timedelta(0)) + timedelta(days=5)


def listed(calls: Rest, workspace: str = DEFAULT) -> Iterator[bodies.Key]:
    """All of one workspace, disabled ones included; a key that moves between pages comes once.

    How many are on a page is documented nowhere: one that adds nothing is the last.
    """
    seen: set[str] = set()
    while True:
        params = {"include_disabled": "true", "offset": str(len(seen))}
        if workspace != DEFAULT:
            params["workspace_id"] = workspace
        found = calls.parse(bodies.Keys, calls.get(PATH, params)).data
        new = [key for key in found if key.hash not in seen]
        yield from new
        seen |= {key.hash for key in new}
        if not new:
            return


def everywhere(calls: Rest) -> Iterator[bodies.Key]:
    """All of the account. A listing without a workspace's id is of the default one only."""
    seen: set[str] = set()
    for workspace in (DEFAULT, *_workspaces(calls)):
        for key in listed(calls, workspace):
            if key.hash not in seen:
                seen.add(key.hash)
                yield key


def _workspaces(calls: Rest) -> Iterator[str]:
    """Their ids, the default one's perhaps among them; none where the account has no workspaces at all.

    Source: https://openrouter.ai/docs/api/api-reference/workspaces/list-workspaces
    """
    seen: set[str] = set()
    while True:
        params = {"offset": str(len(seen)), "limit": str(_A_PAGE)}
        answer = calls.get("/workspaces", params, allow=(404,))
        found = [] if answer.status == 404 else calls.parse(bodies.Workspaces, answer).data
        new = [one.id for one in found if one.id not in seen]
        yield from new
        seen |= set(new)
        if not new:
            return


def ended(key: bodies.Key) -> datetime | None:
    """When a disabled key was disabled, or an expired one expired."""
    return key.updated_at if key.disabled else key.expires_at


def long_over(key: bodies.Key, now: datetime) -> bool:
    end = ended(key)
    return end is not None and end < now - _KEPT


def record(key: bodies.Key) -> KeyRecord:
    return KeyRecord(
        id=key.hash,
        alias=key.name,
        team_id=key.workspace_id or DEFAULT,
        cap=key.limit,
        spend=key.spent,
        created_at=key.created_at,
        expires_at=key.expires_at,
        revoked_at=(key.updated_at or key.created_at) if key.disabled else None,
    )


def find(calls: Rest, key_id: str) -> bodies.Key | None:
    answer = calls.get(f"{PATH}/{key_id}", allow=(404,))
    return None if answer.status == 404 else calls.parse(bodies.One, answer).data


def end(calls: Rest, key: bodies.Key, now: datetime) -> bool:
    """True if it could still spend."""
    if long_over(key, now):
        calls.ask("DELETE", f"{PATH}/{key.hash}", allow=(404,), doing="deleting an old job key")
        return True
    if key.disabled:
        return False
    answer = calls.ask(
        "PATCH",
        f"{PATH}/{key.hash}",
        body={"disabled": True},
        allow=(404,),
        doing="revoking a job key",
    )
    return answer.status != 404
