"""What the policy says to the scan of flows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Options:
    """proxy_hosts: hosts, without scheme, that are the proxy. proxy_kind: what it is. allowed_hosts: hosts that may be called directly."""

    proxy_kind: str = ""
    proxy_hosts: frozenset[str] = frozenset()
    allowed_hosts: frozenset[str] = frozenset()
