"""Agents that nothing brings to a proxy: billed by seat or by their vendor."""

from __future__ import annotations

from ci_tokengate.core.tools.unproxied import UNPROXIED
from ci_tokengate.scan.flows.agents.model import Agent

_SEAT = "it takes no address of yours and is billed by its vendor."

DROID = Agent(name="droid", label="Factory's droid", unmetered=_SEAT)
CURSOR = Agent(name="cursor", label="Cursor's CLI", unmetered=UNPROXIED["cursor"])
BUGBOT = Agent(name="bugbot", label="Bugbot", unmetered=UNPROXIED["bugbot"])
CODERABBIT = Agent(name="coderabbit", label="CodeRabbit", unmetered=UNPROXIED["coderabbit"])
SECURITY_REVIEW = Agent(
    name="claude-code-security-review",
    label="claude-code-security-review",
    keys=("ANTHROPIC_API_KEY",),
    provider="anthropic",
    unmetered=UNPROXIED["claude-code-security-review"],
)
GH_COPILOT = Agent(name="gh-copilot", label="gh copilot", unmetered=_SEAT)
AMP = Agent(name="amp", label="Amp", unmetered=_SEAT)
AUGGIE = Agent(name="auggie", label="Augment's auggie", unmetered=_SEAT)
AMAZON_Q = Agent(name="amazon-q", label="Amazon Q's CLI", unmetered=_SEAT)
KIRO = Agent(name="kiro", label="Kiro's CLI", unmetered=_SEAT)
JULES = Agent(name="jules", label="Jules", unmetered=_SEAT)
DEVIN = Agent(name="devin", label="Devin", unmetered=_SEAT)
ROVO = Agent(name="rovodev", label="Rovo Dev", unmetered=_SEAT)
JUNIE = Agent(name="junie", label="Junie", unmetered=_SEAT)
WARP = Agent(name="warp", label="Warp's agent", unmetered=_SEAT)
