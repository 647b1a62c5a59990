"""A report as a GitHub issue: one a month, brought up to date in place.

It is found as the comment is: by a marker in its text, and by its author. Source:
https://docs.github.com/rest/issues/issues
"""

from __future__ import annotations

from datetime import datetime

from github.Issue import Issue

from ci_tokengate.adapters.github_calls import GitHubCalls
from ci_tokengate.adapters.github_postings import permitted, same_text
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.core.postings import Posted, PostedAs, bears
from ci_tokengate.ports import Clock


class GitHubIssues:
    """Implements ports.Board."""

    def __init__(
        self, api_url: str, token: str, repository: str, *, deadline: Deadline, clock: Clock
    ) -> None:
        self._repository = repository
        subject = f"issues of {repository}"
        self._calls = GitHubCalls(api_url, token, subject, deadline=deadline, clock=clock)

    def put(self, title: str, body: str, marker: str, since: datetime) -> Posted:
        repository = permitted(
            "issues",
            lambda: self._calls.call(
                "opening", lambda: self._calls.client.get_repo(self._repository)
            ),
        )

        def marked() -> list[Issue]:
            listed = repository.get_issues(
                state="all", sort="created", direction="desc", since=since
            )
            checked = (i for i in listed if self._calls.deadline.check("listing issues"))
            return [i for i in checked if bears(i.body or "", marker) and i.pull_request is None]

        found = permitted("issues", lambda: self._calls.call("listing", marked))
        if found:
            me = self._calls.login()
            found = [i for i in found if i.user is not None and i.user.login == me]
        if not found:
            made = permitted(
                "issues",
                lambda: self._calls.call(
                    "writing to",
                    lambda: repository.create_issue(title=title, body=body),
                    repeatable=False,
                ),
            )
            return Posted(change=PostedAs.CREATED, url=made.html_url)
        first = min(found, key=lambda issue: issue.number)
        if first.title == title and same_text(first.body or "", body):
            return Posted(change=PostedAs.UNCHANGED, url=first.html_url)
        permitted(
            "issues",
            lambda: self._calls.call("writing to", lambda: first.edit(title=title, body=body)),
        )
        return Posted(change=PostedAs.UPDATED, url=first.html_url)
