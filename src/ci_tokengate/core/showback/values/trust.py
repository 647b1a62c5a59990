"""How far the figures can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ci_tokengate.core.showback.values.ratio import ratio


@dataclass(frozen=True, kw_only=True)
class DayDifference:
    """One team on one UTC day where ledger and proxy differ. `open`: the day is not settled yet."""

    proxy: str
    team: str
    day: date
    ledger: Decimal
    at_proxy: Decimal
    open: bool

    @property
    def difference(self) -> Decimal:
        return self.ledger - self.at_proxy


@dataclass(frozen=True, kw_only=True)
class Reconciliation:
    """The ledger against the proxy's own totals, per team and UTC day.

    `compared` team days are known from both; `uncompared` only the ledger has. `worst` are the
    largest differences; `differing` counts all of them, `settling` those of days that are not settled.
    """

    compared: int
    uncompared: int
    differing: int
    settling: int
    ledger: Decimal
    at_proxy: Decimal
    worst: tuple[DayDifference, ...]

    @property
    def difference(self) -> Decimal:
        return self.ledger - self.at_proxy


@dataclass(frozen=True, kw_only=True)
class Trust:
    """How far the figures can be trusted.

    `read`: some day of the month was read by `collect`. `whole` is False where not all spend could be seen: the proxy was never read by `collect`, or by a
    credential that saw only its own keys' rows. `open_cost` may
    still grow. `unpriced`: requests with tokens and no price, by model. `corrected`: booked in this
    month for closed ones. `gone`: what the ledger knows and the proxy's log shows no more.
    `unread_days`: days of the month whose log was never read. `unknown_pulls`: spend on pull
    requests that the code host did not show.
    """

    total: Decimal
    attributed: Decimal
    read: bool
    whole: bool
    open_cost: Decimal
    unpriced: tuple[tuple[str, int], ...]
    corrected: Decimal
    gone: Decimal
    unread_days: int
    unknown_pulls: Decimal
    reconciliation: Reconciliation

    @property
    def coverage(self) -> Decimal | None:
        """Attributed of all spend; None where not all spend could be seen."""
        return ratio(self.attributed, self.total) if self.whole else None
