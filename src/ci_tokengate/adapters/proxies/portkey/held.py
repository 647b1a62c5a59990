"""Whether a new key is held to what was asked for, by Portkey's own word: the mint's answer says nothing of it.

A plan without budgets on keys may refuse them or, for all that is documented, leave them out in silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from ci_tokengate.adapters.proxies.loose import looseness
from ci_tokengate.adapters.proxies.portkey import bodies, labels
from ci_tokengate.errors import UsageError


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
    yield from looseness(
        cap=cap,
        asked=Decimal(most),
        renewed=bool(limits and (limits.periodic_reset or limits.periodic_reset_days)),
        ends=key.expires_at,
        latest=ends,
    )
    about = (key.defaults.metadata if key.defaults else None) or {}
    asked = sent["defaults"]["metadata"]
    if any(about.get(name) != asked[name] for name in (labels.SCOPE, labels.KEY, labels.RUN)):
        yield "no attribution of its own"
