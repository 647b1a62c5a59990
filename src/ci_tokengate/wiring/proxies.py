"""The proxy that a command talks to, the clock, and chance."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from ci_tokengate.adapters.clock import SystemClock
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.core.policy import DEFAULT_PROXY
from ci_tokengate.core.site import Entrance, Site
from ci_tokengate.core.urls import bare_url, url_with_path
from ci_tokengate.errors import CredentialError, UsageError
from ci_tokengate.ports import Clock, Proxy

if TYPE_CHECKING:
    from ci_tokengate.core.keys import JobKey
    from ci_tokengate.core.policy import Policy

# An adapter is imported when its proxy is opened: post pays for one of them only.


def _litellm(site: Site, key: str, deadline: Deadline, clock: Clock) -> Proxy:
    from ci_tokengate.adapters.proxies.litellm.adapter import LiteLLM

    return LiteLLM(site.url, key, deadline=deadline, clock=clock)


def _portkey(site: Site, key: str, deadline: Deadline, clock: Clock) -> Proxy:
    from ci_tokengate.adapters.proxies.portkey.adapter import Portkey

    return Portkey(site, key, deadline=deadline, clock=clock)


def _openrouter(site: Site, key: str, deadline: Deadline, clock: Clock) -> Proxy:
    from ci_tokengate.adapters.proxies.openrouter.adapter import OpenRouter

    return OpenRouter(site, key, deadline=deadline, clock=clock)


_PROXIES: Mapping[str, Callable[[Site, str, Deadline, Clock], Proxy]] = {
    "litellm": _litellm,
    "portkey": _portkey,
    "openrouter": _openrouter,
}
KINDS = tuple(_PROXIES)


def _portkey_entrance(site: Site, job: JobKey | None) -> Entrance:
    from ci_tokengate.adapters.proxies.portkey.entrance import entrance

    return entrance(site, job)


def _openrouter_entrance(site: Site, job: JobKey | None) -> Entrance:
    from ci_tokengate.adapters.proxies.openrouter.entrance import entrance

    return entrance(site)


_ENTRANCES: Mapping[str, Callable[[Site, JobKey | None], Entrance]] = {
    "litellm": lambda site, job: Entrance(root=site.url),
    "portkey": _portkey_entrance,
    "openrouter": _openrouter_entrance,
}


def clock() -> Clock:
    return SystemClock()


def nonce() -> str:
    """Eight hex digits: tells the keys of one job apart."""
    return secrets.token_hex(4)


def proxy_kind(asked: str, policy: Policy | None) -> str:
    """Raises UsageError for a kind that there is no adapter for."""
    kind = asked or (policy.proxy_kind if policy else DEFAULT_PROXY)
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


def site(asked_kind: str, asked_url: str, policy: Policy | None) -> Site:
    """The proxy that is asked for, or else the policy's. Raises UsageError."""
    return Site(
        kind=proxy_kind(asked_kind, policy),
        url=proxy_url(asked_url, policy),
        control_url=control_url(policy),
        provider=policy.provider if policy else "",
    )


def control_url(policy: Policy | None) -> str:
    """Where the proxy is managed, if the policy says so. Raises UsageError."""
    if policy is None or not policy.control_url:
        return ""
    return url_with_path(policy.control_url, f"proxy.control-url in {policy.source}")


def entrance(site: Site, job: JobKey | None = None) -> Entrance:
    """How tools get in with a job's key."""
    return _ENTRANCES[site.kind](site, job)


def open_proxy(site: Site, key: str, deadline: Deadline) -> Proxy:
    """Raises CredentialError where there is no minting key at all."""
    if not key.strip():
        raise CredentialError(
            "proxy-key is empty: there is no minting key.",
            hint="Set the secret that the workflow names, for this repository or organisation; "
            "pull requests by Dependabot read Dependabot's secrets.",
        )
    return _PROXIES[site.kind](site, one_line_secret(key, "proxy-key"), deadline, clock())


def one_line_secret(text: str, what: str) -> str:
    """Without the white space around it. Raises CredentialError for what no header can carry."""
    secret = text.strip()
    if not all("!" <= char <= "~" for char in secret):
        raise CredentialError(
            f"{what} holds a character that no key has: a space, a line break or an accent.",
            hint="Set the secret again: one line, without quotes.",
        )
    return secret
