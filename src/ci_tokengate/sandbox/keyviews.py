"""A key as the answers show it. Each route has its own selection and its own way to write a time."""

from __future__ import annotations

from datetime import datetime

from ci_tokengate.sandbox.clock import milliseconds, offset, zulu
from ci_tokengate.sandbox.state import Json, Key


def status(key: Key, now: datetime) -> str:
    if key.deleted_at is not None:
        return "deleted"
    if key.blocked:
        return "revoked"
    return "expired" if key.expires is not None and key.expires <= now else "active"


def minted_key(key: Key, secret: str) -> Json:
    """The answer to `/key/generate`. `duration` is null there: `expires` is the fact."""
    return {
        **_common(key),
        "duration": None,
        "key": secret,
        "token": key.token,
        "token_id": key.token,
        "expires": zulu(key.expires),
        "tags": None,
        "created_at": zulu(key.created),
    }


def listed_key(key: Key) -> Json:
    """A full object of `/key/list`, and one of a team's keys."""
    return {
        **_common(key),
        "token": key.token,
        "total_spend": float(key.spend),
        "expires": zulu(milliseconds(key.expires)) if key.expires else None,
        "created_at": zulu(key.created),
        **({"deleted_at": zulu(key.deleted_at)} if key.deleted_at else {}),
    }


def described_key(key: Key, now: datetime) -> Json:
    """`info` of `/key/info`."""
    gone = {"deleted_at": offset(key.deleted_at), "deleted_by": key.deleted_by}
    return {
        **_common(key),
        "total_spend": float(key.spend),
        "expires": offset(key.expires),
        "created_at": offset(key.created),
        "budget_reset_at": None,
        "last_active": None,
        **(gone if key.deleted_at else {}),
        "status": status(key, now),
    }


def _common(key: Key) -> Json:
    return {
        "key_name": key.name,
        "key_alias": key.alias,
        "key_type": key.key_type,
        "models": key.models,
        "aliases": key.aliases,
        "metadata": key.metadata,
        "spend": float(key.spend),
        "max_budget": None if key.max_budget is None else float(key.max_budget),
        "budget_duration": key.budget_duration,
        "max_parallel_requests": key.max_parallel_requests,
        "user_id": key.user_id,
        "team_id": key.team_id,
        "allowed_routes": key.allowed_routes,
        "blocked": key.blocked,
        "created_by": key.created_by,
    }
