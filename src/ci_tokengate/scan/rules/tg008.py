"""Agent runs unbounded."""

from __future__ import annotations

from ci_tokengate.scan.finding import Level
from ci_tokengate.scan.rule import Rule

RULE = Rule(
    id="TG008",
    name="agent-runs-unbounded",
    level=Level.WARNING,
    sentence=(
        "An agent that runs on every `push` or `pull_request` with neither a concurrency group "
        "nor a path filter nor a job timeout; in a matrix; or on a schedule more often than "
        "daily."
    ),
    why=(
        "What multiplies the runs multiplies the cost: ten pushes in a row are ten agents at "
        "once, a matrix of eight is eight, an agent without a timeout runs for six hours. A "
        "filter by branch or author bounds none of it."
    ),
    fix=(
        "Give the job `timeout-minutes`, the workflow a `concurrency` group with "
        "`cancel-in-progress`, or the trigger `paths`; take the agent out of the matrix; "
        "schedule it daily at most."
    ),
    link="docs/rules/tg008.md",
)
