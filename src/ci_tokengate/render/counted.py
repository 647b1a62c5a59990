"""Calls and tokens as cells: what a proxy does not tell is no zero."""

from __future__ import annotations

from collections.abc import Sequence

from ci_tokengate.core.cost import CostRow


def counted(rows: Sequence[CostRow]) -> tuple[str, str, str]:
    """Requests, tokens in, and out; their sum where the proxy does not tell them apart; dashes where it tells none."""
    requests = sum(row.requests for row in rows)
    read = sum(row.input_tokens for row in rows)
    written = sum(row.output_tokens for row in rows)
    undivided = sum(row.undivided_tokens for row in rows)
    if all(row.untold for row in rows):
        return "–", "–", "–"
    more = "≥\u00a0" if any(row.untold for row in rows) else ""
    if undivided:
        return f"{more}{requests:,}", f"{more}{read + written + undivided:,} in all", "–"
    return f"{more}{requests:,}", f"{more}{read:,}", f"{more}{written:,}"
