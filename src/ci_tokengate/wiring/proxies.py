"""The proxy that a command talks to, the clock, and chance."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from ci_tokengate.adapters.clock import SystemClock
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.proxies.litellm.adapter import LiteLLM
from ci_tokengate.core.urls import bare_url
from ci_tokengate.errors import CredentialError, UsageError
from ci_tokengate.ports import Clock, Proxy

if TYPE_CHECKING:
    from ci_tokengate.core.policy import Policy

_PROXIES: Mapping[str, Callable[[str, str, Deadline, Clock], Proxy]] = {
    "litellm": lambda url, key, deadline, clock: LiteLLM(url, key, deadline=deadline, clock=clock),
}


def clock() -> Clock:
    return SystemClock()


def nonce() -> str:
    """Eight hex digits: tells the keys of one job apart."""
    return secrets.token_hex(4)


def proxy_kind(asked: str, policy: Policy | None) -> str:
    """Raises UsageError for a kind that there is no adapter for."""
    kind = asked or (policy.proxy_kind if policy else "litellm")
    if kind not in _PROXIES:
        raise UsageError(
            f"There is no proxy of kind {kind[:40]!r}.", hint=f"There are: {', '.join(_PROXIES)}."
        )
    return kind


def proxy_url(asked: str, policy: Policy | None) -> str:
    """The bare address, from the caller or else from the policy. Raises UsageError."""
    if asked:
        return bare_url(asked, "proxy-url")
    if policy is not None and policy.proxy_url:
        return bare_url(policy.proxy_url, f"proxy.url in {policy.source}")
    raise UsageError(
        "No proxy is given.", hint="Set proxy.url in the policy, proxy-url, or TOKENGATE_PROXY_URL."
    )


def open_proxy(kind: str, url: str, key: str, deadline: Deadline) -> Proxy:
    """Raises CredentialError where there is no minting key at all."""
    if not key.strip():
        raise CredentialError(
            "proxy-key is empty: there is no minting key.",
            hint="Set the secret that the workflow names, for this repository or organisation; "
            "pull requests by Dependabot read Dependabot's secrets.",
        )
    return _PROXIES[kind](url, one_line_secret(key, "proxy-key"), deadline, clock())


def one_line_secret(text: str, what: str) -> str:
    """Without the white space around it. Raises CredentialError for what no header can carry."""
    secret = text.strip()
    if not all("!" <= char <= "~" for char in secret):
        raise CredentialError(
            f"{what} holds a character that no key has: a space, a line break or an accent.",
            hint="Set the secret again: one line, without quotes.",
        )
    return secret
