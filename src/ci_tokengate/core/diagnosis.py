"""What `doctor` learns of a proxy, as values. Nobody's answer is taken for granted: None is "could not tell"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum

from ci_tokengate.core.keys import JobKey


class Lack(Enum):
    """What an operator may have left undone. The adapter knows how its proxy mends each."""

    DATABASE = "the proxy has no database"
    UPGRADE = "the proxy is too old"
    LEAST_PRIVILEGE = "the credential is an admin's, or may do more than mint"
    OWNER = "the credential belongs to no user"
    RIGHTS = "the credential lacks a right"
    EXPIRY = "the credential is about to end"
    MEMBERSHIP = "the credential's user is not in the team"
    PERMISSION = "members of the team may not mint"
    TEAM = "the proxy has no such team"
    TEAM_BUDGET = "the proxy stops the team before our hard stop"
    BLOCKED = "the proxy has blocked the team"
    RESET = "the team's budget never resets"
    SERVED = "the proxy does not serve a model"


class Ceiling(Enum):
    """What the proxy should refuse on its own, whoever holds the minting key."""

    LIFETIME = "a key lives no longer"
    EXPIRY = "a key ends at all"
    CAP = "a key spends no more"
    CAPPED = "a key has a cap at all"
    PARALLEL = "a key makes no more requests at once"
    TEAM = "a key belongs to a team"


@dataclass(frozen=True, kw_only=True)
class Health:
    """hosted: a service whose version and database are its own affair. `clock_offset` is the proxy's clock minus ours, in seconds, to about a second."""

    product: str
    version: str = ""
    too_old: bool = False
    database: bool | None = None
    hosted: bool = False
    clock_offset: float | None = None


@dataclass(frozen=True, kw_only=True)
class Minter:
    """The minting credential as the proxy judges it.

    ownerless: no credential of this kind belongs to a user.
    missing: rights that the product needs and the credential has not, in the proxy's words.
    spare: rights that it has beyond; `unlimited` where it is not limited to any.
    """

    id: str = ""
    user_id: str | None = None
    ownerless: bool = False
    is_admin: bool = False
    expires_at: datetime | None = None
    missing: tuple[str, ...] = ()
    spare: tuple[str, ...] = ()
    unlimited: bool = False
    calls_models: bool | None = None
    raises_budgets: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Trial:
    """An attempt to mint a key that cannot spend. `said` is why not, in the proxy's words."""

    key: JobKey | None
    lack: Lack | None = None
    said: str = ""


@dataclass(frozen=True, kw_only=True)
class Bound:
    """`limit` is USD, seconds or requests; None where the proxy did not tell it, or has none."""

    ceiling: Ceiling
    held: bool | None
    limit: Decimal | None = None
    said: str = ""


@dataclass(frozen=True, kw_only=True)
class Knock:
    """What came of a tool's call. `model` and `cost` (USD) are of a call that was paid for."""

    reached: bool
    said: str = ""
    model: str = ""
    cost: Decimal | None = None


class Comment(Enum):
    """May the token comment? What GitHub tells without our writing anything."""

    MAY = "may"
    MAY_NOT = "may not"
    UNTOLD = "untold"


@dataclass(frozen=True, kw_only=True)
class CommentRight:
    """`said` is a sentence's end about the token; `change` is empty where it may."""

    answer: Comment
    said: str
    change: str = ""
