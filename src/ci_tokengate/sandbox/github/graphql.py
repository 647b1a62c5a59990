"""GraphQL, as much as hiding a comment and keeping a discussion take. The schema is a cut of GitHub's own, so a query that is
wrong there is wrong here.

Source: https://docs.github.com/graphql/reference/mutations#minimizecomment
"""

from __future__ import annotations

from functools import cache
from typing import Any

import graphql as gql

from ci_tokengate.sandbox.github.discussions import SCHEMA as _DISCUSSIONS
from ci_tokengate.sandbox.github.discussions import Discussions
from ci_tokengate.sandbox.github.refusals import Refusal
from ci_tokengate.sandbox.github.state import Comment, GitHubState, Json
from ci_tokengate.sandbox.github.web import Call, Reply

_SCHEMA = """
interface Node { id: ID! }
interface Minimizable { id: ID! isMinimized: Boolean! minimizedReason: String }
interface Actor { login: String! }
type Bot implements Actor { login: String! }
type User implements Actor { login: String! }
type IssueComment implements Node & Minimizable {
  id: ID!  databaseId: Int  fullDatabaseId: String  body: String!  author: Actor
  isMinimized: Boolean!  minimizedReason: String
}
enum ReportedContentClassifiers { ABUSE DUPLICATE LOW_QUALITY OFF_TOPIC OUTDATED RESOLVED SPAM }
input MinimizeCommentInput {
  clientMutationId: String  subjectId: ID!  classifier: ReportedContentClassifiers!
}
input UnminimizeCommentInput { clientMutationId: String  subjectId: ID! }
type MinimizeCommentPayload { clientMutationId: String  minimizedComment: Minimizable }
type UnminimizeCommentPayload { clientMutationId: String  unminimizedComment: Minimizable }
type Query { node(id: ID!): Node  nodes(ids: [ID!]!): [Node]!  viewer: Actor! }
type Mutation {
  minimizeComment(input: MinimizeCommentInput!): MinimizeCommentPayload
  unminimizeComment(input: UnminimizeCommentInput!): UnminimizeCommentPayload
}
"""


def answer(call: Call) -> Reply:
    """Always 200: what went wrong stands in `errors`, with GitHub's `type`."""
    if call.identity is None:
        raise Refusal(401, "This endpoint requires you to be authenticated.")
    query = call.body.get("query")
    if not isinstance(query, str):
        return Reply(
            body={
                "errors": [{"message": "A query attribute must be specified and must be a string."}]
            }
        )
    done = gql.graphql_sync(
        _schema(),
        query,
        root_value=_Root(call),
        variable_values=call.body.get("variables") or {},
        operation_name=call.body.get("operationName"),
    )
    body: Json = {} if done.data is None else {"data": done.data}
    if done.errors:
        body["errors"] = [_error(each) for each in done.errors]
    return Reply(body=body)


@cache
def _schema() -> gql.GraphQLSchema:
    return gql.build_schema(_SCHEMA + _DISCUSSIONS)


class _Root(Discussions):
    """The fields of Query and Mutation. graphql-core calls them with its info and the arguments."""

    def viewer(self, info: Any) -> Json:
        return {"__typename": self._call.who.type, "login": self._call.who.login}

    def node(self, info: Any, id: str) -> Json:
        return _body(_found(self._state, id))

    def nodes(self, info: Any, ids: list[str]) -> list[Any]:
        return [self._or_error(each) for each in ids]

    def minimizeComment(self, info: Any, input: Json) -> Json:  # noqa: N802
        return {"minimizedComment": self._mark(input, str(input["classifier"]))} | _client(input)

    def unminimizeComment(self, info: Any, input: Json) -> Json:  # noqa: N802
        return {"unminimizedComment": self._mark(input, None)} | _client(input)

    def _mark(self, given: Json, classifier: str | None) -> Json:
        found = _found(self._state, given["subjectId"])
        if not any(self._call.who.may(what, "write") for what in ("issues", "pull_requests")):
            raise _fault("FORBIDDEN", "Resource not accessible by integration")
        found.minimized = classifier
        return _body(found)

    def _or_error(self, node_id: str) -> Any:
        try:
            return _body(_found(self._state, node_id))
        except gql.GraphQLError as error:
            return error


def _found(state: GitHubState, node_id: str) -> Comment:
    for comment in state.comments.values():
        if comment.node_id == node_id:
            return comment
    raise _fault("NOT_FOUND", f"Could not resolve to a node with the global id of '{node_id}'")


def _body(comment: Comment) -> Json:
    return {
        "__typename": "IssueComment",
        "id": comment.node_id,
        "databaseId": None,  # GitHub's are past 32 bits
        "fullDatabaseId": str(comment.id),
        "body": comment.body,
        "author": {"__typename": comment.author.type, "login": comment.author.login},
        "isMinimized": comment.minimized is not None,
        "minimizedReason": comment.minimized.lower() if comment.minimized else None,
    }


def _client(given: Json) -> Json:
    return {"clientMutationId": given.get("clientMutationId")}


def _fault(kind: str, message: str) -> gql.GraphQLError:
    return gql.GraphQLError(message, extensions={"type": kind})


def _error(error: gql.GraphQLError) -> Json:
    """GitHub has the type beside the message, not among the extensions."""
    said: Json = dict(error.formatted)
    kind = dict(said.pop("extensions", None) or {}).get("type")
    return {"type": kind, **said} if kind else said
