"""`doctor` at the door of a gateway: whether a key gets in, and whether a credential could call models."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from ci_tokengate.adapters.http import Answer, JsonClient
from ci_tokengate.core.diagnosis import Knock
from ci_tokengate.core.tools.dial import Dial

REFUSED = (401, 403)


def knock(
    gateway: JsonClient,
    url: str,
    dial: Dial,
    *,
    paid: bool,
    headers: Mapping[str, str] | None,
    answered: Collection[int],
    message_of: Callable[[Answer], str],
) -> Knock:
    """answered: statuses of a request without a question, after its key was accepted."""
    if not dial.url.startswith(f"{url}/"):
        return Knock(reached=False, said=f"it would call {dial.url[:80]}, not {url}")
    answer = gateway.call(
        "POST",
        dial.url.removeprefix(url),
        body=dial.smallest_call() if paid else dial.question(),
        headers={**dial.headers, **(headers or {})},
        repeatable=not paid,
    )
    if paid and answer.status == 200:
        return Knock(reached=True, model=dial.model)
    said = message_of(answer) or f"HTTP {answer.status}"
    return Knock(reached=answer.status in answered and not paid, said=said)


def calls_models(
    gateway: JsonClient, path: str, model: str, headers: Mapping[str, str]
) -> bool | None:
    """The body asks nothing, so that even a key that may call spends nothing. None where nobody can say."""
    answer = gateway.call("POST", path, body={"model": model}, headers=headers, repeatable=True)
    return may(answer)


def may(answer: Answer) -> bool | None:
    """Whether whoever asked is allowed to; None where the answer does not tell."""
    if answer.status in REFUSED:
        return False
    return None if answer.status == 429 or answer.status >= 500 else True
