"""Job keys at the proxy: listed, revoked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from ci_tokengate.adapters.proxies.litellm import bodies
from ci_tokengate.adapters.proxies.litellm.calls import Calls
from ci_tokengate.adapters.proxies.litellm.errors import raise_for, refuse_nonsense
from ci_tokengate.core.keys import Handle, KeyRecord

_KEYS_A_PAGE = "100"
_WRONG_PATH = {"detail": "Not Found"}


def listed(
    calls: Calls,
    prefix: str,
    team_id: str | None = None,
    *,
    part: str = "",
    status: str = "",
    since: datetime | None = None,
) -> Iterator[KeyRecord]:
    """All pages, oldest first. The filter is a *contains*, in any case, so what is found is checked again.

    Deleted keys are listed with the status `deleted` only. With `since` the newest come first, and the
    listing ends at those that are older: a proxy remembers the keys of years.
    """
    page = 1
    while True:
        params = {
            "key_alias": part or prefix,
            "substring_matching": "true",
            "return_full_object": "true",
            "sort_by": "created_at",
            "sort_order": "desc" if since else "asc",
            "size": _KEYS_A_PAGE,
            "page": str(page),
            **({"team_id": team_id} if team_id else {}),
            **({"status": status} if status else {}),
        }
        found = calls.parse(bodies.KeyPage, calls.get("/key/list", params))
        for key in found.keys:
            if since and key.created_at and key.created_at < since:
                return
            alias = key.key_alias or ""
            if alias.startswith(prefix) and part.lower() in alias.lower():
                yield _record(key)
        if not found.keys or page >= (found.total_pages or 1):
            return
        page += 1


def revoke(calls: Calls, handle: Handle) -> bool:
    """By id where it is known; by alias otherwise, which is then taken against a mint in flight.

    An alias that is taken stays taken, however often this is called: deleting what took it would
    let the mint in.
    """
    if handle.key_id:
        return _delete(calls, [handle.key_id], handle)
    while True:
        found = [k for k in listed(calls, handle.alias) if k.alias == handle.alias]
        minted = [key.id for key in found if key.cap != 0]
        if minted:
            return _delete(calls, minted, handle)
        if found or _take(calls, handle):
            return False


def _delete(calls: Calls, ids: list[str], handle: Handle) -> bool:
    """True if a key was deleted, False if there was none. Safe to repeat."""
    body = {"keys": ids}
    answer = calls.http.call("POST", "/key/delete", body=body, repeatable=True)
    if answer.status == 404 and answer.body != _WRONG_PATH and not answer.is_html:
        calls.fail_if_database_is_down()
        return False
    refuse_nonsense(answer, calls.url)
    if answer.status != 200:
        raise_for(answer, calls.url, f"revoking {handle.alias}")
    calls.parse(bodies.Deleted, answer)
    return True


def _take(calls: Calls, handle: Handle) -> bool:
    """Takes the alias with a key that is dead at birth: aliases are unique, so a late mint fails.

    False when the alias is taken already: the mint has arrived meanwhile, or an earlier try did it.
    """
    body = {
        "team_id": handle.team_id,
        "key_alias": handle.alias,
        "duration": "1s",
        "max_budget": 0,
        "models": ["no-default-models"],
        "key_type": "llm_api",
        **({"user_id": handle.user_id} if handle.user_id else {}),
    }
    answer = calls.post("/key/generate", body)
    if answer.status == 400 and "already exists" in answer.text:
        return False
    if answer.status != 200:
        raise_for(answer, calls.url, f"taking the alias {handle.alias}")
    return True


def _record(key: bodies.ListedKey) -> KeyRecord:
    about = (key.metadata or {}).get("ci_tokengate")
    return KeyRecord(
        id=key.token,
        alias=key.key_alias or "",
        team_id=key.team_id or "",
        cap=key.max_budget,
        spend=key.spend or Decimal(0),
        created_at=key.created_at,
        expires_at=key.expires,
        blocked=bool(key.blocked),
        workflow=str(about.get("workflow") or "") if isinstance(about, dict) else "",
        revoked_at=key.deleted_at,
    )
