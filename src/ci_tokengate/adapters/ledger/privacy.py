"""Who caused a spend: dropped, hashed or kept, as the ledger was made to."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping


def veil(settings: Mapping[str, str]) -> Callable[[str], str]:
    """A hash tells people apart within one ledger; its salt is the ledger's own and leaves it never."""
    actors = settings["actors"]
    if actors == "keep":
        return lambda actor: actor
    if actors == "hash":
        salt = bytes.fromhex(settings["salt"])
        return lambda actor: (
            hmac.new(salt, actor.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
            if actor
            else ""
        )
    return lambda _actor: ""
