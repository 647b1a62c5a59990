"""Who we are at the proxy, and what a team's budget is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from ci_tokengate.adapters.proxies.body import first_complaint
from ci_tokengate.adapters.proxies.litellm import bodies
from ci_tokengate.adapters.proxies.litellm.calls import Calls
from ci_tokengate.adapters.proxies.litellm.errors import raise_for
from ci_tokengate.core.budget import TeamBudget
from ci_tokengate.core.keys import Credential
from ci_tokengate.core.ledger.sources import TeamFacts
from ci_tokengate.core.money import parse_usd
from ci_tokengate.errors import UndecidedError, UsageError

_OLDEST = (1, 106)
"""What was proven to work; 1.80 was seen not to."""


def credential(calls: Calls) -> Credential:
    """Only an admin may list users; a master key has no record of its own.

    Raises CredentialError when the proxy does not know the key.
    """
    listing = calls.get("/user/list", {"page": "1", "page_size": "1"}, allow=(401, 403))
    if listing.status == 200:
        calls.parse(bodies.Users, listing)
        return Credential(user_id=None, is_admin=True)
    own = calls.get("/key/info", allow=(401, 403, 404))
    if own.status == 404:
        calls.fail_if_database_is_down()
    if own.status != 200:
        raise_for(listing if own.status == 404 else own, calls.url, "looking the minting key up")
    return Credential(user_id=calls.parse(bodies.KeyInfo, own).info.user_id, is_admin=False)


def team_budget(calls: Calls, team_id: str) -> TeamBudget:
    """Raises UsageError for an unknown team, UndecidedError where its spend is no number."""
    answer = calls.get("/team/info", {"team_id": team_id, "key_limit": "1"}, allow=(404,))
    if answer.status == 404:
        calls.fail_if_database_is_down()
        raise UsageError(
            f"The proxy at {calls.url} knows no team {team_id!r}.",
            hint="Set the team's `id` in the policy to its team_id at the proxy "
            "(not its alias), or create the team there.",
        )
    info = _team_info(calls, answer.body, team_id)
    if info.spend is None:
        raise _no_spend("reports no spend for", team_id)
    return TeamBudget(
        spend=info.spend,
        max_budget=info.max_budget,
        metadata_plan=_plan_in(info.metadata or {}, team_id),
        resets_at=info.budget_reset_at,
        blocked=bool(info.blocked),
        models=frozenset(info.models or ()),
    )


def fail_if_too_old(calls: Calls) -> None:
    """Old proxies match aliases as a whole only, so that a search by prefix finds nothing at all.

    They tell their version to everybody, which newer ones do not. Raises UsageError.
    """
    answer = calls.http.call("GET", "/health/readiness")
    version = answer.body.get("litellm_version") if isinstance(answer.body, dict) else None
    if too_old(str(version)):
        raise UsageError(
            f"The proxy at {calls.url} is LiteLLM {version}, which cannot list keys by prefix.",
            hint="Upgrade it to the version that the README names.",
        )


def too_old(version: str) -> bool:
    """Whether a version lacks what the product needs. False for what is no version."""
    numbers = re.match(r"(\d+)\.(\d+)", version)
    return numbers is not None and (int(numbers[1]), int(numbers[2])) < _OLDEST


def _team_info(calls: Calls, body: Any, team_id: str) -> bodies.TeamInfo:
    try:
        return bodies.Team.model_validate(body).team_info
    except ValidationError as error:
        if "spend" in first_complaint(error):
            raise _no_spend("reports a spend that is no amount in USD for", team_id) from error
        raise UndecidedError(
            f"{calls.url} describes team {team_id} in a form that is not LiteLLM's ({first_complaint(error)}).",
            hint="Is this a LiteLLM proxy, of a version that the README names?",
        ) from error


def _no_spend(how: str, team_id: str) -> UndecidedError:
    return UndecidedError(
        f"The proxy {how} team {team_id}, so its budget cannot be judged.",
        hint="Unknown is not zero. Ask whoever runs the proxy to look at the team's record.",
    )


def _plan_in(metadata: Mapping[str, Any], team_id: str) -> Decimal | None:
    """`metadata.tokengate.plan_usd` (USD), where the team has one."""
    own = metadata.get("tokengate")
    value = own.get("plan_usd") if isinstance(own, dict) else None
    if value is None:
        return None
    try:
        return parse_usd(str(value), "plan_usd")
    except UsageError as error:
        raise UndecidedError(
            f"metadata.tokengate.plan_usd of team {team_id} at the proxy is no amount in USD.",
            hint="Set it to a number, or give the team's plan in the policy file.",
        ) from error


def facts(info: bodies.TeamInfo, team_id: str, alias: str | None) -> TeamFacts:
    """What a ledger keeps of a team."""
    metadata = info.metadata or {}
    name = alias or team_id
    try:
        plan = _plan_in(metadata, team_id)
        if info.spend is None:
            raise _no_spend("reports no spend for", team_id)
    except UndecidedError as error:
        return TeamFacts(id=team_id, name=name, trouble=error.message)
    return TeamFacts(
        id=team_id,
        name=name,
        spend=info.spend,
        max_budget=info.max_budget,
        plan=plan,
        cost_center=str(metadata.get("cost_center") or ""),
        resets_at=info.budget_reset_at,
        period=info.budget_duration or "",
    )
