"""The files that `init` writes, as text."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from ci_tokengate import __version__
from ci_tokengate.core.model_tier import ModelTier
from ci_tokengate.core.policy import DEFAULT_PROXY
from ci_tokengate.core.setup import (
    POLICY_PATH,
    SETTLE_PATH,
    SWEEP_PATH,
    WORKFLOW_PATH,
    Change,
    Setup,
)
from ci_tokengate.core.starter import left_out
from ci_tokengate.render.scalar import scalar
from ci_tokengate.render.setup_policy import policy_text
from ci_tokengate.render.setup_workflows import SETTLE, SWEEP, WORKFLOW

ACTION = "org/ci-tokengate@v1"
SECRET = "TOKENGATE_MINTING_KEY"  # the name of a secret


def files_of(setup: Setup) -> dict[str, str]:
    """Path → text."""
    return {
        POLICY_PATH: policy_text(setup),
        WORKFLOW_PATH: WORKFLOW.format(
            action=ACTION,
            secret=SECRET,
            use_case=scalar(setup.use_case),
            tool=setup.agent.tool,
            export=setup.agent.export,
            steps=setup.agent.steps,
        ),
        SETTLE_PATH: SETTLE.format(action=ACTION, secret=SECRET),
        SWEEP_PATH: SWEEP.format(
            version=__version__,
            kind=""
            if setup.proxy_kind == DEFAULT_PROXY
            else f"TOKENGATE_PROXY: {setup.proxy_kind}\n          ",
            url=scalar(setup.proxy_url),
            secret=SECRET,
        ),
    }


def model_lines(setup: Setup) -> list[str]:
    """Which model was taken for which tier, and what could not be had of them."""
    told = "; ".join(
        f"{tier.value}: {', '.join(setup.models[tier])}" for tier in ModelTier if setup.models[tier]
    )
    lines = [f"· Models by tier: {told}. Where that is wrong: --model fast=…,middle=…,strong=…"]
    missing = [name for name in left_out(setup.models) if name != setup.use_case]
    if missing:
        names = ", ".join(missing)
        lines.append(f"! No model is cheap enough for {names}: these use cases were left out.")
    return lines


def differences(changes: Iterable[Change]) -> str:
    """What would change, as `diff -u` says it."""
    lines: list[str] = []
    for change in changes:
        lines += difflib.unified_diff(
            (change.before or "").splitlines(),
            change.after.splitlines(),
            "/dev/null" if change.before is None else f"a/{change.path}",
            f"b/{change.path}",
            lineterm="",
        )
    return "\n".join(lines)
