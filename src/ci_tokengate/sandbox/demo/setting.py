"""What the story is about: one pull request, its policy, and what its teams had spent before."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from ci_tokengate.sandbox.clock import Clock
from ci_tokengate.sandbox.github import GitHubState, pull_request
from ci_tokengate.sandbox.serve import Sandbox

REPOSITORY = "acme/shop"
NUMBER = 42
PAUSE = timedelta(minutes=1)
"""Between the last job's end and the merge; longer than a proxy takes to write its last rows."""

POLICY = """\
version: 1
mode: enforce
defaults: {team: payments-squad, use-case: code-review}
teams:
  payments-squad: {plan: 800, cost-center: ENGG-PAYMENTS}
  search-squad:   {plan: 200, cost-center: ENGG-SEARCH}
use-cases:
  code-review: {models: [claude-sonnet], cap-per-run: 2.00, cap-per-pr: 10.00, ttl: 30m}
  fix-tests:   {models: [claude-haiku], cap-per-run: 0.05, cap-per-pr: 1.00, ttl: 30m}
"""
_SPENT = {"payments-squad": Decimal("495.20"), "search-squad": Decimal("312.40")}


def github_with_the_pull_request(clock: Clock) -> GitHubState:
    """The policy stands at its base commit."""
    github = GitHubState(now=clock)
    pull = pull_request(NUMBER, opened=clock() - PAUSE)
    github.pulls[NUMBER] = pull
    github.files[(pull["base"]["sha"], ".github/tokengate.yml")] = POLICY
    return github


def spend_before(sandbox: Sandbox) -> None:
    """In US dollars, as if in the weeks before."""
    with sandbox.state.lock:
        for name, amount in _SPENT.items():
            team = sandbox.state.teams[name]
            team.spend = team.counted = amount
