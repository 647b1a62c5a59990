"""A report in which everything that strangers can choose is as bad as they can make it."""

from __future__ import annotations

from dataclasses import replace

from ci_tokengate.core.showback.values import Showback
from tests.core.showback.readings import Books, budget, merged, spent, team_day

NAMES = {
    "html": "<script>alert(1)</script><img src=https://evil.example/x onerror=alert(2)>",
    "formula": "=cmd|'/C calc'!A0",
    "plus": '+HYPERLINK("https://evil.example","x")',
    "at": "@SUM(1+1)*cmd|' /C calc'!A0",
    "rtl": "abc\u202egnp.exe\u2066\u200f",
    "long": "x" * 300,
    "markdown": "a|b](javascript:alert(1))`[!WARNING]`**@octocat** #1 -->\n\n# big",
    "mermaid": '"] \n```\n%%{init: {}}%%\nclick a "javascript:alert(1)"',
    "slack": "<!channel> *bold* `code` <https://evil.example|here> &amp;",
    "svg": "</svg><script>alert(1)</script>\"'&",
    "jinja": "{{ 7 * 7 }}{% raw %}",
    "control": "a\x1b[2J\x07b\x00c\td\r\ne",
}


def books() -> Books:
    rows, pulls = [], []
    for number, name in enumerate(NAMES.values(), 1):
        rows += [
            spent(
                "10",
                team=name,
                pull=number,
                repository=name,
                use_case=name,
                model=name,
                cost_center=name,
            ),
            spent("0", team=name, model=f"{name}-free", unpriced=3, requests=3),
            spent(
                "9", team=name, pull=number, use_case=f"autocomplete {name}", model=f"{name}-big"
            ),
        ]
        pulls.append(merged(number, repository=name, owners=((name, 1), (f"{name}2", 2))))
    days = [team_day("1", team=name) for name in NAMES.values()]
    theirs = [replace(day, spend=day.spend + 1) for day in days]
    budgets = [budget(name) for name in NAMES.values()]
    return Books(spent=rows, pulls=pulls, budgets=budgets, in_ledger=days, at_proxy=theirs)


def report(team: str = "") -> Showback:
    return books().report(team=team)
