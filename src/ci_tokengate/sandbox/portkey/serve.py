"""Serves the sandbox's Portkey on a loopback port, in a thread."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from ci_tokengate.sandbox.clock import Clock, WallClock, next_reset
from ci_tokengate.sandbox.listen import listener_on, serving
from ci_tokengate.sandbox.portkey.app import build
from ci_tokengate.sandbox.portkey.keys import SCOPES, iso
from ci_tokengate.sandbox.portkey.state import Call, Key, State, Workspace, new_id
from ci_tokengate.sandbox.serve import dated

_TEAMS = {"payments-squad": 1200, "search-squad": 200, "platform": None}
"""Each team's workspace, and its usage limit in USD."""


@dataclass(frozen=True, kw_only=True)
class PortkeySandbox:
    """A running Portkey. `minter_key` is the organisation's, `workspace_key` mints for payments-squad only."""

    url: str
    admin_key: str = field(repr=False)
    minter_key: str = field(repr=False)
    workspace_key: str = field(repr=False)
    state: State = field(repr=False)

    def flush(self) -> None:
        self.state.flush()

    def log_total(self) -> Decimal:
        """USD of all calls with a job key."""
        with self.state.lock:
            ours = (call for call in self.state.calls if "tokengate_key" in call.metadata)
            return sum((call.cost for call in ours), Decimal(0))

    def spent_before(self, team: str, amount: Decimal) -> None:
        """As if by other keys, at the period's begin."""
        with self.state.lock:
            now = self.state.now()
            self.state.workspaces[team].spent += amount
            self.state.calls.append(
                Call(
                    at=now.replace(day=1, hour=0, minute=0, second=0, microsecond=0),
                    key_id=new_id(),
                    workspace=team,
                    provider="anthropic",
                    model="claude-sonnet",
                    cost=amount,
                    tokens=1,
                    status=200,
                    metadata={},
                )
            )


@contextmanager
def running_portkey(
    *,
    port: int = 0,
    clock: Clock | None = None,
    delay: timedelta = timedelta(0),
    whole_cents: bool = False,
) -> Iterator[PortkeySandbox]:
    """Until the end of the block. `delay` is how late its analytics are."""
    state = State(clock=clock or WallClock(), delay=delay, whole_cents=whole_cents)
    state.configs["pc-ci"] = ["claude-sonnet", "claude-haiku"]
    for slug, limit in _TEAMS.items():
        state.workspaces[slug] = Workspace(slug=slug, name=slug)
        if limit is not None:
            state.workspaces[slug].limits = [
                {
                    "type": "cost",
                    "credit_limit": limit,
                    "periodic_reset": "monthly",
                    "next_usage_reset_at": iso(next_reset("30d", state.now())),
                }
            ]
    admin = _seeded(state, "admin", "", [*SCOPES, "organisation_users.list", "workspaces.update"])
    minter = _seeded(state, "ci-minter", "", list(SCOPES))
    confined = _seeded(state, "ci-minter-payments", "payments-squad", list(SCOPES))
    with listener_on(port) as listener:
        sandbox = PortkeySandbox(
            url=f"http://127.0.0.1:{listener.getsockname()[1]}",
            admin_key=admin,
            minter_key=minter,
            workspace_key=confined,
            state=state,
        )
        app = dated(build(state), state.now)
        with serving(app, listener, name="portkey sandbox", dated=False):
            yield sandbox


def _seeded(state: State, name: str, workspace: str, scopes: list[str]) -> str:
    key = Key(
        id=new_id(),
        secret=f"pk-{name}-{secrets.token_hex(8)}",
        body={"name": name, "scopes": scopes},
        workspace=workspace,
        created=state.now(),
        expires=None,
    )
    state.keys[key.id] = key
    return key.secret
