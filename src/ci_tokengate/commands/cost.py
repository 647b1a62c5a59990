"""`cost`: what a pull request, a branch or a run has cost."""

from __future__ import annotations

from datetime import datetime, timedelta

from ci_tokengate.core.cost import Cost
from ci_tokengate.lifecycle.reckon import Progress, Scope, priced, reckon
from ci_tokengate.ports import Clock, PriceBook, Proxy


def cost(
    proxy: Proxy,
    scope: Scope,
    *,
    opened_at: datetime | None,
    clock: Clock,
    book: PriceBook,
    patience: timedelta = timedelta(0),
    progress: Progress = lambda _: None,
) -> Cost:
    """The figure with its state; `patience` is how long to wait for it to settle.

    Raises what Proxy raises.
    """
    found = reckon(
        proxy, scope, opened_at=opened_at, clock=clock, patience=patience, progress=progress
    )
    return priced(found, book)
