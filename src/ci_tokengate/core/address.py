"""The address of a proxy as it was given, and what is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from ci_tokengate.core.check import Check, fail, warn
from ci_tokengate.core.urls import bare_url
from ci_tokengate.errors import UsageError

_SUBJECT = "proxy"


@dataclass(frozen=True, kw_only=True)
class Address:
    """`url` is what is asked, empty where nothing can be; `checks` is what is wrong with the given."""

    url: str
    checks: tuple[Check, ...] = ()


def judge(text: str, what: str) -> Address:
    """An address with a path is a mistake, but is gone on with: the rest may be right."""
    try:
        url = bare_url(text, what)
    except UsageError as error:
        url = _without_path(text, what)
        if not url:
            return Address(url="", checks=(fail(_SUBJECT, error.message, error.hint),))
        path = urlsplit(text.strip()).path
        sentence = f"{error.message} {_made_of(path)}".replace("..", ".")
        return Address(url=url, checks=(fail(_SUBJECT, sentence, f"set {what} to {url}"),))
    return Address(url=url, checks=unencrypted(url, what))


def _without_path(text: str, what: str) -> str:
    parts = urlsplit(text.strip()) if "://" in text else None
    try:
        return bare_url(f"{parts.scheme}://{parts.netloc}", what) if parts else ""
    except UsageError:
        return ""


def _made_of(path: str) -> str:
    if path.rstrip("/").endswith("/v1"):
        return "Tools add /v1 themselves, so some would call /v1/v1. Looked at without it."
    if "//" in path:
        return "A double slash leads to no route of the proxy. Looked at without it."
    return "Looked at without it."


def unencrypted(url: str, what: str) -> tuple[Check, ...]:
    """Nothing for this machine and for names that only the local network knows."""
    parts = urlsplit(url)
    if parts.scheme == "https" or _is_local(parts.hostname or ""):
        return ()
    sentence = f"{url} is not encrypted: whoever is on the way can read the keys."
    return (warn(_SUBJECT, sentence, f"set {what} to https://{parts.netloc}"),)


def _is_local(host: str) -> bool:
    """This machine, or a name that only the local network knows, such as a service's."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return "." not in host or host.endswith(".localhost")
