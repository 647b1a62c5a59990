"""Minting a job key so that none is ever lost, doubled or above what is left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from ci_tokengate.core.alias import alias_for, attribution, tags
from ci_tokengate.core.cap import Cap, Hold, earlier, key_cap, refuse, worth_minting
from ci_tokengate.core.context import JobContext
from ci_tokengate.core.keys import Handle, JobKey, KeyRequest
from ci_tokengate.errors import (
    ProxyUnavailableError,
    TokengateError,
    UndecidedError,
    UsageError,
)
from ci_tokengate.lifecycle.admit import Admission, holds
from ci_tokengate.ports import LostAnswer, Proxy

_TRIES = 3


@dataclass(frozen=True, kw_only=True)
class Issued:
    """A key, or the admission with a verdict that blocks after all."""

    admission: Admission
    key: JobKey | None


Announce = Callable[[Handle], None]
"""Called before each mint, and again once the key's id is known: write it down (DESIGN D6)."""


def issue(
    proxy: Proxy,
    context: JobContext,
    admission: Admission,
    *,
    nonce: Callable[[], str],
    announce: Announce,
) -> Issued:
    """Mints what `admission` allows. Whatever it raises, no key is left behind that it knows of.

    Two jobs can read the same remainder at once, so after the mint the live keys are read again:
    the earlier key keeps its cap, the later one is given back and asked for anew with what is left.
    """
    cap = admission.cap
    for _ in range(_TRIES):
        if cap is None:
            break
        key, handle = _mint_surely(proxy, context, admission, cap, nonce, announce)
        try:
            announce(handle)
            _check_served(proxy, admission, key)
            left = _left_for(proxy, context, admission, key)
        except BaseException as error:
            give_back(proxy, handle, because=error)
            raise
        if key.cap <= left.amount:
            return Issued(admission=replace(admission, cap=replace(cap, amount=key.cap)), key=key)
        give_back(proxy, handle)
        cap = left if worth_minting(left) else None
        if cap is None:
            return Issued(admission=_refused(admission, left), key=None)
    if admission.cap is not None and cap is not None:
        return Issued(admission=_refused(admission, cap), key=None)
    return Issued(admission=admission, key=None)


def give_back(proxy: Proxy, handle: Handle, *, because: BaseException | None = None) -> None:
    """Revokes what may have been minted. Raises UndecidedError that names it where that fails."""
    try:
        proxy.revoke(handle)
    except TokengateError as error:
        why = f"{because} " if isinstance(because, TokengateError | LostAnswer) else ""
        named = f"--key-id {handle.key_id}" if handle.key_id else f"--alias '{handle.alias}'"
        raise UndecidedError(
            f"{why}A job key may be left at the proxy, for revoking it failed: {error.message}",
            hint=f"Nobody was given it, and it expires by itself. "
            f"To end it now: ci-tokengate revoke {named}",
        ) from error


def _mint_surely(
    proxy: Proxy,
    context: JobContext,
    admission: Admission,
    cap: Cap,
    nonce: Callable[[], str],
    announce: Announce,
) -> tuple[JobKey, Handle]:
    """A key, even where the first answer is lost: what may exist is ended before the next try."""
    lost = ""
    for _ in range(2):
        request = _request(context, admission, cap, nonce())
        handle = Handle(
            alias=request.alias, team_id=request.team_id, user_id=admission.credential.user_id
        )
        announce(handle)
        try:
            key = proxy.mint(request)
        except LostAnswer as error:
            lost = str(error)
            give_back(proxy, handle, because=error)
            continue
        except TokengateError:
            raise  # refused or never sent: there is no key
        except BaseException as error:
            give_back(proxy, handle, because=error)  # interrupted in mid-mint
            raise
        return key, replace(handle, key_id=key.id)
    raise ProxyUnavailableError(
        f"The proxy did not answer the mint of a key, twice ({lost.rstrip('.')}).",
        hint="What it may have minted was revoked. Ask whoever runs the proxy.",
    )


def _request(context: JobContext, admission: Admission, cap: Cap, nonce: str) -> KeyRequest:
    team, use_case = admission.team, admission.use_case
    return KeyRequest(
        alias=str(alias_for(context, use_case.name, nonce)),
        team_id=team.id,
        user_id=admission.credential.user_id,
        models=admission.routing.models,
        route=admission.routing.route,
        cap=cap.amount,
        ttl=admission.ttl,
        parallel_requests=use_case.parallel_requests,
        tags=tags(context, team=team.name, use_case=use_case.name),
        attribution=attribution(
            context, team=team.name, cost_center=team.cost_center, use_case=use_case.name
        ),
    )


def _check_served(proxy: Proxy, admission: Admission, key: JobKey) -> None:
    """The proxy mints keys for models that it does not have; the agent would find out too late."""
    missing = proxy.missing_models(key.key, admission.routing.models)
    if missing:
        raise UsageError(
            f"The proxy has no model {', '.join(missing)}, "
            f"which use case {admission.use_case.name} names.",
            hint="Use the names under which the proxy serves models (its model_list).",
        )


def _left_for(proxy: Proxy, context: JobContext, admission: Admission, key: JobKey) -> Cap:
    """What this key may have, given the keys that were minted before it."""
    limits = admission.limits
    if limits.pull_request is None and limits.team is None:
        return Cap(
            amount=key.cap, bound=admission.cap.bound if admission.cap else key_cap(limits).bound
        )
    pr_holds, team_holds = holds(proxy, context, admission.use_case, admission.team, limits)
    return key_cap(
        limits,
        pr_holds=_before(pr_holds, key),
        team_holds=_before(team_holds, key),
    )


def _before(found: list[Hold], key: JobKey) -> list[Hold]:
    own = next((h for h in found if h.key_id == key.id), None)
    return earlier(found, own) if own else found


def _refused(admission: Admission, cap: Cap) -> Admission:
    return replace(
        admission,
        verdict=refuse(admission.verdict, cap, admission.limits, admission.use_case),
        cap=None,
    )
