"""What `doctor` looks at: opened as far as it can be, and what could not be, told."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ci_tokengate.adapters.github_doctor import GitHubRights
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.proxies.litellm.doctor import LiteLLMDiagnosis
from ci_tokengate.core.address import Address, judge
from ci_tokengate.core.check import fail
from ci_tokengate.core.policy import Policy
from ci_tokengate.core.site import Site
from ci_tokengate.ports import Clock, CommentRights, Diagnosis
from ci_tokengate.wiring.proxies import clock, control_url, one_line_secret, proxy_kind


def _portkey(site: Site, key: str, deadline: Deadline, clock: Clock) -> Diagnosis:
    from ci_tokengate.adapters.proxies.portkey.doctor import PortkeyDiagnosis

    return PortkeyDiagnosis(site, key, deadline=deadline, clock=clock)


def _openrouter(site: Site, key: str, deadline: Deadline, clock: Clock) -> Diagnosis:
    from ci_tokengate.adapters.proxies.openrouter.doctor import OpenRouterDiagnosis

    return OpenRouterDiagnosis(site, key, deadline=deadline, clock=clock)


_DIAGNOSES: Mapping[str, Callable[[Site, str, Deadline, Clock], Diagnosis]] = {
    "litellm": lambda site, key, deadline, clock: LiteLLMDiagnosis(
        site.url, key, deadline=deadline, clock=clock
    ),
    "portkey": _portkey,
    "openrouter": _openrouter,
}


def address(asked: str, policy: Policy | None) -> Address:
    """The caller's, or else the policy's."""
    if asked:
        return judge(asked, "proxy-url")
    if policy is not None and policy.proxy_url:
        return judge(policy.proxy_url, f"proxy.url in {policy.source}")
    change = "set proxy.url in the policy, or TOKENGATE_PROXY_URL"
    return Address(url="", checks=(fail("proxy", "no address of a proxy is given", change),))


def site(asked_kind: str, address: Address, policy: Policy | None) -> Site:
    """As `proxies.site`, with an address that may still be none. Raises UsageError."""
    return Site(
        kind=proxy_kind(asked_kind, policy),
        url=address.url,
        control_url=control_url(policy),
        provider=policy.provider if policy else "",
    )


def open_diagnosis(site: Site, key: str, deadline: Deadline) -> Diagnosis:
    return _DIAGNOSES[site.kind](site, one_line_secret(key, "proxy-key"), deadline, clock())


def open_comment_rights(
    api_url: str, token: str, deadline: Deadline, *, from_fork: bool
) -> CommentRights | None:
    """None without a token."""
    secret = one_line_secret(token, "github-token")
    if not secret:
        return None
    url = api_url or "https://api.github.com"
    return GitHubRights(url, secret, deadline=deadline, event_from_fork=from_fork)
