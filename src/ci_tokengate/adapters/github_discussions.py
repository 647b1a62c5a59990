"""A report as a GitHub discussion: one a month, brought up to date in place, and found as the issue is.

Source: https://docs.github.com/graphql/guides/using-the-graphql-api-for-discussions
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ci_tokengate.adapters.github_calls import GitHubCalls
from ci_tokengate.adapters.github_postings import permitted, same_text
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.core.postings import Posted, PostedAs, bears
from ci_tokengate.errors import UsageError
from ci_tokengate.ports import Clock

_PAGES = 10
"""Of discussions, fifty each; the newest come first, and the one that is meant is of this month."""
_READ = """
query($owner: String!, $name: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    id
    discussionCategories(first: 100) { nodes { id name } }
    discussions(first: 50, after: $after, orderBy: {field: CREATED_AT, direction: DESC}) {
      nodes { id url title body viewerDidAuthor createdAt }
      pageInfo { hasNextPage endCursor }
    }
  }
}"""
_CREATE = """
mutation($input: CreateDiscussionInput!) { createDiscussion(input: $input) { discussion { url } } }"""
_UPDATE = """
mutation($input: UpdateDiscussionInput!) { updateDiscussion(input: $input) { discussion { url } } }"""


class GitHubDiscussions:
    """Implements ports.Board. `category` is the name of one that the repository has."""

    def __init__(
        self,
        api_url: str,
        token: str,
        repository: str,
        category: str,
        *,
        deadline: Deadline,
        clock: Clock,
    ) -> None:
        self._repository, self._category = repository, category
        subject = f"discussions of {repository}"
        self._calls = GitHubCalls(api_url, token, subject, deadline=deadline, clock=clock)

    def put(self, title: str, body: str, marker: str, since: datetime) -> Posted:
        mine, place = None, {}
        for page in self._pages():
            place = page
            nodes = page["discussions"]["nodes"]
            mine = next(
                (n for n in nodes if bears(n["body"], marker) and n["viewerDidAuthor"]), None
            )
            oldest = min((n["createdAt"] for n in nodes), default="")
            if mine is not None or oldest < f"{since:%Y-%m-%dT%H:%M:%SZ}":
                break
        if mine is None:
            category = self._category_of(place)
            given = {"repositoryId": place["id"], "categoryId": category}
            made = self._ask(_CREATE, {"input": {**given, "title": title, "body": body}}, once=True)
            url = made["createDiscussion"]["discussion"]["url"]
            return Posted(change=PostedAs.CREATED, url=url)
        if mine["title"] == title and same_text(mine["body"], body):
            return Posted(change=PostedAs.UNCHANGED, url=mine["url"])
        change = {"discussionId": mine["id"], "title": title, "body": body}
        done = self._ask(_UPDATE, {"input": change})
        return Posted(change=PostedAs.UPDATED, url=done["updateDiscussion"]["discussion"]["url"])

    def _pages(self) -> Iterator[dict[str, Any]]:
        owner, _, name = self._repository.partition("/")
        after = None
        for _ in range(_PAGES):
            answer = self._ask(_READ, {"owner": owner, "name": name, "after": after})
            yield answer["repository"]
            info = answer["repository"]["discussions"]["pageInfo"]
            if not info["hasNextPage"]:
                return
            after = info["endCursor"]

    def _category_of(self, place: dict[str, Any]) -> str:
        """Raises UsageError that names those there are."""
        there = {node["name"]: str(node["id"]) for node in place["discussionCategories"]["nodes"]}
        for name, found in there.items():
            if name.lower() == self._category.lower():
                return found
        known = ", ".join(there) or "none: discussions are switched off there"
        raise UsageError(
            f"{self._repository} has no category of discussions {self._category[:60]!r}.",
            hint=f"Give --category one of: {known[:300]}.",
        )

    def _ask(self, query: str, variables: dict[str, Any], *, once: bool = False) -> dict[str, Any]:
        def asked() -> dict[str, Any]:
            _, answer = self._calls.client.requester.graphql_query(query, variables)
            return dict(answer["data"])

        doing = "writing to" if "mutation" in query else "reading"
        return permitted("discussions", lambda: self._calls.call(doing, asked, repeatable=not once))
