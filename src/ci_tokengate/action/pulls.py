"""Which pull requests `mode: settle` is about: by the event, by the head of a run, or by their keys."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from ci_tokengate.adapters.event import Job, payload_of
from ci_tokengate.core.alias import PREFIX, parse_alias
from ci_tokengate.core.keys import KeyRecord
from ci_tokengate.core.scope import of_repository
from ci_tokengate.ports import CodeHost, Proxy

_OF_LATE = timedelta(days=7)
_LONGEST_LIFE = timedelta(days=7)
"""Of a key: those that ended of late were minted so much earlier, at most."""


def numbers_of(
    env: Mapping[str, str], job: Job, host: CodeHost, proxy: Proxy, now: datetime
) -> list[int]:
    """Raises what `host` and `proxy` raise."""
    if job.context.event == "workflow_run":
        return _of_run(payload_of(env).get("workflow_run"), host, job.context.repository)
    if job.context.pull_request is not None:
        return [job.context.pull_request.number]
    return _recent(proxy, job.context.repository, now)


def _of_run(run: Any, host: CodeHost, repository: str) -> list[int]:
    """`pull_requests` of the payload is empty for forks, so the head is looked up.

    One head can be proposed to several branches: each that is open, or else the newest.
    """
    head = run.get("head_repository") if isinstance(run, dict) else None
    owner = (head or {}).get("owner") if isinstance(head, dict) else None
    login = owner.get("login") if isinstance(owner, dict) else None
    branch, sha = (
        (str(run.get(n) or "") for n in ("head_branch", "head_sha")) if login else ("", "")
    )
    if not (login and branch and sha):
        return []
    found = host.pulls_of_head(repository, str(login), branch, sha)
    return [pull.number for pull in found if pull.closed_at is None] or [
        pull.number for pull in found[:1]
    ]


def _recent(proxy: Proxy, repository: str, now: datetime) -> list[int]:
    """Those that had a key alive within the last seven days, the newest first."""
    scope, since = of_repository(repository), now - _OF_LATE
    minted = since - _LONGEST_LIFE

    def late(key: KeyRecord) -> bool:
        return key.cap != 0 and scope.holds(key.alias) and not (key.ends_at and key.ends_at < since)

    found = [
        *proxy.keys(prefix=PREFIX, part=scope.part, since=minted),
        *proxy.revoked_keys(prefix=PREFIX, part=scope.part, since=minted),
    ]
    scopes = {alias.scope for key in found if late(key) and (alias := parse_alias(key.alias))}
    return sorted((int(s) for s in scopes if s.isascii() and s.isdigit()), reverse=True)
