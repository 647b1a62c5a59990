"""One pull request's spend into a ledger at once: the same cells that `collect` would write later."""

from __future__ import annotations

from datetime import datetime, tzinfo

from ci_tokengate.core.ledger.accrue import Accrual
from ci_tokengate.core.ledger.records import Accepted
from ci_tokengate.core.scope import Scope
from ci_tokengate.lifecycle.reckon import begin_of, keys_of, parts_of
from ci_tokengate.ports import Clock, Proxy
from ci_tokengate.ports.ledger import Ledger
from ci_tokengate.ports.spend_log import SpendLog


def book(
    proxy: Proxy,
    log: SpendLog,
    ledger: Ledger,
    scope: Scope,
    *,
    opened_at: datetime | None,
    zone: tzinfo,
    clock: Clock,
) -> Accepted:
    """All rows that each key of the scope has ever had, so that each cell is whole.

    Raises what Proxy, SpendLog and Ledger raise; then nothing was written.
    """
    keys = keys_of(proxy, scope)
    since = begin_of(keys.values(), opened_at, clock.now())
    accrual = Accrual(log.proxy, zone)
    for prefix, part in parts_of(scope, keys):
        for row in log.rows_of(prefix, since=since, part=part):
            if scope.holds(row.alias):
                accrual.add(row)
    told = {key_id: log.key(key_id) for key_id, _ in accrual.aliases()}
    known = {key_id: facts for key_id, facts in told.items() if facts is not None}
    return ledger.accept(accrual.cells(), accrual.keys(known))
