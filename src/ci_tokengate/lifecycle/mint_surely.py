"""One mint that neither loses nor doubles a key, and its undoing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ci_tokengate.core.alias import alias_for, attribution, tags
from ci_tokengate.core.cap import Cap
from ci_tokengate.core.context import JobContext
from ci_tokengate.core.keys import Handle, JobKey, KeyRequest
from ci_tokengate.errors import ProxyUnavailableError, TokengateError, UndecidedError
from ci_tokengate.lifecycle.admit import Admission
from ci_tokengate.ports import LostAnswer, Proxy

Announce = Callable[[Handle], None]
"""Called before each mint, and again once the key's id is known: write it down (DESIGN D6)."""


def mint_surely(
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
        requests_per_minute=use_case.requests_per_minute,
        config=admission.routing.config,
        tags=tags(context, team=team.name, use_case=use_case.name),
        attribution=attribution(
            context, team=team.name, cost_center=team.cost_center, use_case=use_case.name
        ),
    )


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
