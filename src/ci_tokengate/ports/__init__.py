"""The outside world, a page for each part of it. Adapters implement these; fakes in the tests do too.

Here are those that the life of a job needs. Beside them stand what is collected and reported (`budgets`, `exports`,
`ledger`, `models`, `pulls`, `spend_log`), what is agreed (`reviews`) and what is watched (`watch`).
"""

from ci_tokengate.ports.clock import Clock
from ci_tokengate.ports.code_host import CodeHost, Organisation, RunState
from ci_tokengate.ports.diagnosis import CommentRights, Diagnosis
from ci_tokengate.ports.prices import PriceBook
from ci_tokengate.ports.proxy import LostAnswer, Proxy
from ci_tokengate.ports.telling import Board, Channel, Comments

__all__ = [
    "Board",
    "Channel",
    "Clock",
    "CodeHost",
    "CommentRights",
    "Comments",
    "Diagnosis",
    "LostAnswer",
    "Organisation",
    "PriceBook",
    "Proxy",
    "RunState",
]
