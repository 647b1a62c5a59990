"""How far the report can be trusted, in sentences."""

from __future__ import annotations

from ci_tokengate.core.showback.values import PerPull, Showback, Trust
from ci_tokengate.render.showback.phrases import Line, Name, money, share, short_day
from ci_tokengate.render.words import count

_NAMED = 5


def trust_lines(report: Showback) -> list[Line]:
    """The most important first; what is nothing is said only where silence could mislead."""
    trust = report.trust
    lines: list[Line] = [(_coverage(report),), *_reconciled(trust)]
    if trust.open_cost:
        lines.append(
            (f"Provisional: {money(trust.open_cost)} is of days that are not settled yet.",)
        )
    else:
        lines.append(("Nothing is provisional.",))
    lines += _unpriced(trust)
    if trust.corrected:
        booked = f"{money(trust.corrected)} corrects months that were closed before"
        lines.append((f"Corrections: {booked}, and is booked in this one.",))
    if trust.gone:
        lines.append(
            (f"Pruned: the proxy's log no longer shows {money(trust.gone)} that the ledger kept.",)
        )
    if trust.unread_days:
        lines.append(
            (
                f"Not read: the proxy's log of {count(trust.unread_days, 'day')} of this month. "
                "`ci-tokengate collect` reads what is missing.",
            )
        )
    lines += _unread(report.per_pull)
    if trust.unknown_pulls:
        lines.append(
            (
                f"Not known: {money(trust.unknown_pulls)} went into pull requests that are not in the "
                "ledger; they count as spend, and not as merged.",
            )
        )
    return lines


def _unread(found: PerPull) -> list[Line]:
    """What is not known of the denominator."""
    how = "`ci-tokengate collect` with GITHUB_TOKEN reads them."
    if found.never:
        return [(f"Pull requests: none were ever read, so none is known to be merged. {how}",)]
    if not found.unread:
        return []
    some = sorted(found.unread)[:_NAMED]
    names: list[str | Name] = []
    for number, name in enumerate(some):
        names += [", " if number else "", Name(name)]
    more = len(found.unread) - len(some)
    return [
        (
            "Pull requests: not read for all of the month, so that more may be merged than are "
            "counted: ",
            *names,
            f" and {count(more, 'other')}. " if more else ". ",
            how,
        )
    ]


def _coverage(report: Showback) -> str:
    trust = report.trust
    if trust.coverage is not None:
        of = f"{money(trust.attributed)} of {money(trust.total)}"
        return f"Coverage: {share(trust.coverage)} of the spend came from jobs of ours ({of})."
    if not trust.total and trust.whole:
        return "Coverage: n/a, nothing was spent."
    if report.as_of is None:
        return "Coverage: not known. `ci-tokengate collect` has not read the proxy."
    if not trust.read:
        return "Coverage: not known. `ci-tokengate collect` has read no day of this month."
    return (
        "Coverage: not visible. The credential that read the proxy shows only its own keys' rows; "
        "a reading key shows all."
    )


def _reconciled(trust: Trust) -> list[Line]:
    found = trust.reconciliation
    days = count(found.compared, "team day")
    if not found.compared:
        return [
            (
                "Reconciliation: the ledger has no totals of the proxy for this month to be held against.",
            )
        ]
    rest = f" {count(found.uncompared, 'more team day')} the proxy was not asked about." * bool(
        found.uncompared
    )
    if not found.differing:
        return [
            (f"Reconciliation: ledger and proxy agree on {days}, {money(found.ledger)}.{rest}",)
        ]
    worst = found.worst[0]
    return [
        (
            f"Reconciliation: ledger − proxy = {money(found.difference)} over {days}; "
            f"{found.differing:,} {'differs' if found.differing == 1 else 'differ'}, the most {short_day(worst.day)}, ",
            Name(worst.team or "(no team)"),
            f": {money(worst.difference)}{' (not settled yet)' if worst.open else ''}.{rest}",
        )
    ]


def _unpriced(trust: Trust) -> list[Line]:
    if not trust.unpriced:
        return []
    models: list[str | Name] = []
    for number, (model, requests) in enumerate(trust.unpriced[:5]):
        models += [", " if number else "", Name(model), f" ({requests:,})"]
    more = len(trust.unpriced) - 5
    requests = sum(n for _, n in trust.unpriced)
    return [
        (
            f"Unpriced: {count(requests, 'request')} had tokens and no price, so the spend is a "
            "lower bound: ",
            *models,
            f" and {count(more, 'more model')}." if more > 0 else ".",
        )
    ]
