"""Calls and their tokens, added up as rows are read."""

from __future__ import annotations

from dataclasses import dataclass

from ci_tokengate.core.usage import UsageRow


@dataclass(kw_only=True)
class TokenSums:
    """The names and their meanings are those of core.cost.CallTokens."""

    requests: int = 0
    undivided_tokens: int = 0
    untold: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0

    def add(self, row: UsageRow) -> None:
        self.requests += row.calls
        self.add_tokens(row)

    def add_tokens(self, row: UsageRow) -> None:
        """Without the row's calls, which somebody counts who leaves some of their tokens out."""
        self.undivided_tokens += row.undivided_tokens
        self.untold += not row.told
        self.input_tokens += row.input_tokens
        self.output_tokens += row.output_tokens
        self.cache_read_tokens += row.cache_read_tokens
        self.cache_write_tokens += row.cache_write_tokens
