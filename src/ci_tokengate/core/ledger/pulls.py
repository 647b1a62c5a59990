"""A pull request as the code host has it, as the ledger keeps it.

Source: https://docs.github.com/rest/pulls/pulls, https://docs.github.com/pull-requests (revert)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ci_tokengate.core.ledger.records import PullRecord

_BODY = re.compile(
    r"^\s*Reverts\s+(?P<repository>[\w.-]+/[\w.-]+)?#(?P<number>\d{1,9})\b", re.M | re.I
)
_BRANCH = re.compile(r"revert-(?P<number>\d{1,9})-.+")
_TITLE = re.compile(r"revert\b", re.I)


def pull_record(host: str, repository: str, body: Any) -> PullRecord | None:
    """From GitHub's JSON; None where it lacks its number or its time, which GitHub's never does."""
    if not isinstance(body, Mapping):
        return None
    number, updated_at = body.get("number"), _time(body.get("updated_at"))
    if not isinstance(number, int) or updated_at is None:
        return None
    user, labels = body.get("user"), body.get("labels")
    return PullRecord(
        host=host,
        repository=repository,
        number=number,
        updated_at=updated_at,
        opened_at=_time(body.get("created_at")),
        closed_at=_time(body.get("closed_at")),
        merged_at=_time(body.get("merged_at")),
        base_ref=_ref(body.get("base")),
        head_ref=_ref(body.get("head")),
        labels=tuple(sorted(_names(labels if isinstance(labels, list) else []))),
        reverts=reverted(body, repository),
        actor=str(user.get("login") or "") if isinstance(user, Mapping) else "",
    )


def reverted(body: Mapping[str, Any], repository: str) -> int | None:
    """Which pull request of the same repository it reverts: as GitHub's button writes it.

    The body says so, or the branch is the button's and the title says that it is a revert: an
    edited body keeps them.
    """
    said = _BODY.search(str(body.get("body") or ""))
    if said and (said["repository"] or repository).lower() == repository.lower():
        return int(said["number"])
    branch = _BRANCH.fullmatch(_ref(body.get("head")))
    if branch and _TITLE.match(str(body.get("title") or "")):
        return int(branch["number"])
    return None


def _ref(side: Any) -> str:
    return str(side.get("ref") or "") if isinstance(side, Mapping) else ""


def _names(labels: list[Any]) -> list[str]:
    return [str(each["name"]) for each in labels if isinstance(each, Mapping) and each.get("name")]


def _time(text: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo else None
