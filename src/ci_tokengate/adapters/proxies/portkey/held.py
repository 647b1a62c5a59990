"""Whether a new key is held to what was asked for, by Portkey's own word: the mint's answer says nothing of it.

A plan without budgets on keys may refuse them or, for all that is documented, leave them out in silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from ci_tokengate.adapters.proxies.portkey import bodies, labels
from ci_tokengate.core.money import plain
from ci_tokengate.errors import UsageError

_LATER = timedelta(minutes=1)
"""By which an end may be rounded up."""


def check_held(key: bodies.ApiKey, sent: Mapping[str, Any], ends: datetime) -> None:
    """`sent` is the mint's body, `ends` (UTC) the end in it. Raises UsageError for a key that may do more."""
    loose = ", ".join(_loose(key, sent, ends))
    if loose:
        raise UsageError(
            f"Portkey minted a key that has {loose}; it was ended at once.",
            hint="Budgets on keys are a feature of some plans only (docs/portkey.md): ask whoever runs the Portkey "
            "account. There is never a key without a cap.",
        )


def _loose(key: bodies.ApiKey, sent: Mapping[str, Any], ends: datetime) -> Iterator[str]:
    limits, most = key.usage_limits, sent["usage_limits"]["credit_limit"]
    cap = limits.credit_limit if limits and limits.type in (None, "cost") else None
    if cap is None:
        yield "no cap"
    elif cap > most:
        yield f"a cap of {plain(cap)} dollars instead of {most}"
    if limits and (limits.periodic_reset or limits.periodic_reset_days):
        yield "a cap that is renewed"
    if key.expires_at is None:
        yield "no end"
    elif key.expires_at > ends + _LATER:
        yield f"its end at {key.expires_at:%Y-%m-%dT%H:%M:%SZ} instead of {ends:%Y-%m-%dT%H:%M:%SZ}"
    about = (key.defaults.metadata if key.defaults else None) or {}
    asked = sent["defaults"]["metadata"]
    if any(about.get(name) != asked[name] for name in (labels.SCOPE, labels.KEY, labels.RUN)):
        yield "no attribution of its own"
