"""A real key for as long as a block lasts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from ci_tokengate.core.keys import Handle, JobKey, KeyRequest
from ci_tokengate.errors import ProxyUnavailableError, TokengateError
from ci_tokengate.lifecycle.mint_surely import give_back
from ci_tokengate.ports import LostAnswer, Proxy


@contextmanager
def minted(proxy: Proxy, request: KeyRequest, *, ttl: timedelta | None = None) -> Iterator[JobKey]:
    """Revoked however the block ends, and where the answer is lost too."""
    request = request if ttl is None else replace(request, ttl=ttl)
    handle = Handle(alias=request.alias, team_id=request.team_id, user_id=request.user_id)
    try:
        key = proxy.mint(request)
    except TokengateError:
        raise  # refused or never sent: there is no key
    except LostAnswer as error:
        give_back(proxy, handle, because=error)
        raise ProxyUnavailableError(
            f"The proxy did not answer the mint of a key ({str(error).rstrip('.')}).",
            hint="What it may have minted was revoked. Try again.",
        ) from error
    except BaseException as error:
        give_back(proxy, handle, because=error)
        raise
    try:
        yield key
    finally:
        give_back(proxy, replace(handle, key_id=key.id))
