"""`mint`: a job key, or a verdict that says why not."""

from __future__ import annotations

from collections.abc import Callable

from ci_tokengate.core.context import JobContext
from ci_tokengate.core.governance.exemption import Granted
from ci_tokengate.core.policy import Policy
from ci_tokengate.lifecycle.admit import Exemptions, admit
from ci_tokengate.lifecycle.ask import Ask
from ci_tokengate.lifecycle.issue import Issued, issue
from ci_tokengate.lifecycle.mint_surely import Announce
from ci_tokengate.ports import Clock, Proxy


def mint(
    proxy: Proxy,
    policy: Policy,
    context: JobContext,
    ask: Ask,
    *,
    clock: Clock,
    nonce: Callable[[], str],
    announce: Announce,
    exemptions: Exemptions = Granted,
) -> Issued:
    """Raises as `lifecycle.admit.admit` and `lifecycle.issue.issue`; no key is left behind then."""
    admission = admit(proxy, policy, context, ask, now=clock.now(), exemptions=exemptions)
    return issue(proxy, context, admission, nonce=nonce, announce=announce)
