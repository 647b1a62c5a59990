"""Key for untrusted code."""

from __future__ import annotations

from ci_tokengate.scan.finding import Level
from ci_tokengate.scan.rule import Rule

RULE = Rule(
    id="TG009",
    name="key-for-untrusted-code",
    level=Level.ERROR,
    sentence=(
        "A job under `pull_request_target` or `workflow_run` checks out the head of a pull "
        "request and has a model's key or a job key in reach."
    ),
    why=(
        "Both triggers run with the repository's secrets, also for pull requests from forks. "
        "Whoever opens one then has code of theirs in the job that holds the key: a mask is no "
        "boundary."
    ),
    fix=(
        "Run on `pull_request`, where a fork's pull request gets no secrets; or leave out the "
        "checkout of the head and have the agent read the diff through the API."
    ),
    link="docs/rules/tg009.md",
)
