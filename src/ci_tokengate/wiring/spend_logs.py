"""The log of a proxy and the pull requests of a code host, for whoever collects them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ci_tokengate.adapters.github_pulls import GitHubPulls
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.proxies.litellm.spend_log import LiteLLMLog
from ci_tokengate.adapters.proxies.litellm.team_log import LiteLLMTeamLog
from ci_tokengate.core.site import Site
from ci_tokengate.errors import CredentialError
from ci_tokengate.ports.pulls import PullHistory
from ci_tokengate.ports.spend_log import SpendLog
from ci_tokengate.ports.watch import TeamLog
from ci_tokengate.wiring.proxies import clock, one_line_secret


def _portkey(site: Site, key: str, who: str, deadline: Deadline) -> SpendLog:
    from ci_tokengate.adapters.proxies.portkey.spend_log import PortkeyLog

    return PortkeyLog(site, key, who=who, deadline=deadline, clock=clock())


def _openrouter(site: Site, key: str, who: str, deadline: Deadline) -> SpendLog:
    from ci_tokengate.adapters.proxies.openrouter.spend_log import OpenRouterLog

    return OpenRouterLog(site, key, who=who, deadline=deadline, clock=clock())


_LOGS: Mapping[str, Callable[[Site, str, str, Deadline], SpendLog]] = {
    "litellm": lambda site, key, who, deadline: LiteLLMLog(
        site.url, key, who=who, deadline=deadline, clock=clock()
    ),
    "portkey": _portkey,
    "openrouter": _openrouter,
}


_TEAM_LOGS: Mapping[str, Callable[[Site, str, str, Deadline], TeamLog]] = {
    "litellm": lambda site, key, who, deadline: LiteLLMTeamLog(
        site.url, key, who=who, deadline=deadline
    ),
}


def open_team_log(
    site: Site, reading_key: str, admin_key: str, deadline: Deadline
) -> TeamLog | None:
    """With the reading key, which is enough, or else with an admin key; None where there is neither,
    and where this kind of proxy tells no such thing.
    """
    who, key = ("reading key", reading_key) if reading_key.strip() else ("admin key", admin_key)
    if not key.strip() or site.kind not in _TEAM_LOGS:
        return None
    return _TEAM_LOGS[site.kind](site, one_line_secret(key, who), who, deadline)


def open_spend_log(site: Site, reading_key: str, minting_key: str, deadline: Deadline) -> SpendLog:
    """With the reading key where there is one. Raises CredentialError where there is no key at all."""
    if reading_key.strip():
        secret = one_line_secret(reading_key, "TOKENGATE_READING_KEY")
        return _LOGS[site.kind](site, secret, "reading key", deadline)
    if not minting_key.strip():
        raise CredentialError(
            "There is no key to read the proxy with.",
            hint="Set TOKENGATE_READING_KEY: docs/collect.md says how to make one.",
        )
    return _LOGS[site.kind](
        site, one_line_secret(minting_key, "proxy-key"), "minting key", deadline
    )


def open_pull_history(api_url: str, token: str, deadline: Deadline) -> PullHistory:
    secret = one_line_secret(token, "github-token")
    return GitHubPulls(api_url or "https://api.github.com", secret, deadline=deadline)
