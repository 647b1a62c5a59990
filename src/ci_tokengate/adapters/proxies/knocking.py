"""`doctor` at the door of a gateway: whether a key gets in, and whether a credential could call models."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from ci_tokengate.adapters.http import Answer, Deadline, JsonClient
from ci_tokengate.core.diagnosis import Knock
from ci_tokengate.core.tools.dial import Dial

REFUSED = (401, 403)


class Gateway:
    """Where tools call. It has no credential of its own: tools send the job key their own way, and the minting
    key must not ride along.

    answered: statuses of a request without a question, after its key was accepted.
    """

    def __init__(
        self,
        url: str,
        *,
        deadline: Deadline,
        answered: Collection[int],
        message_of: Callable[[Answer], str],
    ) -> None:
        self._url, self._answered, self._message_of = url, answered, message_of
        self._http = JsonClient(url, name=url, headers={}, deadline=deadline)

    def knock(self, dial: Dial, *, paid: bool, headers: Mapping[str, str] | None) -> Knock:
        if not dial.url.startswith(f"{self._url}/"):
            said = f"it would call {dial.url[:80]}, not {self._url}"
            return Knock(reached=False, said=said)
        answer = self._http.call(
            "POST",
            dial.url.removeprefix(self._url),
            body=dial.smallest_call() if paid else dial.question(),
            headers={**dial.headers, **(headers or {})},
            repeatable=not paid,
        )
        if paid and answer.status == 200:
            return Knock(reached=True, model=dial.model)
        said = self._message_of(answer) or f"HTTP {answer.status}"
        return Knock(reached=answer.status in self._answered and not paid, said=said)

    def calls_models(self, path: str, model: str, headers: Mapping[str, str]) -> bool | None:
        """Whether who sends `headers` may call `model`; None where nobody can say.

        The body asks nothing, so that even a key that may call spends nothing.
        """
        return may(
            self._http.call("POST", path, body={"model": model}, headers=headers, repeatable=True)
        )


def may(answer: Answer) -> bool | None:
    """Whether whoever asked is allowed to; None where the answer does not tell."""
    if answer.status in REFUSED:
        return False
    return None if answer.status == 429 or answer.status >= 500 else True
