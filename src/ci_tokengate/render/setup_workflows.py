"""The workflows that `init` writes, as templates for `str.format`."""

from __future__ import annotations

WORKFLOW = """\
# An agent on pull requests, behind the budget gate. Pin each action to a commit; Dependabot keeps the pins.
name: AI review
on: pull_request
permissions: {{}}
concurrency:
  group: ai-review-${{{{ github.ref }}}}
  cancel-in-progress: true
jobs:
  review:
    name: Review
    runs-on: ubuntu-latest
    timeout-minutes: 20
    permissions:
      contents: read # the policy of the base commit
      pull-requests: write # comments
    steps:
      - uses: actions/checkout@v5
        with:
          persist-credentials: false
      - uses: {action}
        id: gate
        with:
          use-case: {use_case}
          proxy-key: ${{{{ secrets.{secret} }}}}
          tools: {tool}
          export: {export}
          on-hard-stop: skip
{steps}"""

SWEEP = """\
# Revokes job keys that outlived their job, because the machine was lost before the post step.
name: Sweep job keys
on:
  schedule:
    - cron: "17 * * * *"
permissions: {{}}
concurrency: tokengate-sweep
jobs:
  sweep:
    name: Sweep
    runs-on: ubuntu-latest
    timeout-minutes: 5
    permissions:
      actions: read # is the run of a key still going?
    steps:
      - run: pipx install ci-tokengate=={version} # zizmor: ignore[adhoc-packages] in a step without a secret
      - run: ci-tokengate sweep
        env:
          {kind}TOKENGATE_PROXY_URL: {url}
          TOKENGATE_PROXY_KEY: ${{{{ secrets.{secret} }}}}
          GITHUB_TOKEN: ${{{{ github.token }}}}
"""

SETTLE = """\
# The final figure of each pull request: when it is closed, and every night for what was provisional.
name: Settle AI costs
on:
  pull_request:
    types: [closed]
  schedule:
    - cron: "23 3 * * *"
permissions: {{}}
concurrency: tokengate-settle-${{{{ github.event.number || 'all' }}}}
jobs:
  settle:
    name: Settle
    runs-on: ubuntu-latest
    timeout-minutes: 10
    permissions:
      contents: read # the policy
      pull-requests: write # the comment
    steps:
      - uses: {action}
        id: settle
        with:
          mode: settle
          proxy-key: ${{{{ secrets.{secret} }}}}
"""
