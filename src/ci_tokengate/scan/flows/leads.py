"""Where a base URL leads."""

from __future__ import annotations

from enum import IntEnum

from ci_tokengate.scan.flows.github.gate import host_of
from ci_tokengate.scan.flows.hosts import endpoints
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.values import Kind, Value, is_unknown


class Lead(IntEnum):
    """The worse, the higher."""

    PROXY = 0
    HIDDEN = 1
    """It is set to what only the run knows, such as `${{ vars.LLM_URL }}`."""

    UNKNOWN = 2
    NOWHERE = 3
    OTHER = 4
    PROVIDER = 5


def leads(value: Value, repo: Repository, hosts: frozenset[str] = frozenset()) -> tuple[Lead, str]:
    """The worst that the base URL can be, with its host."""
    return max(((_lead(text, repo, hosts | repo.hosts)) for text in value), key=lambda x: x[0])


def _lead(text: str, repo: Repository, hosts: frozenset[str]) -> tuple[Lead, str]:
    text = text.strip()
    if not text:
        return Lead.NOWHERE, ""
    hit = next(endpoints(text, repo.allowed), None)
    if hit:
        return Lead.PROVIDER, hit.host
    if repo.sources.has((text,), Kind.PROXY):
        return Lead.PROXY, ""
    host = host_of(text)
    if not host:
        return (Lead.HIDDEN if is_unknown(text) else Lead.UNKNOWN), ""
    known = hosts | repo.allowed
    if "." not in host and ":" not in text and "/" in text:
        return Lead.UNKNOWN, host
    return (Lead.PROXY if not hosts or host in known else Lead.OTHER), host
