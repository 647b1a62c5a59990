"""Discussions, which only GraphQL has. The forms are a cut of GitHub's own schema.

Source: https://docs.github.com/graphql/guides/using-the-graphql-api-for-discussions
"""

from __future__ import annotations

from typing import Any

import graphql as gql

from ci_tokengate.sandbox.github.issues import LONGEST
from ci_tokengate.sandbox.github.state import Json, stamp
from ci_tokengate.sandbox.github.web import WEB, Call

SCHEMA = """
enum OrderDirection { ASC DESC }
enum DiscussionOrderField { CREATED_AT UPDATED_AT }
input DiscussionOrder { direction: OrderDirection!  field: DiscussionOrderField! }
type PageInfo { hasNextPage: Boolean!  endCursor: String }
type DiscussionCategory { id: ID!  name: String! }
type DiscussionCategoryConnection { nodes: [DiscussionCategory] }
type Discussion {
  id: ID!  number: Int!  title: String!  body: String!  url: String!  createdAt: String!
  author: Actor  viewerDidAuthor: Boolean!  category: DiscussionCategory!
}
type DiscussionConnection { nodes: [Discussion]  pageInfo: PageInfo!  totalCount: Int! }
type Repository {
  id: ID!
  discussionCategories(first: Int, after: String): DiscussionCategoryConnection!
  discussions(first: Int, after: String, categoryId: ID, orderBy: DiscussionOrder): DiscussionConnection!
}
input CreateDiscussionInput {
  clientMutationId: String  repositoryId: ID!  categoryId: ID!  title: String!  body: String!
}
input UpdateDiscussionInput {
  clientMutationId: String  discussionId: ID!  categoryId: ID  title: String  body: String
}
type CreateDiscussionPayload { clientMutationId: String  discussion: Discussion }
type UpdateDiscussionPayload { clientMutationId: String  discussion: Discussion }
extend type Query { repository(owner: String!, name: String!, followRenames: Boolean = true): Repository }
extend type Mutation {
  createDiscussion(input: CreateDiscussionInput!): CreateDiscussionPayload
  updateDiscussion(input: UpdateDiscussionInput!): UpdateDiscussionPayload
}
"""


class Discussions:
    """The resolvers. `state.discussions` is by number, `state.categories` by name."""

    def __init__(self, call: Call) -> None:
        self._call, self._state = call, call.state

    def repository(self, info: Any, owner: str, name: str, followRenames: bool = True) -> Json:  # noqa: N803
        asked = f"{owner}/{name}"
        known = self._state.repository
        if known and known.lower() != asked.lower():
            raise _fault("NOT_FOUND", f"Could not resolve to a Repository with the name '{asked}'.")
        return {
            "id": f"R_{known or asked}",
            "discussionCategories": lambda info, **_: {"nodes": self._categories()},
            "discussions": self._listed,
        }

    def createDiscussion(self, info: Any, input: Json) -> Json:  # noqa: N802
        self._may_write()
        names = [c["name"] for c in self._categories() if c["id"] == input["categoryId"]]
        if not names:
            raise _fault("NOT_FOUND", "Could not resolve to a node with the global id of that.")
        _check(input)
        number = max([self._state.next_number() - 1, *self._state.discussions]) + 1
        self._state.discussions[number] = {
            "title": input["title"],
            "body": input["body"],
            "category": names[0],
            "author": self._call.who,
            "created": stamp(self._state.now()),
        }
        return {"discussion": self._told(number), "clientMutationId": input.get("clientMutationId")}

    def updateDiscussion(self, info: Any, input: Json) -> Json:  # noqa: N802
        self._may_write()
        number = next(
            (n for n in self._state.discussions if f"D_{n}" == input["discussionId"]), None
        )
        if number is None:
            raise _fault("NOT_FOUND", "Could not resolve to a node with the global id of that.")
        _check(input)
        given: Json = {name: input[name] for name in ("title", "body") if name in input}
        self._state.discussions[number] |= given
        return {"discussion": self._told(number), "clientMutationId": input.get("clientMutationId")}

    def _listed(self, info: Any, first: int = 30, after: str | None = None, **_: Any) -> Json:
        """Newest first. GitHub refuses more than a hundred at once."""
        if not 1 <= first <= 100:
            raise _fault("EXCESSIVE_PAGINATION", "`first` must be between 1 and 100.")
        numbers = sorted(
            self._state.discussions,
            key=lambda n: (self._state.discussions[n]["created"], n),
            reverse=True,
        )
        start = int(after) if after else 0
        shown = numbers[start : start + first]
        more = start + first < len(numbers)
        return {
            "nodes": [self._told(number) for number in shown],
            "pageInfo": {"hasNextPage": more, "endCursor": str(start + len(shown))},
            "totalCount": len(numbers),
        }

    def _categories(self) -> list[Json]:
        return [{"id": f"DIC_{name}", "name": name} for name in self._state.categories]

    def _told(self, number: int) -> Json:
        found = self._state.discussions[number]
        who = found["author"]
        name = self._state.repository or "acme/shop"
        return {
            "id": f"D_{number}",
            "number": number,
            "title": found["title"],
            "body": found["body"],
            "url": f"{WEB}/{name}/discussions/{number}",
            "createdAt": found["created"],
            "author": {"__typename": who.type, "login": who.login.removesuffix("[bot]")},
            "viewerDidAuthor": who.login == self._call.who.login,
            "category": {"id": f"DIC_{found['category']}", "name": found["category"]},
        }

    def _may_write(self) -> None:
        if not self._call.who.may("discussions", "write"):
            raise _fault("FORBIDDEN", "Resource not accessible by integration")


def _check(input: Json) -> None:
    if len(input.get("body") or "") > LONGEST:
        raise _fault("UNPROCESSABLE", f"Body is too long (maximum is {LONGEST} characters)")


def _fault(kind: str, message: str) -> gql.GraphQLError:
    return gql.GraphQLError(message, extensions={"type": kind})
