"""`gate`: may this job's agent run? Nothing is minted."""

from __future__ import annotations

from ci_tokengate.core.context import JobContext
from ci_tokengate.core.governance.exemption import Granted
from ci_tokengate.core.policy import Policy
from ci_tokengate.lifecycle.admit import Admission, Exemptions, admit
from ci_tokengate.lifecycle.ask import Ask
from ci_tokengate.ports import Clock, Proxy


def gate(
    proxy: Proxy,
    policy: Policy,
    context: JobContext,
    ask: Ask,
    *,
    clock: Clock,
    exemptions: Exemptions = Granted,
) -> Admission:
    """The same verdict that `mint` would come to. Raises as `lifecycle.admit.admit`."""
    return admit(proxy, policy, context, ask, now=clock.now(), exemptions=exemptions)
