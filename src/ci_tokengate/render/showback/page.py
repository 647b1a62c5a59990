"""The report as one HTML file: it opens from a disk, loads nothing, and may not even if it tried."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import jinja2
from markupsafe import Markup, escape

from ci_tokengate.core.showback.values import (
    Period,
    Showback,
    TeamFigures,
)
from ci_tokengate.render.data import printable
from ci_tokengate.render.showback import charts
from ci_tokengate.render.showback.cards import budget_card, cards
from ci_tokengate.render.showback.phrases import (
    moment,
    money,
    month_name,
    written,
)
from ci_tokengate.render.showback.sparks import spark
from ci_tokengate.render.showback.tables import (
    Row,
    Table,
    charge_table,
    difference_table,
    mix_table,
    per_pull_table,
    utilisation_table,
)
from ci_tokengate.render.showback.trust_words import trust_lines
from ci_tokengate.render.showback.words import (
    finding_line,
    headline,
    subject,
    title,
    trend_words,
)

MOST = 100
"""Rows of a table: beyond them the spreadsheet is the better form."""
_FINDINGS = 10
_TYPED = re.compile(r"`([^`]+)`")


def page(report: Showback) -> str:
    """UTF-8 text; below a megabyte however many teams there are."""
    text = _template().render(
        r=report,
        css=Markup(_read("page.css")),  # noqa: S704 - our own file
        plain_title=written(title(report), printable),
        month=month_name(report.first),
        about=subject(report),
        headline=headline(report),
        made=moment(report.made_at),
        trend_words=trend_words(report),
        per_pull=_with_sparks(per_pull_table(report, MOST), report.teams[:MOST]),
        mix=mix_table(report, MOST),
        charge=charge_table(report, MOST),
        differences=difference_table(report),
        findings=[finding_line(found) for found in report.findings[:_FINDINGS]],
        trust=trust_lines(report),
        charts=_charts(report),
        utilisation_notes=utilisation_table(report, MOST).notes,
        **cards(report),
        **budget_card(report, MOST),
    )
    return re.sub(r"\n\s*\n+", "\n", text).lstrip()


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    environment.filters.update(name=printable, money=money, code=_code)
    return environment.from_string(_read("page.html.j2"))


def _code(words: str) -> Markup:
    """Our own words; what stands between backticks is to be typed."""
    return Markup(_TYPED.sub(r"<code>\1</code>", str(escape(words))))  # noqa: S704 - escaped before


def _read(name: str) -> str:
    return files("ci_tokengate.render.showback").joinpath(name).read_text("utf-8")


def _charts(report: Showback) -> dict[str, Markup]:
    """Vega writes names into its SVG as text, and has escaped them."""
    months, weeks = _begun(report.months), _begun(report.weeks)
    return {
        "months": Markup(charts.trend_svg(months, "months")),  # noqa: S704
        "weeks": Markup(charts.trend_svg(weeks, "weeks")),  # noqa: S704
        "per_month": Markup(charts.per_pull_svg(months, "per-month")),  # noqa: S704
        "per_week": Markup(charts.per_pull_svg(weeks, "per-week")),  # noqa: S704
        "mix": Markup(charts.mix_svg(report) if report.mix else ""),  # noqa: S704
    }


def _begun(periods: Sequence[Period]) -> Sequence[Period]:
    first = next((n for n, p in enumerate(periods) if p.spend or p.merged), 0)
    return periods[first:]


def _with_sparks(table: Table, teams: Sequence[TeamFigures]) -> Table:
    """A column with each team's spend by month, after its name."""
    rows = []
    for number, row in enumerate(table.rows):
        drawn = spark(teams[number].months) if number < len(teams) else ""
        rows.append(Row((row.cells[0], drawn, *row.cells[1:]), total=row.total))
    head = (table.head[0], "by month", *table.head[1:])
    return Table(table.title, head, tuple(rows), notes=table.notes)
