"""What `doctor` looks at, opened as far as it could be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ci_tokengate.core.check import Check
from ci_tokengate.core.context import JobContext
from ci_tokengate.core.policy import Policy
from ci_tokengate.core.site import Entrance
from ci_tokengate.core.tools.tool import Tool
from ci_tokengate.errors import TokengateError
from ci_tokengate.ports import Clock, CommentRights, Diagnosis, PriceBook, Proxy


@dataclass(frozen=True, kw_only=True)
class Patient:
    """What is None could not be opened; `address` and the troubles say why.

    url: the proxy's bare address as it is asked. entrance: how tools get in. folder: where tools' config files would be
    written (none is). call: make a real call with each tool's wiring, which costs a little.
    book: with it, what only a running proxy proves is proven (`--live`).
    team, use_case: as in `gate`; empty means all that the policy names.
    """

    policy: Policy | None
    policy_trouble: TokengateError | None
    address: tuple[Check, ...]
    url: str
    entrance: Entrance
    why_no_proxy: str
    proxy: Proxy | None
    diagnosis: Diagnosis | None
    comments: CommentRights | None
    context: JobContext
    tools: Sequence[Tool]
    folder: str
    clock: Clock
    nonce: Callable[[], str]
    call: bool = False
    book: PriceBook | None = None
    team: str = ""
    use_case: str = ""
