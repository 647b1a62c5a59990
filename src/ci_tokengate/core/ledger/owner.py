"""Two readings of one key made one, the same in whatever order they come."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

from ci_tokengate.core.ledger.entry import LedgerKey

_NEVER = datetime.min.replace(tzinfo=timezone.utc)


def merged(one: LedgerKey, other: LedgerKey) -> LedgerKey:
    """What either knows. Of two that differ in what the minter set, one is taken whole, never a mixture.

    A deleted key is known by its alias alone, and a running job knows more than its log has.
    """
    if one == other:
        return one
    first = max(one, other, key=_minted)
    return replace(
        first,
        team_id=max(one.team_id, other.team_id),
        cost_center=max(one.cost_center, other.cost_center),
        actor=max(one.actor, other.actor),
        ends_at=max(one.ends_at or _NEVER, other.ends_at or _NEVER) if _ends(one, other) else None,
    )


def _ends(one: LedgerKey, other: LedgerKey) -> bool:
    return one.ends_at is not None or other.ends_at is not None


def _minted(key: LedgerKey) -> tuple[bool, tuple[str | int, ...]]:
    """Any total order would do in which the fuller is the greater."""
    pull = -1 if key.pull_request is None else key.pull_request
    names = (key.alias, key.repository, key.ref, key.run_id, key.job, key.use_case)
    return key.attributed, (*names, pull, key.run_attempt)
