"""A key that reads all at the sandbox and changes nothing, as docs/collect.md makes it."""

from __future__ import annotations

from ci_tokengate.sandbox.state import Key, User, hashed
from tests.stage.world import World

READING_KEY = "sk-CanaryOfTheReadingKey0001"
ROUTES = [
    *("/spend/logs/v2", "/team/daily/activity", "/team/info", "/v2/team/list"),
    *("/key/info", "/key/list", "/v2/model/info"),
]


def reading_key(world: World, routes: list[str] = ROUTES) -> str:
    """Its value; made once."""
    state = world.sandbox.state
    with state.lock:
        now = state.now()
        state.users["ci-reader"] = User(user_id="ci-reader", role="proxy_admin_viewer", created=now)
        state.keys[hashed(READING_KEY)] = Key(
            token=hashed(READING_KEY),
            name="sk-...0001",
            alias="ci-reader",
            created=now,
            created_by="default_user_id",
            user_id="ci-reader",
            allowed_routes=list(routes),
        )
    return READING_KEY
