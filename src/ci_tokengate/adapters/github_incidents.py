"""Incidents as GitHub issues: one a team and incident, which remembers in itself what was told.

It is found as the comment is: by a marker in its text, and by its author. Source:
https://docs.github.com/rest/issues/issues
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import TypeVar

from github.Issue import Issue
from github.Repository import Repository

from ci_tokengate.adapters.alert_form import parted, with_marker
from ci_tokengate.adapters.github_calls import GitHubCalls
from ci_tokengate.adapters.github_postings import permitted
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.core.postings import Posted, PostedAs
from ci_tokengate.core.watch.incident import Incident, Memory
from ci_tokengate.ports import Clock

_MOST = 1000
"""Issues that are looked through, the last touched first."""
_T = TypeVar("_T")


class GitHubIncidents:
    """Implements ports.watch.IncidentBoard."""

    def __init__(
        self, api_url: str, token: str, repository: str, *, deadline: Deadline, clock: Clock
    ) -> None:
        self._name, self._there = repository, dict[int, Issue]()
        subject = f"issues of {repository}"
        self._calls = GitHubCalls(api_url, token, subject, deadline=deadline, clock=clock)
        self._opened: Repository | None = None

    def incidents(self) -> list[Incident]:
        """GitHub's filter by author is checked again: the marker in somebody else's issue is not ours.

        Where it finds none, all authors' issues are looked through: on some sites it knows no app
        (https://github.com/renovatebot/renovate/issues/44730), and each run would open another issue.
        """
        return self._marked(creator=self._calls.login()) or self._marked()

    def _marked(self, **only: str) -> list[Incident]:
        repository, me = self._repository(), self._calls.login()

        def mine() -> list[Issue]:
            listed = repository.get_issues(
                state="all",
                sort="updated",
                direction="desc",
                **only,  # type: ignore[arg-type]  # a login will do, which its types do not say
            )
            checked = (i for i in listed if self._calls.deadline.check("listing issues"))
            return [i for i in islice(checked, _MOST) if i.user is not None and i.user.login == me]

        found: list[Incident] = []
        for issue in self._call("listing", mine):
            parts = parted(issue.body or "") if issue.pull_request is None else None
            if parts is not None:
                self._there[issue.number] = issue
                found.append(_incident(issue, *parts))
        return found

    def open(self, title: str, text: str, memory: Memory) -> Posted:
        repository, body = self._repository(), with_marker(text, memory)
        made = self._call(
            "writing to",
            lambda: repository.create_issue(title=title, body=body),
            repeatable=False,
        )
        return Posted(change=PostedAs.CREATED, url=made.html_url)

    def edit(
        self, incident: Incident, title: str, text: str, memory: Memory, *, closed: bool
    ) -> Posted:
        issue, body = self._there[incident.number], with_marker(text, memory)
        state = "closed" if closed else "open"
        self._call("writing to", lambda: issue.edit(title=title, body=body, state=state))
        moved = {
            (False, True): PostedAs.CLOSED,
            (True, False): PostedAs.REOPENED,
        }.get((incident.closed, closed), PostedAs.UPDATED)
        return Posted(change=moved, url=incident.url)

    def _repository(self) -> Repository:
        if self._opened is None:
            self._opened = self._call("opening", lambda: self._calls.client.get_repo(self._name))
        return self._opened

    def _call(self, doing: str, call: Callable[[], _T], *, repeatable: bool = True) -> _T:
        return permitted("issues", lambda: self._calls.call(doing, call, repeatable=repeatable))


def _incident(issue: Issue, text: str, memory: Memory) -> Incident:
    return Incident(
        number=issue.number,
        url=issue.html_url,
        title=issue.title,
        text=text,
        closed=issue.state == "closed",
        memory=memory,
    )
