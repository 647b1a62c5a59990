"""The proxy's address, as every part of the product expects it: bare."""

from __future__ import annotations

from urllib.parse import urlsplit

from ci_tokengate.errors import UsageError

_EXAMPLE = "Give the bare address, such as https://llm.acme.example."


def bare_url(text: str, what: str) -> str:
    """`text` without a slash at its end. Raises UsageError for anything but scheme, host and port.

    A path would break half of the tools, which append `/v1` or nothing by their own habits.
    """
    url = text.strip().rstrip("/")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UsageError(f"{what} is not a URL: {_shown(text)}.", hint=_EXAMPLE) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise UsageError(f"{what} is not an http(s) URL: {_shown(text)}.", hint=_EXAMPLE)
    if parts.username or parts.password:
        raise UsageError(f"{what} carries a user or password.", hint=_EXAMPLE)
    if parts.path or parts.query or parts.fragment:
        tail = f"{parts.path}{'?…' if parts.query else ''}"
        raise UsageError(
            f"{what} ends in {tail[:40] or '#…'}, but must be the proxy's bare address.",
            hint=f"Use {parts.scheme}://{parts.netloc}: each tool gets /v1 where it needs it.",
        )
    return url


def url_with_path(text: str, what: str) -> str:
    """The same for an address that may have a path. Raises UsageError."""
    url = text.strip().rstrip("/")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise UsageError(f"{what} is not a URL: {_shown(text)}.", hint=_EXAMPLE) from None
    bare_url(f"{parts.scheme}://{parts.netloc}" if parts.scheme else url, what)
    if parts.query or parts.fragment:
        raise UsageError(f"{what} has more than a path.", hint="Leave out what follows ? or #.")
    return url


def _shown(text: str) -> str:
    """What stands before an @ can be a password."""
    before, at, rest = text.rpartition("@")
    return repr((f"…@{rest}" if at and before else text)[:80])
