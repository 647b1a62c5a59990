"""Ending a key, and saying whether its budget was hit."""

from __future__ import annotations

from dataclasses import dataclass

from ci_tokengate.core.capabilities import Counted
from ci_tokengate.core.keys import Handle
from ci_tokengate.core.refusals import Refusals, probe_is_in, refusals_in
from ci_tokengate.errors import TokengateError
from ci_tokengate.ports import Clock, Proxy

FLUSH = 13.0
"""Seconds until a LiteLLM has written its log rows, 10 by default and some jitter."""

_STEP = 0.5


@dataclass(frozen=True, kw_only=True)
class Retired:
    """existed: there was a key to revoke. spent: its budget was used up when it was revoked.

    counted: the refusals are all there are; otherwise the proxy had not written them in time.
    """

    existed: bool
    spent: bool | None
    refusals: Refusals
    counted: bool


def retire(
    proxy: Proxy,
    handle: Handle,
    *,
    job_key: str | None,
    clock: Clock,
    patience: float = FLUSH,
    certain: bool = False,
) -> Retired:
    """Revokes the key and reads how many calls its budget refused.

    With the job key at hand, the proxy is asked first whether it refuses it now: only then is
    there something to wait for. Without it, or with `certain`, the rows are waited for as long as
    the proxy may take to write them (`patience`, seconds).
    Raises what `Proxy.revoke` raises: then nobody knows that the key is dead. A failure to read
    rows is none: the key is dead, only the count is missing.
    """
    spent = proxy.budget_spent(handle, job_key) if job_key else None
    existed = proxy.revoke(handle)
    if not handle.key_id:
        return Retired(existed=existed, spent=spent, refusals=Refusals(), counted=True)
    counts = proxy.capabilities.counts_refusals
    asked = counts is not Counted.NONE and (spent or certain or spent is None)
    wait = patience if asked else 0.0
    try:
        refusals, counted = _refusals(proxy, handle.key_id, bool(spent), wait, clock)
    except TokengateError:
        refusals, counted = Refusals(), False
    return Retired(existed=existed, spent=spent, refusals=refusals, counted=counted)


def _refusals(
    proxy: Proxy, key_id: str, probed: bool, wait: float, clock: Clock
) -> tuple[Refusals, bool]:
    """Reads until the probe's row is there, or, where none was sent, until the time is over.

    A proxy that tells only some in time has no row of the probe: the first that it tells ends the waiting.
    """
    counts, waited = proxy.capabilities.counts_refusals, 0.0
    while True:
        rows = list(proxy.usage_of(key_id))
        if probed and probe_is_in(rows):
            return refusals_in(rows), True
        some = counts is Counted.SOME and bool(refusals_in(rows))
        if some or waited >= wait:
            return refusals_in(rows), not probed
        clock.sleep(_STEP)
        waited += _STEP
