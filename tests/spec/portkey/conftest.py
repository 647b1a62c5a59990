"""The sandbox's Portkey with its official description between it and the adapter.

adapter → watch → Prism, which checks both directions → sandbox
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.proxies.portkey.adapter import Portkey
from ci_tokengate.adapters.proxies.portkey.doctor import PortkeyDiagnosis
from ci_tokengate.adapters.proxies.portkey.spend_log import PortkeyLog
from ci_tokengate.core.site import Site
from ci_tokengate.sandbox.clock import WallClock
from ci_tokengate.sandbox.listen import listener_on, serving
from ci_tokengate.sandbox.portkey import PortkeySandbox, running_portkey
from ci_tokengate.wiring.proxies import clock
from tests.spec.conftest import _address, _prism
from tests.spec.description import PRISM
from tests.spec.portkey.description import names_of, official, operation_of, strict

_OURS_ALONE = ("host", "connection", "content-length", "accept-encoding", "transfer-encoding")


@dataclass
class Watch:
    """Remembers every violation, and which operations were seen. What has no key is not the admin API's: `bare`."""

    description: dict[str, Any]
    prism: str
    sandbox: str
    violations: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    bare: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = await self._answer(request, await request.body())
        await response(scope, receive, send)

    async def _answer(self, request: Request, body: bytes) -> Response:
        path, what = request.url.path, f"{request.method} {request.url.path}"
        template, operation = operation_of(self.description, request.method, path)
        self.seen.add(f"{request.method} {template}")
        unknown = set(request.query_params) - names_of(self.description, operation)
        if unknown or not template:
            self.violations.append(f"{what}: unknown {sorted(unknown) or 'path'}")
        if "x-portkey-api-key" not in request.headers:
            self.bare += 1
            return await self._send(f"{self.sandbox}/v1", request, body)
        told = await self._send(self.prism, request, body)
        if told.headers.get("content-type", "").startswith("application/problem+json"):
            said = json.loads(bytes(told.body))
            why = said.get("validation") or said.get("detail")
            self.violations.append(f"{what}: {said['title']}: {json.dumps(why)}")
        return told

    async def _send(self, to: str, request: Request, body: bytes) -> Response:
        headers = [(k, v) for k, v in request.headers.items() if k not in _OURS_ALONE]
        async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
            url = httpx.URL(f"{to}{request.url.path}")
            url = url.copy_with(query=request.url.query.encode() or None)
            got = await client.request(request.method, url, headers=headers, content=body)
        kept = {k: v for k, v in got.headers.items() if k in ("content-type", "date")}
        return Response(got.content, got.status_code, kept)


@dataclass(frozen=True, kw_only=True)
class Described:
    sandbox: PortkeySandbox
    watch: Watch
    site: Site

    def portkey(self, key: str = "") -> Portkey:
        secret = key or self.sandbox.minter_key
        return Portkey(self.site, secret, deadline=Deadline(60), clock=clock())

    def diagnosis(self) -> PortkeyDiagnosis:
        key = self.sandbox.workspace_key
        return PortkeyDiagnosis(self.site, key, deadline=Deadline(60), clock=clock())

    def log(self) -> PortkeyLog:
        key = self.sandbox.minter_key
        return PortkeyLog(self.site, key, who="minting key", deadline=Deadline(60), clock=clock())


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Described]:
    if not PRISM.exists():
        pytest.fail("Prism is not installed: `make test-spec` does it")
    whole = strict(official())
    folder = tmp_path_factory.mktemp("portkey")
    document = folder / "portkey.json"
    document.write_text(json.dumps(whole), encoding="utf-8")
    with (
        running_portkey(clock=WallClock(), whole_cents=True) as sandbox,
        _prism(document, f"{sandbox.url}/v1", folder / "prism.log") as prism,
        listener_on(0) as before,
    ):
        watch = Watch(whole, prism, sandbox.url)
        with serving(watch, before, name="watch"):
            site = Site(kind="portkey", url=sandbox.url, control_url=_address(before))
            yield Described(sandbox=sandbox, watch=watch, site=site)


@pytest.fixture
def described(running: Described) -> Iterator[Described]:
    running.watch.violations.clear()
    yield running
    assert running.watch.violations == []
