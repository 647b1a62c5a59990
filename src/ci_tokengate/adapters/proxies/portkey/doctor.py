"""Portkey behind the Diagnosis port."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal

from ci_tokengate.adapters.http import Answer, Deadline
from ci_tokengate.adapters.proxies.knocking import REFUSED, Gateway, may
from ci_tokengate.adapters.proxies.portkey import keys, teams
from ci_tokengate.adapters.proxies.portkey.analytics import Query
from ci_tokengate.adapters.proxies.portkey.calls import KEY_HEADER, open_calls
from ci_tokengate.adapters.proxies.portkey.errors import code_of, message_of
from ci_tokengate.adapters.proxies.portkey.remedies import remedy
from ci_tokengate.adapters.proxies.rest import health
from ci_tokengate.core.diagnosis import Bound, Ceiling, Health, Knock, Lack, Minter, Trial
from ci_tokengate.core.keys import KeyRequest
from ci_tokengate.core.site import Site
from ci_tokengate.core.tools.dial import Dial
from ci_tokengate.errors import CredentialError, UsageError
from ci_tokengate.ports import Clock, LostAnswer

_TO_FORGET = 5.0
_NOBODY = "00000000-0000-4000-8000-000000000000"
_ANSWERED = (400, 412, 422)
"""A request without a question is refused like this, after the key was accepted."""
_TOO_LONG = timedelta(days=3650)


class PortkeyDiagnosis:
    """Implements ports.Diagnosis. `key` is the minting key."""

    def __init__(self, site: Site, key: str, *, deadline: Deadline, clock: Clock) -> None:
        self._key, self._clock = key, clock
        self._calls = open_calls(site, key, deadline=deadline)
        self._bare = open_calls(site, "", deadline=deadline)
        self._gateway = Gateway(
            site.url, deadline=deadline, answered=_ANSWERED, message_of=message_of
        )

    def health(self) -> Health:
        def like_it(answer: Answer) -> bool:
            refused = answer.status in REFUSED
            return refused and (bool(code_of(answer)) or "success" in (answer.body or {}))

        return health(self._bare, self._clock, f"{keys.PATH}?page_size=1", like_it=like_it)

    def minter(self, model: str) -> Minter:
        """Raises CredentialError where Portkey does not know the key at all."""
        if teams.credential(self._calls).is_admin:
            return Minter(is_admin=True)
        return Minter(
            ownerless=True,
            missing=tuple(self._missing()),
            calls_models=self._calls_models(model),
            raises_budgets=self._changes("PUT", f"/admin/workspaces/tokengate-{_NOBODY}"),
        )

    def _missing(self) -> Iterator[str]:
        now = self._clock.now()
        home = teams.workspaces(self._calls)[0] or "default"
        hour = Query(since=now - timedelta(hours=1), until=now, workspace=home)
        tries: tuple[tuple[str, str, str, Mapping[str, str]], ...] = (
            ("workspace_service_api_keys.read", "GET", f"{keys.PATH}/{_NOBODY}", {}),
            ("workspace_service_api_keys.delete", "DELETE", f"{keys.PATH}/{_NOBODY}", {}),
            ("analytics.view", "GET", "/analytics/graphs/requests", hour.params()),
            ("workspaces.read", "GET", f"/admin/workspaces/tokengate-{_NOBODY}", {}),
        )
        for scope, method, path, params in tries:
            allowed = (400, *REFUSED, 404)
            if self._calls.ask(method, path, params=params, allow=allowed).status in REFUSED:
                yield scope

    def _calls_models(self, model: str) -> bool | None:
        return self._gateway.calls_models("/v1/chat/completions", model, {KEY_HEADER: self._key})

    def _changes(self, method: str, path: str) -> bool | None:
        """Of what is not there: whoever may change it is told so."""
        return may(self._calls.http.call(method, path, body={}, repeatable=True))

    def trial(self, request: KeyRequest) -> Trial:
        """The smallest cap that there is; it is deleted at once, and nothing is asked with it."""
        if request.cap != 0:
            raise UsageError("A trial key has a cap of 0.")
        try:
            key, _ = keys.mint(self._calls, request, self._clock)
        except CredentialError as error:
            return Trial(key=None, lack=Lack.PERMISSION, said=error.message)
        except UsageError as error:
            return Trial(key=None, said=error.message)
        except LostAnswer as error:
            return Trial(key=None, said=f"no answer: {error}")
        return Trial(key=key)

    def bounds(self, request: KeyRequest) -> Iterator[Bound]:
        """Portkey judges no ceiling before it mints: what it mints here may call no model, and is deleted at once."""
        for ceiling, expires in ((Ceiling.LIFETIME, _TOO_LONG), (Ceiling.EXPIRY, None)):
            yield self._bound(ceiling, request, expires)
        limit = self._limit(request.team_id)
        for ceiling in (Ceiling.CAP, Ceiling.CAPPED):
            yield Bound(ceiling=ceiling, held=limit is not None, limit=limit)
        yield Bound(ceiling=Ceiling.TEAM, held=True)

    def _bound(self, ceiling: Ceiling, request: KeyRequest, ttl: timedelta | None) -> Bound:
        body = {
            **keys.mint_body(request, self._clock),
            "name": f"{request.alias}:bound",
            "scopes": ["workspaces.read"],
        }
        if ttl is None:
            del body["expires_at"]
        else:
            body["expires_at"] = f"{self._clock.now() + ttl:%Y-%m-%dT%H:%M:%SZ}"
        answer = self._calls.http.call(
            "POST", f"{keys.PATH}/workspace/service", body=body, repeatable=False
        )
        said = message_of(answer)
        if answer.status == 200:
            self.forget(f"{request.alias}:bound")
            return Bound(ceiling=ceiling, held=False)
        return Bound(ceiling=ceiling, held=True if answer.status == 400 else None, said=said)

    def _limit(self, slug: str) -> Decimal | None:
        found = teams.workspace(self._calls, slug)
        limits = (found.usage_limits or []) if found else []
        costs = [x.credit_limit for x in limits if x.credit_limit and x.type in (None, "cost")]
        return min(costs, default=None)

    def forget(self, alias: str) -> None:
        """With what the bounds may have left beside it."""
        with self._calls.http.at_least(_TO_FORGET):
            for key in [key for key in keys.listed(self._calls) if key.name.startswith(alias)]:
                keys.delete(self._calls, key.id)

    def knock(
        self, dial: Dial, *, paid: bool = False, headers: Mapping[str, str] | None = None
    ) -> Knock:
        return self._gateway.knock(dial, paid=paid, headers=headers)

    def forgery(self) -> Mapping[str, str]:
        """What a job would send to have its calls counted as another's."""
        return {"x-portkey-metadata": '{"tokengate_scope": "forged/forged#1"}'}

    def remedy(self, lack: Lack | Ceiling, **about: str) -> str:
        return remedy(lack, **about)
