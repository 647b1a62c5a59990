"""The teams' budgets at the proxy, and with whose key."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.proxies.litellm.budgets import LiteLLMBudgets
from ci_tokengate.core.site import Site
from ci_tokengate.errors import UsageError
from ci_tokengate.ports.budgets import TeamBudgets
from ci_tokengate.wiring.proxies import one_line_secret

_BUDGETS: Mapping[str, Callable[[Site, str, str, Deadline], TeamBudgets]] = {
    "litellm": lambda site, key, who, deadline: LiteLLMBudgets(
        site.url, key, who=who, deadline=deadline
    ),
}


def open_to_read(
    site: Site, *, reading_key: str, admin_key: str, deadline: Deadline
) -> TeamBudgets:
    """With the reading key, which is enough, or else with an admin key. Raises UsageError."""
    opened = _of(site)
    who, key = ("reading key", reading_key) if reading_key.strip() else ("admin key", admin_key)
    if not key.strip():
        raise UsageError(
            "It takes a key that sees all teams, and none is given.",
            hint="Set TOKENGATE_READING_KEY (docs/collect.md says how to make one).",
        )
    return opened(site, one_line_secret(key, who), who, deadline)


def open_to_change(site: Site, *, admin_key: str, deadline: Deadline) -> TeamBudgets:
    """Raises UsageError where no admin key is given."""
    opened = _of(site)
    if not admin_key.strip():
        raise UsageError(
            "It takes an admin key to change a team's budget, and none is given.",
            hint="Set TOKENGATE_ADMIN_KEY for this one command; it belongs in no repository.",
        )
    return opened(site, one_line_secret(admin_key, "admin key"), "admin key", deadline)


def _of(site: Site) -> Callable[[Site, str, str, Deadline], TeamBudgets]:
    if site.kind not in _BUDGETS:
        raise UsageError(
            f"Budgets of all teams cannot be read or set at a proxy of kind {site.kind}.",
            hint="`gate`, `key` and `settle` judge a team by the policy's plan all the same.",
        )
    return _BUDGETS[site.kind]
