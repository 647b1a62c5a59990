"""The report as a message of Slack's Block Kit: the four numbers, and where the rest is.

Source: https://docs.slack.dev/reference/block-kit/blocks and
https://docs.slack.dev/messaging/formatting-message-text#escaping
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ci_tokengate.core.model_tier import ModelTier
from ci_tokengate.core.showback.values import Showback, ratio
from ci_tokengate.render.data import printable
from ci_tokengate.render.showback.phrases import (
    Line,
    each,
    hundredths,
    merged,
    money,
    share,
    written,
)
from ci_tokengate.render.showback.tables import NO_TEAM
from ci_tokengate.render.showback.trust_words import trust_lines
from ci_tokengate.render.showback.words import (
    TIER_WORDS,
    finding_line,
    headline,
    subject,
    title,
    trend_words,
)

_TEXT, _HEADER, _FIELD = 3000, 150, 2000
"""Characters that Slack takes."""
_TEAMS, _FINDINGS = 8, 3
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
Json = dict[str, Any]


def message(report: Showback, *, link: str = "") -> Json:
    """`link` leads to the whole report."""
    strong = (m.cost for case in report.mix for m in case.of_tier(ModelTier.STRONG))
    on_strong = share(ratio(sum(strong, Decimal(0)), report.trust.total))
    fields = [
        f"*Cost per merged PR*\n{each(report.per_pull, report.per_pull.per_merged)}",
        f"*Spend*\n{money(report.per_pull.spend)}, {merged(report.per_pull)} merged",
        f"*Coverage*\n{share(report.trust.coverage)}",
        f"*On strong models*\n{on_strong}",
    ]
    blocks: list[Json] = [
        {
            "type": "header",
            "text": {"type": "plain_text", "text": written(title(report), printable)[:_HEADER]},
        },
        section(f"*{plain_text(headline(report))}*\n{plain_text(trend_words(report))}"),
        {"type": "section", "fields": [_mrkdwn(text, _FIELD) for text in fields]},
    ]
    if report.teams:
        blocks.append(section(_teams(report)))
    blocks += [
        section(f":warning: {_line(finding_line(found))}") for found in report.findings[:_FINDINGS]
    ]
    if link:
        blocks.append(section(f"<{plain_text(link).replace('|', '%7C')}|The whole report>"))
    about = [_line(line) for line in (*subject(report), *trust_lines(report))]
    blocks.append(small(about))
    return {
        "text": plain_text(f"{written(title(report), printable)}: {headline(report)}"),
        "blocks": blocks,
    }


def _teams(report: Showback) -> str:
    lines = []
    for team in report.teams[:_TEAMS]:
        used = team.utilisation
        plan = f"{hundredths(used.percent)} of plan, {TIER_WORDS[used.tier]}"
        lines.append(
            f"• {name(team.name or NO_TEAM)} {money(team.per_pull.spend)} · "
            f"{each(team.per_pull, team.per_pull.per_merged)} per merged PR · "
            f"{plan if used.percent is not None else TIER_WORDS[used.tier]}"
        )
    more = len(report.teams) - _TEAMS
    return "\n".join([*lines, *([f"… and {more:,} more"] if more > 0 else [])])


def name(text: str) -> str:
    """As code, in which nothing is markup; it cannot end its own code."""
    return f"`{plain_text(printable(text)).replace('`', 'ˋ')}`"


def _line(line: Line) -> str:
    return written(line, name, plain_text)


def plain_text(text: str) -> str:
    return text.translate(_ESCAPES)


def small(lines: Sequence[str]) -> Json:
    """The first ten: what a message ends with."""
    return {"type": "context", "elements": [_mrkdwn(line, _TEXT) for line in lines[:10]]}


def section(text: str) -> Json:
    return {"type": "section", "text": _mrkdwn(text, _TEXT)}


def _mrkdwn(text: str, longest: int) -> Json:
    """`verbatim`: Slack makes no links or mentions of what looks like some."""
    cut = text if len(text) <= longest else f"{text[: longest - 1]}…"
    return {"type": "mrkdwn", "text": cut, "verbatim": True}
