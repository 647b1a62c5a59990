"""What the policy says to a scan, read from the disk or from a commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ci_tokengate.adapters.git import raw
from ci_tokengate.errors import UsageError
from ci_tokengate.scan.flows.options import Options
from ci_tokengate.scan.scope import Scope
from ci_tokengate.wiring.repositories import repository

if TYPE_CHECKING:
    from ci_tokengate.adapters.policy.load_scan import Scanned


def scope_of(path: str, required: bool) -> Scope:
    """From the policy on the disk; without one nothing is excluded. Raises PolicyError."""
    data = raw.read_raw(path)
    if isinstance(data, str):
        if required:
            raise UsageError(f"The policy {path} cannot be read ({data}).", hint="See --policy.")
        return Scope()
    return _scope(data, path)


def scope_at(base: str, path: str) -> Scope:
    """From the policy as it is at `base`: no change excludes itself (DESIGN D7). Raises PolicyError."""
    from ci_tokengate.adapters.git import changes  # a tree's scan needs none of it

    data = changes.file_at(repository().root, base, path)
    return _scope(data, f"{path}@{base}") if data is not None else Scope()


def _scope(data: bytes, path: str) -> Scope:
    from ci_tokengate.adapters.policy.load_scan import load_scan  # a tenth of a second

    return scope_from(load_scan(data.decode("utf-8", "replace"), path))


def scope_from(policy: Scanned) -> Scope:
    from urllib.parse import urlsplit

    host = urlsplit(policy.proxy_url or "").hostname
    options = Options(
        proxy_kind=policy.proxy_kind,
        proxy_hosts=frozenset({host} if host else ()),
        allowed_hosts=frozenset(h.lower() for h in policy.scan.allowed_hosts),
    )
    return Scope(exclude=policy.scan.exclude, options=options)
