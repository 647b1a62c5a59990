"""A key that reads all at the sandbox and changes nothing, as docs/collect.md makes it."""

from __future__ import annotations

from collections.abc import Iterable

from ci_tokengate.sandbox.state import Key, State, User, hashed
from tests.stage.world import World

READING_KEY = "sk-CanaryOfTheReadingKey0001"
ROUTES = [
    *("/spend/logs/v2", "/team/daily/activity", "/team/info", "/v2/team/list"),
    *("/key/info", "/key/list", "/v2/model/info"),
]


def make_reading_key(state: State, routes: Iterable[str] = ROUTES, key: str = READING_KEY) -> str:
    """Its value; made once."""
    with state.lock:
        now = state.now()
        state.users["ci-reader"] = User(user_id="ci-reader", role="proxy_admin_viewer", created=now)
        state.keys[hashed(key)] = Key(
            token=hashed(key),
            name=f"sk-...{key[-4:]}",
            alias="ci-reader",
            created=now,
            created_by="default_user_id",
            user_id="ci-reader",
            allowed_routes=list(routes),
        )
    return key


def reading_key(world: World, routes: Iterable[str] = ROUTES) -> str:
    return make_reading_key(world.sandbox.state, routes)
