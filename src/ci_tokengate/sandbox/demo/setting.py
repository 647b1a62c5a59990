"""What the story is about: one pull request, its policy, and what its teams had spent before."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from ci_tokengate.sandbox.clock import Clock
from ci_tokengate.sandbox.demo.proxies import Playground, Sandbox
from ci_tokengate.sandbox.github import GitHubState, pull_request

REPOSITORY = "acme/shop"
NUMBER = 42
_POLICY = """\
version: 1
mode: enforce
defaults: {team: payments-squad, use-case: code-review}
teams:
  payments-squad: {plan: 800, cost-center: ENGG-PAYMENTS}
  search-squad:   {plan: 200, cost-center: ENGG-SEARCH}
use-cases:
  code-review: {models: [claude-sonnet]CONFIG, cap-per-run: 2.00, cap-per-pr: 10.00, ttl: 30m}
  fix-tests:   {models: [claude-haiku]CONFIG, cap-per-run: 0.05, cap-per-pr: 1.00, ttl: 30m}
"""
_OPEN = timedelta(minutes=1)
_SPENT = {"payments-squad": Decimal("495.20"), "search-squad": Decimal("312.40")}


def policy(playground: Playground, text: str = _POLICY) -> str:
    """`text` for this kind of proxy: with a config for each key, where the proxy wants one."""
    pinned = f", config: {playground.config}" if playground.config else ""
    return text.replace("CONFIG", pinned).replace("mode:", f"{playground.proxy}mode:")


def github_with_the_pull_request(clock: Clock, policy: str) -> GitHubState:
    """The policy stands at its base commit."""
    github = GitHubState(now=clock)
    pull = pull_request(NUMBER, opened=clock() - _OPEN)
    github.pulls[NUMBER] = pull
    github.files[(pull["base"]["sha"], ".github/tokengate.yml")] = policy
    return github


def spend_before(sandbox: Sandbox) -> None:
    """In US dollars, as if in the weeks before."""
    for name, amount in _SPENT.items():
        sandbox.spent_before(name, amount)
