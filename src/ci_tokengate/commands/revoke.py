"""`revoke`: end one job key, known by its id or its alias."""

from __future__ import annotations

from ci_tokengate.core.alias import parse_alias
from ci_tokengate.core.keys import Handle
from ci_tokengate.errors import UsageError
from ci_tokengate.ports import Proxy


def revoke(proxy: Proxy, *, key_id: str, alias: str) -> bool:
    """True if there was a key. Only our own keys: an alias that is not ours is a UsageError.

    By alias only what exists is ended; nothing is minted to take the alias, since no mint of a
    job that is over can still be in flight.
    """
    if key_id:
        return proxy.revoke(Handle(alias=alias or key_id, team_id="", key_id=key_id))
    if parse_alias(alias) is None:
        raise UsageError(
            f"{alias[:80]!r} is not the alias of a job key.",
            hint="Job keys are named tokengate:<owner>/<repo>#…; `ci-tokengate sweep` lists them.",
        )
    # Aliases are unique, so there is one key or none.
    found = next((key for key in proxy.keys(prefix=alias) if key.alias == alias), None)
    if found is None:
        return False
    return proxy.revoke(Handle(alias=alias, team_id=found.team_id, key_id=found.id))
