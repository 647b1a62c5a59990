"""Provider secret in workflow."""

from __future__ import annotations

from ci_tokengate.scan.finding import Level
from ci_tokengate.scan.rule import Rule

RULE = Rule(
    id="TG003",
    name="provider-secret-in-workflow",
    level=Level.ERROR,
    sentence=(
        "A job is given a long-lived key of an AI provider, and no proxy stands between. With a "
        "proxy's base URL in effect it is a warning: a long-lived proxy key where a job key "
        "belongs."
    ),
    why=(
        "A provider's key in a job's environment spends without a cap, an end or a team: nobody "
        "can say afterwards which pull request it was. Any step of the job, and whatever it "
        "installs, can take it along; it works until somebody rotates it."
    ),
    fix=(
        "Put the ci-tokengate step before it and use the job key instead: by the variables it "
        "sets, or by `${{ steps.gate.outputs.key }}` where an action wants an input. The only "
        "secret a workflow needs is the gate's own `proxy-key`."
    ),
    link="docs/rules/tg003.md",
)
