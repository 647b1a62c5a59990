"""Which renderer makes which form, and where a report is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import PurePath

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.core.showback.values import Showback
from ci_tokengate.errors import UsageError
from ci_tokengate.ports import Board, Channel
from ci_tokengate.wiring.proxies import clock, one_line_secret

_PACKAGES = ("rich", "jinja2", "markupsafe", "vl_convert", "xlsxwriter")
SUFFIXES: Mapping[str, str] = {
    ".txt": "text",
    ".md": "md",
    ".html": "html",
    ".json": "json",
    ".csv": "csv",
    ".xlsx": "xlsx",
}
FORMS = tuple(SUFFIXES.values())


def form_of(path: str) -> str:
    """By the end of its name. Raises UsageError for one that says nothing."""
    found = SUFFIXES.get(PurePath(path).suffix.lower())
    if found is None:
        raise UsageError(
            f"The name {path[-60:]!r} does not say what form the report is to have.",
            hint=f"Let it end with one of {', '.join(SUFFIXES)}.",
        )
    return found


def rendered(report: Showback, form: str, *, width: int = 80, color: bool = False) -> bytes:
    """In the form of FORMS; text for a terminal of that width. Raises UsageError where the extra is missing."""
    try:
        return _made(report, form, width=width, color=color)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _PACKAGES:
            raise
        raise UsageError(
            f"A report as {form} needs packages that are not installed.",
            hint="Run: pip install 'ci-tokengate[report]'",
        ) from None


def _made(report: Showback, form: str, *, width: int, color: bool) -> bytes:
    """Each renderer is imported when it is wanted: charts alone take a quarter of a second."""
    if form == "xlsx":
        from ci_tokengate.render.showback.workbook import workbook

        return workbook(report)
    if form == "text":
        from ci_tokengate.render.showback.text import text

        return text(report, width=width, color=color).encode("utf-8", "replace")
    return _TEXTS[form](report).encode("utf-8", "replace")


def _html(report: Showback) -> str:
    from ci_tokengate.render.showback.page import page

    return page(report)


def _markdown(report: Showback) -> str:
    from ci_tokengate.render.showback.markdown import markdown

    return markdown(report)


def _json(report: Showback) -> str:
    import json

    from ci_tokengate.render.showback.as_json import as_json

    return json.dumps(as_json(report), indent=2) + "\n"


def _csv(report: Showback) -> str:
    from ci_tokengate.render.showback.as_csv import as_csv

    return as_csv(report)


_TEXTS: Mapping[str, Callable[[Showback], str]] = {
    "html": _html,
    "md": _markdown,
    "json": _json,
    "csv": _csv,
}


def open_board(
    kind: str, api_url: str, token: str, repository: str, category: str, deadline: Deadline
) -> Board:
    """`github-issue` or `github-discussion`. Raises UsageError where there is no token or repository."""
    from ci_tokengate.adapters.github_discussions import GitHubDiscussions
    from ci_tokengate.adapters.github_issues import GitHubIssues

    secret = one_line_secret(token, "github-token")
    if not secret:
        raise UsageError(
            f"There is no token for --send {kind}.",
            hint="Set GITHUB_TOKEN; the job needs `permissions: "
            f"{'issues' if kind == 'github-issue' else 'discussions'}: write`.",
        )
    url = api_url or "https://api.github.com"
    if kind == "github-issue":
        return GitHubIssues(url, secret, repository, deadline=deadline, clock=clock())
    return GitHubDiscussions(url, secret, repository, category, deadline=deadline, clock=clock())


def open_channel(webhook: str, deadline: Deadline) -> Channel:
    """Raises UsageError where there is no webhook."""
    from ci_tokengate.adapters.slack import SlackWebhook

    if not webhook.strip():
        raise UsageError(
            "There is no webhook for --send slack.",
            hint="Set TOKENGATE_SLACK_WEBHOOK to https://hooks.slack.com/services/…",
        )
    return SlackWebhook(webhook, deadline=deadline, clock=clock())
