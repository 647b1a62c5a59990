"""Policies to be judged, each a small change of one that nothing is said against."""

from __future__ import annotations

from ci_tokengate.adapters.policy.load import load_policy
from ci_tokengate.core.policy import Policy

GOOD = """\
version: 1
defaults: {team: payments, use-case: code-review}
models: {claude-haiku: fast, claude-sonnet: middle, claude-opus: strong}
teams:
  payments: {plan: 800}
  search: {plan: 200}
use-cases:
  completion: {tier: fast, models: [claude-haiku], cap-per-run: 1}
  code-review:
    tier: middle
    models: [claude-sonnet, claude-haiku]
    cap-per-run: 2
    cap-per-pr: 10
    when-amber: {models: [claude-haiku], route: {claude-sonnet: claude-haiku}}
"""


def changed(old: str = "", new: str = "") -> Policy:
    assert old in GOOD
    return load_policy(GOOD.replace(old, new) if old else GOOD, "p.yml")
