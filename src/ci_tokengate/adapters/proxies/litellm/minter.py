"""What the minting credential may do, tried out: each right by a call that changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from ci_tokengate.adapters.http import Answer
from ci_tokengate.adapters.proxies.litellm import bodies
from ci_tokengate.adapters.proxies.litellm.calls import Calls
from ci_tokengate.adapters.proxies.litellm.errors import raise_for, refuse_nonsense, type_of
from ci_tokengate.core.diagnosis import Minter
from ci_tokengate.ports import Clock

NEEDED = (
    "/key/generate",
    "/key/delete",
    "/key/info",
    "/key/list",
    "/team/info",
    "/spend/logs/v2",
)
_HARMLESS = frozenset({"/spend/logs"})
_NOBODY = "tokengate-doctor-no-such-team"
_REFUSED = (401, 403)
_TRIED: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "/key/delete": ("POST", {"keys": ["0" * 64]}),
    "/key/list": ("GET", {"size": "1"}),
    "/team/info": ("GET", {}),
    "/spend/logs/v2": ("GET", {"page_size": "1"}),
}
"""`/key/generate` is tried by each trial key, `/key/info` by asking for our own."""


def minter(calls: Calls, clock: Clock, model: str) -> Minter:
    """Raises CredentialError where the proxy does not know the key at all."""
    listing = calls.get("/user/list", {"page": "1", "page_size": "1"}, allow=_REFUSED)
    if listing.status == 200:
        return Minter(is_admin=True)
    own = calls.get("/key/info", allow=(401, 403, 404))
    if own.status in (401, 404):
        raise_for(listing if own.status == 404 else own, calls.url, "looking the minting key up")
    known = _described(calls, own)
    routes = known.info.allowed_routes
    spare = () if routes is None else sorted({*routes} - {*NEEDED} - _HARMLESS)
    return Minter(
        id=known.key,
        user_id=known.info.user_id,
        expires_at=known.info.expires,
        missing=tuple(_missing(calls, own, clock)),
        spare=tuple(spare),
        unlimited=routes == [],
        calls_models=_calls_models(calls, model),
        raises_budgets=_raises_budgets(calls),
    )


def _described(calls: Calls, own: Answer) -> bodies.Described:
    if own.status != 200:
        return bodies.Described(info=bodies.DescribedKey())
    return calls.parse(bodies.Described, own)


def _missing(calls: Calls, own: Answer, clock: Clock) -> list[str]:
    today = clock.now()
    days = {"start_date": f"{today:%Y-%m-%d}", "end_date": f"{today + timedelta(days=1):%Y-%m-%d}"}
    found = ["/key/info"] if own.status == 403 else []
    for path, (how, what) in _TRIED.items():
        if how == "POST":
            answer = calls.post(path, what)
        else:
            params = {**what, **(days if path.startswith("/spend") else {})}
            answer = calls.get(path, params, allow=(400, 401, 403, 404, 422))
        if answer.status >= 500:
            calls.fail_if_database_is_down()
        if answer.status in _REFUSED:
            found.append(path)
    return found


def _calls_models(calls: Calls, model: str) -> bool | None:
    """The body asks nothing, so that even a key that may call spends nothing."""
    answer = calls.post("/v1/messages", {"model": model})
    if answer.status in _REFUSED:
        return False
    if type_of(answer) == "budget_exceeded" or answer.status in (429, 500, 502, 503, 504):
        return None
    return True


def _raises_budgets(calls: Calls) -> bool | None:
    """Of a team that is not there: whoever may change teams is told so (404)."""
    answer = calls.http.call("POST", "/team/update", body={"team_id": _NOBODY}, repeatable=True)
    refuse_nonsense(answer, calls.url)
    if answer.status in _REFUSED:
        return False
    return None if answer.status == 429 or answer.status >= 500 else True
