"""`sweep`: revoke our own keys that outlived their job."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from ci_tokengate.core.alias import PREFIX, Alias, parse_alias
from ci_tokengate.core.keys import Handle, KeyRecord
from ci_tokengate.ports import Clock, CodeHost, Proxy, RunState


class Why(Enum):
    """Why a key is swept, or left."""

    EXPIRED = "expired"
    RUN_FINISHED = "its run is finished"
    TOO_OLD = "older than --older-than"
    RUNNING = "its run is still going"
    UNKNOWN = "nobody knows its run; it expires by itself"


_SWEPT = frozenset({Why.EXPIRED, Why.RUN_FINISHED, Why.TOO_OLD})


@dataclass(frozen=True, kw_only=True)
class Swept:
    """One key and what was done: `revoked` is False for those left, and in a dry run."""

    key: KeyRecord
    why: Why
    revoked: bool


def sweep(
    proxy: Proxy,
    host: CodeHost | None,
    *,
    repository: str,
    older_than: timedelta | None,
    clock: Clock,
    dry_run: bool,
) -> Iterator[Swept]:
    """Yields each key of ours as it is dealt with; an empty `repository` means all of them.

    An expired key spends nothing, but holds its alias and a row at the proxy: it is deleted too.
    Raises what `Proxy.revoke` raises; what was swept until then stays swept.
    """
    now = clock.now()
    states: dict[tuple[str, str, int], RunState] = {}
    for key in proxy.keys(prefix=f"{PREFIX}{repository}#" if repository else PREFIX):
        alias = parse_alias(key.alias)
        if alias is None:
            continue
        why = _why(key, alias, host, older_than, now, states)
        swept = why in _SWEPT and not dry_run
        if swept:
            proxy.revoke(Handle(alias=key.alias, team_id=key.team_id, key_id=key.id))
        yield Swept(key=key, why=why, revoked=swept)


def outlived(swept: Swept) -> bool:
    """The key should not be there any more."""
    return swept.why in _SWEPT


def _why(
    key: KeyRecord,
    alias: Alias,
    host: CodeHost | None,
    older_than: timedelta | None,
    now: datetime,
    states: dict[tuple[str, str, int], RunState],
) -> Why:
    if key.expires_at is not None and key.expires_at <= now:
        return Why.EXPIRED
    if older_than is not None and key.created_at is not None and key.created_at <= now - older_than:
        return Why.TOO_OLD
    run = (alias.repository, alias.run_id, alias.run_attempt)
    if host is not None and run not in states:
        states[run] = host.run_state(*run)
    return {
        RunState.FINISHED: Why.RUN_FINISHED,
        RunState.RUNNING: Why.RUNNING,
        RunState.UNKNOWN: Why.UNKNOWN,
    }[states.get(run, RunState.UNKNOWN)]
