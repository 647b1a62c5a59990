"""Portkey's admin API, opened with one key."""

from __future__ import annotations

from functools import partial

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.proxies.portkey.errors import error_for
from ci_tokengate.adapters.proxies.rest import Rest
from ci_tokengate.core.site import Site

KEY_HEADER = "x-portkey-api-key"


def control_of(site: Site) -> str:
    """On Portkey's own servers the admin API is below /v1; a control plane of one's own says where it is."""
    return site.control_url.rstrip("/") or f"{site.url}/v1"


def open_calls(site: Site, key: str, *, deadline: Deadline, who: str = "minting key") -> Rest:
    headers = {KEY_HEADER: key} if key else {}
    return Rest(
        control_of(site),
        product="Portkey",
        headers=headers,
        deadline=deadline,
        error_for=partial(error_for, who=who),
    )
