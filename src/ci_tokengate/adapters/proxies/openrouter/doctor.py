"""OpenRouter behind the Diagnosis port."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from ci_tokengate.adapters.http import Answer, Deadline
from ci_tokengate.adapters.proxies.knocking import REFUSED, Gateway
from ci_tokengate.adapters.proxies.openrouter import keys, minting
from ci_tokengate.adapters.proxies.openrouter.calls import message_of, open_calls
from ci_tokengate.adapters.proxies.openrouter.entrance import entrance
from ci_tokengate.adapters.proxies.rest import health
from ci_tokengate.core.diagnosis import Bound, Ceiling, Health, Knock, Lack, Minter, Trial
from ci_tokengate.core.keys import KeyRequest
from ci_tokengate.core.site import Site
from ci_tokengate.core.tools.dial import Dial
from ci_tokengate.errors import UsageError
from ci_tokengate.ports import Clock, LostAnswer

_TO_FORGET = 5.0
_ANSWERED = (400, 402, 422)
"""A request without a question is refused like this, after the key was accepted."""
_TRIAL = Decimal("0.01")
"""USD: whether a limit of 0 is one is documented nowhere. Nothing is asked with the key."""
_REMEDIES: Mapping[Lack | Ceiling, str] = {
    Lack.LEAST_PRIVILEGE: "use a management key, which can call no model",
    Lack.TEAM: "set the team's `id` in the policy to a workspace's id, or to `default`",
    Lack.TEAM_BUDGET: "OpenRouter has no budget of a workspace: the account's credit is the only stop",
    Lack.EXPIRY: "make a new management key and set the secret that proxy-key comes from",
    Ceiling.CAP: "keep the management key where few workflows can read it: the account's credit is the only bound",
    Lack.SERVED: "use a name of openrouter.ai/models, such as anthropic/claude-sonnet-4.5",
}


class OpenRouterDiagnosis:
    """Implements ports.Diagnosis. `key` is the management key."""

    def __init__(self, site: Site, key: str, *, deadline: Deadline, clock: Clock) -> None:
        self._site, self._key, self._clock = site, key, clock
        self._calls = open_calls(site, key, deadline=deadline)
        self._bare = open_calls(site, "", deadline=deadline)
        self._gateway = Gateway(
            site.url, deadline=deadline, answered=_ANSWERED, message_of=message_of
        )

    def health(self) -> Health:
        def like_it(answer: Answer) -> bool:
            return answer.status in REFUSED and "error" in (answer.body or {})

        return health(self._bare, self._clock, keys.PATH, like_it=like_it)

    def minter(self, model: str) -> Minter:
        """Raises CredentialError where it is no management key."""
        next(keys.listed(self._calls), None)
        return Minter(ownerless=True, calls_models=self._calls_models(model), raises_budgets=False)

    def _calls_models(self, model: str) -> bool | None:
        path = f"{entrance(self._site).root.removeprefix(self._site.url)}/v1/chat/completions"
        return self._gateway.calls_models(path, model, {"authorization": f"Bearer {self._key}"})

    def trial(self, request: KeyRequest) -> Trial:
        if request.cap != 0:
            raise UsageError("A trial key has a cap of 0.")
        try:
            key = minting.mint(self._calls, replace(request, cap=_TRIAL), self._clock)
        except UsageError as error:
            return Trial(key=None, said=error.message)
        except LostAnswer as error:
            return Trial(key=None, said=f"no answer: {error}")
        return Trial(key=key)

    def bounds(self, request: KeyRequest) -> Iterator[Bound]:
        """None: OpenRouter has no ceilings, which is a capability that it lacks."""
        return iter(())

    def forget(self, alias: str) -> None:
        """Deleted: a trial key has no usage to be read."""
        with self._calls.http.at_least(_TO_FORGET):
            for key in [key for key in keys.everywhere(self._calls) if key.name == alias]:
                self._calls.ask(
                    "DELETE", f"{keys.PATH}/{key.hash}", allow=(404,), doing="deleting a trial key"
                )

    def knock(
        self, dial: Dial, *, paid: bool = False, headers: Mapping[str, str] | None = None
    ) -> Knock:
        return self._gateway.knock(dial, paid=paid, headers=headers)

    def forgery(self) -> Mapping[str, str]:
        return {}

    def remedy(self, lack: Lack | Ceiling, **about: str) -> str:
        return _REMEDIES.get(lack, "see docs/openrouter.md")
