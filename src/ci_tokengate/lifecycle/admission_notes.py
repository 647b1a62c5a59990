"""What the reader of a verdict should know besides, one sentence each."""

from __future__ import annotations

from ci_tokengate.core.cap import (
    Cap,
    lifetime,
)
from ci_tokengate.core.capabilities import Capabilities, shortfalls, steps_words
from ci_tokengate.core.policy import Mode, Policy, Routing, UseCase
from ci_tokengate.core.tier import routing_at
from ci_tokengate.core.verdict import Verdict
from ci_tokengate.lifecycle.ask import Ask
from ci_tokengate.render.money import usd


def proxy_notes(
    able: Capabilities, use_case: UseCase, routing: Routing, cap: Cap
) -> tuple[str, ...]:
    """What the proxy makes of the cap, and what it does not hold the key to."""
    rounded: tuple[str, ...] = ()
    if cap.rounded_up:
        rounded = (
            f"{able.product} caps keys in {steps_words(able.cap_step)}: "
            f"this one's cap of {usd(cap.left)} is {usd(cap.amount)}.",
        )
    return (*rounded, *shortfalls(able, use_case, routing))


def policy_notes(policy: Policy, use_case: UseCase, ask: Ask, verdict: Verdict) -> tuple[str, ...]:
    """Inputs may only lower what the policy says; a higher one has no effect, and is told."""
    notes = []
    meant = routing_at(use_case, verdict.tier, Mode.ENFORCE)
    if policy.mode is Mode.OBSERVE and meant != use_case.routing and not verdict.would_block:
        notes.append(
            f"Nothing is routed down in observe mode; enforcement would have given "
            f"{use_case.name} {', '.join(meant.models)} in {verdict.tier.value}."
        )
    if ask.max_budget is not None and ask.max_budget > use_case.cap_per_run:
        notes.append(
            f"max-budget is above the policy's cap-per-run of {use_case.name}; the policy's holds."
        )
    if ask.ttl is not None and ask.ttl > lifetime(policy, use_case, None):
        notes.append(f"ttl is above the policy's for {use_case.name}; the policy's holds.")
    return tuple(notes)
