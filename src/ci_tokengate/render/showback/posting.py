"""The report as an issue or a discussion: its title, its body, and the marker it is found by."""

from __future__ import annotations

import hashlib

from ci_tokengate.core.showback.values import Showback
from ci_tokengate.render.data import in_title
from ci_tokengate.render.showback.markdown import LONGEST, markdown
from ci_tokengate.render.showback.phrases import written
from ci_tokengate.render.showback.words import title

_FOOT = 1000


def marker(report: Showback) -> str:
    """One for each month and team. A name is not written out: it could end the comment."""
    about = hashlib.sha256(report.team.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"<!-- tokengate:report:{report.month}:{about if report.team else 'all'} -->"


def posting_title(report: Showback) -> str:
    return written(title(report), in_title)[:250]


def posting(report: Showback, *, link: str = "") -> str:
    """At most as long as GitHub takes."""
    foot = f"\n[The whole report]({link})\n" if link else ""
    return f"{markdown(report, longest=LONGEST - _FOOT)}{foot}\n{marker(report)}\n"
