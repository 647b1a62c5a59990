"""Serves the sandbox's OpenRouter on a loopback port, in a thread."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ci_tokengate.sandbox.clock import Clock, WallClock
from ci_tokengate.sandbox.listen import listener_on, serving
from ci_tokengate.sandbox.openrouter.app import build
from ci_tokengate.sandbox.openrouter.state import State
from ci_tokengate.sandbox.serve import dated


@dataclass(frozen=True, kw_only=True)
class OpenRouterSandbox:
    """A running OpenRouter. `minter_key` is its management key."""

    url: str
    minter_key: str = field(repr=False)
    state: State = field(repr=False)


@contextmanager
def running_openrouter(*, port: int = 0, clock: Clock | None = None) -> Iterator[OpenRouterSandbox]:
    """Until the end of the block."""
    key = f"sk-or-v1-management-{secrets.token_hex(16)}"
    state = State(clock=clock or WallClock(), management_key=key)
    with listener_on(port) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        app = dated(build(state), state.now)
        with serving(app, listener, name="openrouter sandbox", dated=False):
            yield OpenRouterSandbox(url=url, minter_key=key, state=state)
