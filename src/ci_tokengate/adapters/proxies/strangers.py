"""Answers that are no proxy's at all: a redirect, a web page, a success that is no JSON."""

from __future__ import annotations

from ci_tokengate.adapters.http import Answer
from ci_tokengate.errors import ProxyUnavailableError, UsageError


def refuse_strangers(answer: Answer, url: str, *, like: str, setting: str, final: str) -> None:
    """Raises UsageError for what shows without parsing a success.

    like: whom the answer should be of. setting: where `url` is set. final: what to do where it redirects.
    """
    if 300 <= answer.status < 400:
        raise UsageError(
            f"{url} redirects to another address; credentials are never sent along.", hint=final
        )
    if answer.status < 500 and answer.status != 429 and answer.is_html:
        raise UsageError(
            f"{url} answers with a web page, not as {like} does (HTTP {answer.status}).",
            hint=f"Set {setting} to the proxy's bare address; a login page in front of it "
            "must let CI through.",
        )


def refuse_broken(answer: Answer, url: str) -> None:
    """Raises ProxyUnavailableError where a success is not whole JSON."""
    if answer.status < 300 and answer.body is None:
        raise ProxyUnavailableError(
            f"{url} sent an answer that is not whole JSON (HTTP {answer.status}).",
            hint="Try again; if it stays so, ask whoever runs the proxy.",
        )
