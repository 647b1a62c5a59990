"""Whose a key is: from the alias that its minter set, and the metadata that came with it (DESIGN D1, D2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ci_tokengate.core.alias import parse_alias, scope_prefix
from ci_tokengate.core.ledger.entry import LedgerKey

ABOUT = ("repository", "pull_request", "ref", "job", "use_case", "cost_center")
"""What of a key's metadata is looked at."""


@dataclass(frozen=True, kw_only=True)
class KeyFacts:
    """A key as the proxy lists it, deleted ones included. Times are UTC.

    `attribution` is what `core.alias.attribution` wrote (ABOUT of it), or empty; `user_id` is whose key it is.
    """

    id: str
    alias: str = ""
    team_id: str = ""
    user_id: str = ""
    created_at: datetime | None = None
    ends_at: datetime | None = None
    attribution: Mapping[str, Any] = field(default_factory=dict)


def ledger_key(
    proxy: str, key_id: str, *, alias: str, team_id: str, facts: KeyFacts | None
) -> LedgerKey:
    """The alias decides; metadata only adds what an alias cannot hold, and only where it agrees."""
    alias = alias or (facts.alias if facts else "")
    ends_at = facts.ends_at if facts else None
    user = facts.user_id if facts else ""
    parsed = parse_alias(alias)
    if parsed is None:
        return LedgerKey(
            proxy=proxy, key_id=key_id, alias=alias, team_id=team_id, actor=user, ends_at=ends_at
        )
    about = facts.attribution if facts and _agrees(facts.attribution, alias) else {}
    number = int(parsed.scope) if parsed.scope.isascii() and parsed.scope.isdigit() else None
    return LedgerKey(
        proxy=proxy,
        key_id=key_id,
        alias=alias,
        team_id=team_id,
        repository=_text(about, "repository", parsed.repository),
        pull_request=number,
        ref=_text(about, "ref", "" if number is not None else parsed.scope),
        run_id=parsed.run_id,
        run_attempt=parsed.run_attempt,
        job=_text(about, "job", parsed.job),
        use_case=_text(about, "use_case", parsed.use_case),
        cost_center=_text(about, "cost_center", ""),
        ends_at=ends_at,
    )


def _agrees(about: Mapping[str, Any], alias: str) -> bool:
    """The same job: an alias cuts what is long, so the whole names are cut in the same way."""
    repository, number, ref = (about.get(n) for n in ("repository", "pull_request", "ref"))
    scope = str(number) if number is not None else ref
    if not isinstance(repository, str) or not isinstance(scope, str):
        return False
    return alias.startswith(scope_prefix(repository, scope))


def _text(about: Mapping[str, Any], name: str, otherwise: str) -> str:
    found = about.get(name)
    return found if isinstance(found, str) and found else otherwise
