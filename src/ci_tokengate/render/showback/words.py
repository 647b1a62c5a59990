"""What the report says in sentences: its head, its trend and its findings."""

from __future__ import annotations

from ci_tokengate.core.showback.values import Finding, Showback, Told
from ci_tokengate.core.tier import Tier
from ci_tokengate.render.money import usd
from ci_tokengate.render.showback.phrases import (
    Line,
    Name,
    change,
    moment,
    money,
    month_name,
    output,
    share,
    span,
)
from ci_tokengate.render.words import count

TIER_WORDS = {
    Tier.GREEN: "green",
    Tier.AMBER: "amber",
    Tier.RED: "red",
    Tier.HARD_STOP: "hard stop",
    Tier.NONE: "no plan",
}


def title(report: Showback) -> Line:
    of = f"AI spend of {month_name(report.first)}"
    return (of, ": ", Name(report.team)) if report.team else (of,)


def headline(report: Showback) -> str:
    """The first number in one sentence."""
    found = report.per_pull
    so_far = "" if report.over else " so far"
    if found.told is Told.UNKNOWN:
        return f"{money(found.spend)}{so_far}. How many pull requests were merged is not known."
    if found.per_merged is None:
        return f"{money(found.spend)}{so_far}, and no pull request was merged."
    pulls = count(found.merged, "merged pull request")
    over, most = ("at least ", "at most ") if found.told is Told.AT_LEAST else ("", "")
    return f"{money(found.spend)}{so_far} over {over}{pulls}: {most}{money(found.per_merged)} each."


def subject(report: Showback) -> list[Line]:
    """Zone, period, as-of and proxies: what every figure is of."""
    state = "closed" if report.closed else "not closed yet" if report.over else "still running"
    read = f"read up to {moment(report.as_of)}" if report.as_of else "never read by `collect`"
    proxies: list[str | Name] = ["proxy " if len(report.proxies) == 1 else "proxies "]
    for number, proxy in enumerate(report.proxies):
        proxies += [", " if number else "", Name(proxy)]
    return [
        (f"{span(report.first, report.end)}, days of {report.zone} · {state}",),
        (*(proxies if report.proxies else ["no proxy"]), f" · {read}"),
    ]


def trend_words(report: Showback) -> str:
    """The month against the one before."""
    now, before = report.months[-1], report.months[-2]
    parts = [
        (change(now.spend, before.spend), "spend"),
        (change(output(now), output(before)), "merged pull requests"),
        (change(now.per_merged, before.per_merged), "cost of each"),
    ]
    told = [f"{what} {by}" for by, what in parts if by]
    if not told:
        return f"There is nothing in {month_name(before.first)} to compare with."
    running = " (this month is still running)" if now.partial else ""
    return f"Against {month_name(before.first)}{running}: {', '.join(told)}."


def finding_line(found: Finding) -> Line:
    saved = (
        f" The same tokens at this month's average {found.needs.value} price: about "
        f"{usd(found.saving)} less."
        if found.saving is not None
        else ""
    )
    return (
        Name(found.use_case),
        f" needs a {found.needs.value} model, and {share(found.share)} of its spend "
        f"({usd(found.cost)}) went to ",
        Name(found.model),
        f", a {found.tier.value} one.{saved}",
    )
