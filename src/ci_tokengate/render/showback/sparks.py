"""A team's year in a line as high as a word."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from markupsafe import Markup

from ci_tokengate.core.showback.values import Period

_WIDTH, _HEIGHT, _EDGE = 92, 24, 3


def spark(periods: Sequence[Period]) -> Markup | str:
    """SVG of the spend by month; empty where there was none. It holds numbers only."""
    amounts = [max(p.spend, Decimal(0)) for p in periods]
    most = max(amounts, default=Decimal(0))
    if not most or len(amounts) < 2:
        return ""
    step = Decimal(_WIDTH - 2 * _EDGE) / (len(amounts) - 1)
    points = " ".join(
        f"{_EDGE + step * n:.1f},{_HEIGHT - _EDGE - (_HEIGHT - 2 * _EDGE) * amount / most:.1f}"
        for n, amount in enumerate(amounts)
    )
    return Markup(
        '<svg class="spark" viewBox="0 0 {} {}" aria-hidden="true"><polyline points="{}"/></svg>'
    ).format(_WIDTH, _HEIGHT, points)
