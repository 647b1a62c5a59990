"""Keys as a ledger wants them: living and deleted in one row, the newest first, with their metadata."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import datetime, timezone

from ci_tokengate.adapters.proxies.litellm import collected_bodies as more
from ci_tokengate.adapters.proxies.litellm.calls import Calls
from ci_tokengate.core.ledger.keys import ABOUT, KeyFacts

_KEYS_A_PAGE = "100"
_EVER = datetime.min.replace(tzinfo=timezone.utc)


def newest_keys(calls: Calls) -> Iterator[KeyFacts]:
    """One page of each list in memory. What is minted meanwhile can come twice."""
    lists = (_listed(calls, ""), _listed(calls, "deleted"))
    return heapq.merge(*lists, key=lambda key: key.created_at or _EVER, reverse=True)


def key(calls: Calls, key_id: str) -> KeyFacts | None:
    """Deleted ones are told too. None where the proxy has none, or does not show it."""
    answer = calls.get("/key/info", {"key": key_id}, allow=(401, 403, 404))
    if answer.status != 200:
        calls.fail_if_database_is_down()
        return None
    return _facts(calls.parse(more.CollectedKeyInfo, answer).info, key_id)


def _listed(calls: Calls, status: str) -> Iterator[KeyFacts]:
    page = 1
    while True:
        params = {
            "return_full_object": "true",
            "sort_by": "created_at",
            "sort_order": "desc",
            "size": _KEYS_A_PAGE,
            "page": str(page),
            **({"status": status} if status else {}),
        }
        found = calls.page(more.CollectedKeyPage, "/key/list", params)
        yield from (_facts(one, one.token) for one in found.keys)
        if not found.keys or page >= (found.total_pages or 1):
            return
        page += 1


def _facts(one: more.CollectedKey, key_id: str) -> KeyFacts:
    told = (one.metadata or {}).get("ci_tokengate")
    about = {n: told[n] for n in ABOUT if n in told} if isinstance(told, dict) else {}
    return KeyFacts(
        id=key_id,
        alias=one.key_alias or "",
        team_id=one.team_id or "",
        user_id=one.user_id or "",
        created_at=one.created_at,
        ends_at=one.deleted_at or one.expires,
        attribution=about,
    )
