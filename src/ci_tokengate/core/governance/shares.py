"""What exemptions have added to a team's budget at the proxy, by whose they are, and until when.

Several policies can name one team, each with exemptions of its own. Each repository answers for its
share, which is noted on the team with its end: whoever comes by after that takes it back, also where
the repository has another name by then, or is gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from ci_tokengate.core.governance.team import Share, Shares, TeamRecord
from ci_tokengate.core.money import exact_sum, plain

OWN = "tokengate"
"""Our table in a team's metadata at the proxy; all other keys there are other people's."""
RAISED, RAISED_BY = "raised_usd", "raised_by"
_ZERO = Decimal(0)


def shares_of(record: TeamRecord) -> dict[str, Share]:
    """What is noted on the team; a note that cannot be read is nobody's."""
    own = own_of(record.metadata)
    noted = own.get(RAISED_BY)
    found = {}
    for name, value in noted.items() if isinstance(noted, Mapping) else ():
        share = _share(value)
        if name and share is not None:
            found[str(name).lower()] = share
    rest = (amount_of(own.get(RAISED)) or _ZERO) - total(found)
    return {**found, "": Share(amount=rest)} if rest > 0 else found


def raised_at(record: TeamRecord) -> Decimal:
    """What exemptions have added to the team's `max_budget` (USD), of all repositories."""
    return total(shares_of(record))


def total(shares: Shares) -> Decimal:
    return exact_sum(share.amount for share in shares.values())


def living(shares: Shares, now: datetime) -> dict[str, Share]:
    """Those whose end is known and still to come."""
    return {name: s for name, s in shares.items() if name and s.until and s.until > now}


def with_own(shares: Shares, owner: str, own: Share | None, now: datetime) -> dict[str, Share]:
    """The others' that live, and `own` in place of what `owner` had."""
    name = owner.lower()
    others = {n: share for n, share in living(shares, now).items() if n != name}
    return {**others, name: own} if own is not None and own.amount > 0 else others


def noted(shares: Shares) -> dict[str, Any]:
    """As it is written on the team: amounts as whole numbers or text, times as RFC 3339."""
    return {
        name: {"usd": json_amount(s.amount), **({"until": _iso(s.until)} if s.until else {})}
        for name, s in sorted(shares.items())
        if name
    }


def told(shares: Shares) -> str | None:
    """In one line, for people; None for none."""
    parts = [
        f"{name or 'nobody'} {plain(s.amount)}" + (f" until {_iso(s.until)}" if s.until else "")
        for name, s in sorted(shares.items())
    ]
    return ", ".join(parts) or None


def own_of(metadata: Mapping[str, Any]) -> Mapping[str, Any]:
    own = metadata.get(OWN)
    return own if isinstance(own, Mapping) else {}


def amount_of(value: Any) -> Decimal | None:
    """None where it is no amount."""
    try:
        found = Decimal(str(value))
    except ArithmeticError:
        return None
    return found if found.is_finite() else None


def json_amount(amount: Decimal) -> int | str:
    """A whole number as one; anything else as text, which no parser turns into a float."""
    return int(amount) if amount == amount.to_integral_value() else plain(amount)


def _share(value: Any) -> Share | None:
    if not isinstance(value, Mapping):
        return None
    amount = amount_of(value.get("usd"))
    if amount is None or amount <= 0:
        return None
    return Share(amount=amount, until=_time(value.get("until")))


def _time(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        return None
    return found.astimezone(timezone.utc) if found.tzinfo else None


def _iso(moment: datetime) -> str:
    return f"{moment.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%SZ}"
