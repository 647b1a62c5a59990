"""Whether a new key is held to what was asked for, by LiteLLM's own word. Observed on 1.106.2."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ci_tokengate.adapters.proxies.litellm import bodies
from ci_tokengate.adapters.proxies.litellm.calls import Calls
from ci_tokengate.adapters.proxies.loose import looseness, refuse
from ci_tokengate.core.keys import JobKey, KeyRequest
from ci_tokengate.errors import TokengateError

_HINT = (
    "A ceiling with `budget_duration`, or a hook that makes keys, may be the cause: "
    "ask whoever runs the proxy. There is never a key without a cap and an end."
)


def held(
    calls: Calls,
    made: bodies.Generated,
    request: KeyRequest,
    began: datetime,
    end: Callable[[], object],
) -> JobKey:
    """Raises UsageError for a key that may do more than was asked for, once `end` has ended it.

    `began` (UTC) is when it was made by the proxy's clock, which need not be ours.
    """
    cap = made.max_budget
    loose = ", ".join(
        looseness(
            cap=cap,
            asked=request.cap,
            renewed=_renewed(calls, made),
            ends=made.expires,
            latest=began + request.ttl,
        )
    )
    if loose or cap is None:
        refuse("The proxy", loose, _HINT, end)
    return JobKey(
        key=made.key, id=made.token, alias=request.alias, cap=cap, expires_at=made.expires
    )


def _renewed(calls: Calls, made: bodies.Generated) -> bool:
    """Within its life, or nobody can tell.

    An operator's `upperbound_key_generate_params` can give a period to every key. It ends by the calendar, and the
    mint's answer does not say when.
    """
    if not made.budget_duration:
        return False
    try:
        told = calls.parse(bodies.RenewalInfo, calls.get("/key/info", {"key": made.token}))
    except TokengateError:
        return True
    reset = told.info.budget_reset_at
    return reset is None or reset < made.expires
