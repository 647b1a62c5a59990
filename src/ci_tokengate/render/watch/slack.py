"""Alerts as a message of Slack's Block Kit.

Source: https://docs.slack.dev/reference/block-kit/blocks
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ci_tokengate.core.tier import Tier
from ci_tokengate.core.watch.alert import Alert, SpikeAlert
from ci_tokengate.render.money import when
from ci_tokengate.render.showback.phrases import written
from ci_tokengate.render.showback.slack import name, plain_text, section, small
from ci_tokengate.render.watch import words

AT_ONCE = 10
"""Alerts in a message: three blocks each at the most, of the fifty that Slack takes."""
_MARKS = {
    Tier.GREEN: ":large_green_circle:",
    Tier.AMBER: ":large_yellow_circle:",
    Tier.RED: ":red_circle:",
    Tier.HARD_STOP: ":no_entry:",
}
Json = dict[str, Any]


def message(alerts: Sequence[Alert], *, link: str = "") -> Json:
    """`link` leads to the run that says it."""
    blocks: list[Json] = []
    for alert in alerts:
        blocks += _blocks(alert)
    foot = sorted({f"{plain_text(a.key.proxy)} · as of {when(a.at)}" for a in alerts})[:9]
    if link:
        foot.append(f"<{plain_text(link).replace('|', '%7C')}|The run>")
    blocks.append(small(foot))
    first = written(words.headline(alerts[0]), name, plain_text)
    more = f" (and {len(alerts) - 1} more)" if len(alerts) > 1 else ""
    return {"text": f"{first}{more}", "blocks": blocks}


def _blocks(alert: Alert) -> list[Json]:
    mark = ":rotating_light:" if isinstance(alert, SpikeAlert) else _MARKS[alert.tier]
    head = written(words.headline(alert), name, plain_text)
    told = [f"{mark} *{head}*"]
    told += [written(line, name, plain_text) for line in words.details(alert)]
    found = [section("\n".join(told))]
    if isinstance(alert, SpikeAlert) and alert.breakdown:
        made = alert.breakdown
        lines = [
            f"*{kind}*  {written(words.slices_line(slices, made.covered), name, plain_text)}"
            for kind, slices in words.kinds(made)
        ]
        left = words.coverage_line(made, alert.today)
        if lines:
            found.append(section("\n".join([*lines, *([left] if left else [])])))
    return found
