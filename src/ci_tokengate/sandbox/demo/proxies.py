"""The proxies that the demo can be played on, and what differs in the telling."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Protocol

import httpx

from ci_tokengate.sandbox.clock import Clock
from ci_tokengate.sandbox.portkey import running_portkey
from ci_tokengate.sandbox.serve import running_sandbox


class Sandbox(Protocol):
    """Money in USD."""

    @property
    def url(self) -> str: ...

    @property
    def minter_key(self) -> str: ...

    def flush(self) -> None: ...

    def log_total(self) -> Decimal: ...

    def spent_before(self, team: str, amount: Decimal) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Playground:
    """proxy: the policy's section of it; config: what it pins on each key. headers: what an agent sends besides, given its environment.

    fill: a call that fills the cap of fix-tests; past_cap: the status of the next. pause: from the last job to the
    merge, longer than the proxy takes to write; later, told: what is said of it. where: how it is set up for real.
    """

    kind: str
    running: Callable[[Clock], AbstractContextManager[Sandbox]]
    headers: Callable[[Mapping[str, str]], Mapping[str, str]]
    past_cap: int
    fill: str
    pause: timedelta
    told: str
    where: str
    later: str = "A minute later"
    config: str = ""
    proxy: str = ""

    def price(self, answer: httpx.Response) -> str:
        """What the proxy says that a call cost, if it does."""
        cost = answer.headers.get("x-litellm-response-cost")
        return f"${cost}" if cost else "answered"


@contextmanager
def _litellm(clock: Clock) -> Iterator[Sandbox]:
    with running_sandbox(flush_every=timedelta(seconds=0.5), clock=clock) as sandbox:
        yield sandbox


@contextmanager
def _portkey(clock: Clock) -> Iterator[Sandbox]:
    with running_portkey(clock=clock) as sandbox:
        yield sandbox


def _custom(env: Mapping[str, str]) -> Mapping[str, str]:
    """As Claude Code reads them."""
    lines = env.get("ANTHROPIC_CUSTOM_HEADERS", "").splitlines()
    pairs = (line.partition(": ") for line in lines)
    return {name: value for name, _, value in pairs}


PLAYGROUNDS: Mapping[str, Playground] = {
    "litellm": Playground(
        kind="litellm",
        running=_litellm,
        headers=lambda env: {},
        past_cap=422,
        fill="in=22000 out=1500",
        pause=timedelta(minutes=1),
        told="The minute passed on the sandbox's clocks only. A figure settles 20 s after the last key's end, by when "
        "a proxy has written all of its log.",
        where="README.md, “Setting up LiteLLM”",
    ),
    "portkey": Playground(
        kind="portkey",
        running=_portkey,
        headers=_custom,
        past_cap=412,
        fill="in=40000 out=190000",
        pause=timedelta(minutes=3),
        told="The minutes passed on the sandbox's clocks only. How late Portkey's analytics are is documented nowhere: "
        "a figure is held to be settled 2 min after the last key's end.",
        where="docs/portkey.md",
        later="Three minutes later",
        config="pc-ci",
        proxy='proxy: {kind: portkey, provider: "@anthropic-prod"}\n',
    ),
}
