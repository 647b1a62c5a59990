"""What a collection did, in lines for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from ci_tokengate.core.ledger.collected import Collected
from ci_tokengate.core.ledger.reconcile import Line, Reconciliation
from ci_tokengate.render.data import printable
from ci_tokengate.render.money import percent, usd, when
from ci_tokengate.render.words import count

_SHOWN = 10
_SKEW = timedelta(minutes=5)


def collected_lines(found: Collected) -> list[str]:
    last = found.end - timedelta(days=1)
    whole = "" if found.sight.whole else " (only the keys that this credential sees)"
    return [
        f"{'!' if found.troubles else '✔'} {found.proxy}{whole}: {found.first} to {last}, UTC, "
        f"as of {when(found.sight.now)}; the ledger's zone is {found.zone}.",
        f"  {_days(found)}",
        *_pulls(found),
        *_sums(found.reconciliation, whole=found.sight.whole),
        *(f"  ! {line}" for line in _remarks(found)),
    ]


def _days(found: Collected) -> str:
    kinds = Counter(day.outcome.value for day in found.days)
    told = [f"{kinds[kind]:,} {kind}" for kind in ("read", "unchanged", "settled") if kinds[kind]]
    accepted = [day.accepted for day in found.days]
    new, newer = sum(a.new for a in accepted), sum(a.newer for a in accepted)
    corrections = sum(a.corrections for a in accepted)
    booked = f", {count(corrections, 'correction')} to closed months" if corrections else ""
    return (
        f"{count(len(found.days), 'day')}: {', '.join(told)}. {count(found.rows, 'row')} read: "
        f"{new:,} new, {newer:,} newer{booked}."
    )


def _pulls(found: Collected) -> list[str]:
    if not found.repositories:
        return []
    read = [one for one in found.repositories if one.name and one.trouble is None]
    pulls = sum(one.pulls for one in read)
    names = len({one.name for one in read})
    repositories = "1 repository" if names == 1 else f"{names:,} repositories"
    return [f"  {count(pulls, 'pull request')} of {repositories} read."]


def _sums(sums: Reconciliation, *, whole: bool) -> list[str]:
    if not sums.lines:
        return ["  Nothing was spent in this time."]
    if not whole:
        return [
            f"  Ledger: {usd(sums.ledger)}. What else was spent, and the proxy's own sums, are not "
            "visible with this credential."
        ]
    covered = sums.coverage
    share = f" ({percent(covered * 100)})" if covered is not None else ""
    lines = [
        f"  Ledger: {usd(sums.ledger)}, of which {usd(sums.attributed)}{share} came from CI jobs."
    ]
    if sums.proxy is None:
        return [*lines, "  The proxy's own sums are not known of all of these days."]
    if not sums.differing:
        return [*lines, f"  Proxy:  {usd(sums.proxy)}: no difference on any team's day."]
    return [
        *lines,
        f"  Proxy:  {usd(sums.proxy)}: {_difference(sums.difference)}, on "
        f"{_of(len(sums.differing), len(sums.lines))} days of teams:",
        *_table(sums.differing),
    ]


def _table(differing: Iterable[Line]) -> list[str]:
    lines = sorted(differing, key=lambda d: (-abs(d.difference or Decimal(0)), d.day, d.team_id))
    told = [
        f"    {line.day}  {printable(line.team_id) or '(no team)'}: {_difference(line.difference)}"
        f"{' (may still come)' if line.provisional else ''}"
        for line in lines[:_SHOWN]
    ]
    more = len(lines) - len(told)
    return [*told, f"    … and {more:,} more; --format json has all."] if more else told


def _difference(amount: Decimal | None) -> str:
    """Positive: the proxy counted more than its log has shown."""
    if not amount:
        return "no difference"
    return f"{usd(abs(amount))} {'more' if amount > 0 else 'less'} than the ledger"


def _of(some: int, all_of: int) -> str:
    return f"{some:,} of {all_of:,}"


def _remarks(found: Collected) -> list[str]:
    said = [_skew(found)] if abs(found.sight.ahead) > _SKEW else []
    gone = [day for day in found.days if day.gone]
    said += [
        f"{usd(day.gone)} of {day.day} is in the ledger and no longer in the proxy's log: it was "
        "pruned there, and stays here."
        for day in gone[:_SHOWN]
    ]
    if len(gone) > _SHOWN:
        said.append(f"… and of {count(len(gone) - _SHOWN, 'more day')}; --format json has all.")
    for one in found.repositories:
        asked, name = printable(one.asked), printable(one.name)
        if not one.name:
            said.append(
                f"{asked} is gone from the code host, or hidden from this token: its pull requests "
                "stay as they were read last."
            )
        elif one.renamed:
            said.append(f"{asked} is {name} today: all that it spent is under that name now.")
    said += [printable(team.trouble) for team in found.teams if team.trouble]
    open_days = [day.day for day in found.days if not day.settled]
    if open_days:
        said.append(
            f"{count(len(open_days), 'day')} may still grow ({_span(open_days)}): collect again a "
            "day after the last of them has ended."
        )
    return said


def _skew(found: Collected) -> str:
    seconds = int(found.sight.ahead.total_seconds())
    side = "ahead of" if seconds > 0 else "behind"
    return (
        f"This machine's clock is {abs(seconds):,} s {side} the proxy's; the proxy's was taken, "
        "since it dates the rows."
    )


def _span(days: list[date]) -> str:
    return f"{days[0]}" if len(days) == 1 else f"{days[0]} to {days[-1]}"
