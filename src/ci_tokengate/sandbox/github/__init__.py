"""A GitHub in one process: pull requests, issues, comments, files, branches, checks, runs; rate limits and
failures by order. Its answers have GitHub's shapes, texts and headers, with its own host in every address;
`make test-spec` holds them to GitHub's official OpenAPI description.

    state = GitHubState()
    state.pulls[7] = pull_request(7)
    with running_github(state) as api_url: ...

What it does not know: diffs, merging, teams, e-mail addresses, search.
"""

from ci_tokengate.sandbox.github.identity import ACTIONS, Identity, github_token
from ci_tokengate.sandbox.github.make import pull_request, workflow_run
from ci_tokengate.sandbox.github.rules import rule
from ci_tokengate.sandbox.github.serve import running_github
from ci_tokengate.sandbox.github.state import Asked, Comment, GitHubState, Shelf, stamp

__all__ = [
    "ACTIONS",
    "Asked",
    "Comment",
    "GitHubState",
    "Identity",
    "Shelf",
    "github_token",
    "pull_request",
    "rule",
    "running_github",
    "stamp",
    "workflow_run",
]
