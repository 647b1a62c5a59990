"""The action's inputs, checked before anything is done. The runner enforces none of action.yml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from ci_tokengate.core.comments import Behavior
from ci_tokengate.core.durations import parse_duration
from ci_tokengate.core.money import parse_cap, parse_usd
from ci_tokengate.core.policy import OnError
from ci_tokengate.core.tools.registry import select
from ci_tokengate.core.tools.tool import Tool
from ci_tokengate.errors import UsageError
from ci_tokengate.lifecycle.ask import Ask
from ci_tokengate.scan.suppress import OTHERS

OFF = "off"
"""The value of `comment` that writes none."""


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """As action.yml names them; `on_error` None is the policy's."""

    mode: str
    ask: Ask
    proxy: str
    proxy_url: str
    proxy_key: str = field(repr=False)
    github_token: str = field(repr=False)
    tools: Sequence[Tool]
    export: str
    on_hard_stop: str
    on_fork: str
    on_error: OnError | None
    on_cap: str
    policy: str
    comment: str
    comment_above: Decimal
    sarif: str
    baseline: str
    honor: Sequence[str]
    ledger_url: str = field(default="", repr=False)


def read_inputs(env: Mapping[str, str]) -> Inputs:
    """From the runner's `INPUT_…` variables. Raises UsageError for the first bad one."""

    def given(name: str) -> str:
        return env.get(f"INPUT_{name.upper()}", "").strip()

    def choice(name: str, *allowed: str) -> str:
        value = given(name) or allowed[0]
        if value not in allowed:
            raise UsageError(
                f"{name} is {value[:40]!r}.", hint=f"Set it to one of: {', '.join(allowed)}."
            )
        return value

    on_error = given("on-error") and choice("on-error", "block", "skip")
    max_budget, ttl = given("max-budget"), given("ttl")
    return Inputs(
        mode=choice("mode", "key", "gate", "settle", "scan"),
        ask=Ask(
            team=given("team"),
            use_case=given("use-case"),
            max_budget=parse_cap(max_budget, "max-budget") if max_budget else None,
            ttl=parse_duration(ttl, "ttl") if ttl else None,
        ),
        proxy=given("proxy"),
        proxy_url=given("proxy-url"),
        proxy_key=given("proxy-key"),
        github_token=given("github-token"),
        tools=select((given("tools") or "auto").replace(",", " ").split()),
        export=choice("export", "env", "output", "both"),
        on_hard_stop=choice("on-hard-stop", "fail", "skip"),
        on_fork=choice("on-fork", "skip", "fail"),
        on_error=OnError(on_error) if on_error else None,
        on_cap=choice("on-cap", "warn", "fail"),
        policy=given("policy"),
        comment=choice("comment", *(b.value for b in Behavior), OFF),
        comment_above=parse_usd(given("comment-above") or "0", "comment-above"),
        sarif=given("sarif-file"),
        baseline=given("baseline"),
        honor=_scanners(given("honor")),
        ledger_url=given("ledger-url") or env.get("TOKENGATE_LEDGER_URL", "").strip(),
    )


def _scanners(text: str) -> Sequence[str]:
    """Raises UsageError for a scanner whose comments are not known."""
    names = text.replace(",", " ").split()
    for name in names:
        if name not in OTHERS:
            raise UsageError(f"honor names {name[:40]!r}.", hint=f"There are: {', '.join(OTHERS)}.")
    return names
