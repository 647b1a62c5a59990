"""What a proxy does not tell is no zero, in the comment and on a terminal."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ci_tokengate.core.cost import CostRow
from ci_tokengate.render.counted import counted

TOLD = CostRow(use_case="u", model="m", requests=3, input_tokens=1200, output_tokens=40)
SUM = CostRow(use_case="u", model="m", requests=2, undivided_tokens=5000)
UNTOLD = CostRow(use_case="u", model="m", requests=1, untold=1, cost=Decimal(1))


@pytest.mark.parametrize(
    ("rows", "cells"),
    [
        ([TOLD], ("3", "1,200", "40")),
        ([SUM], ("2", "5,000 in all", "–")),
        ([TOLD, SUM], ("5", "6,240 in all", "–")),
        ([UNTOLD], ("–", "–", "–")),
        ([TOLD, UNTOLD], ("≥\u00a04", "≥\u00a01,200", "≥\u00a040")),
    ],
)
def test_calls_and_tokens_as_far_as_they_are_told(
    rows: list[CostRow], cells: tuple[str, str, str]
) -> None:
    assert counted(rows) == cells
