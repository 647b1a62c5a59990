"""What stands before Prism: it knows what GitHub's description cannot say, and remembers every violation.

Validated by Prism: path, method, query, headers and body of a request; status, headers and body of an
answer, where the description lists that status. By this relay: names in a query that do not exist.
Not validated, and counted in `unvalidated`: GraphQL and `/repositories/{id}` (not described). A raw
read of a file is answered by the double, but its JSON twin goes through Prism. An answer with a status
that is not listed (401, 429, 502 mostly) passes, and Prism's warning is kept in `warnings`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ci_tokengate.sandbox.github.app import BASE
from ci_tokengate.sandbox.github.front import ABORT
from tests.spec.description import form, rows

_PROBLEM = "application/problem+json"
_OURS_ALONE = frozenset(
    [
        "host",
        "connection",
        "content-length",
        "accept-encoding",
        "transfer-encoding",
        "content-encoding",
        "date",
        "server",
    ]
)


@dataclass
class Relay:
    """`description` is the slice; `prism` and `double` are addresses without a path."""

    description: dict[str, Any]
    prism: str
    double: str
    violations: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    unvalidated: list[str] = field(default_factory=list)
    validated: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = await request.body()
        path = request.url.path.removeprefix(BASE)
        try:
            response = await self._answer(request, path, body)
        except httpx.TransportError:
            scope[ABORT]()
            return
        await response(scope, receive, send)

    async def _answer(self, request: Request, path: str, body: bytes) -> Response:
        what = f"{request.method} {path}"
        if path == "/api/graphql" or path.startswith("/repositories/"):
            self.unvalidated.append(what)
            return _passed_on(await self._send(self.double, request.url.path, request, body))
        unknown = self._unknown_names(request, path)
        if unknown:
            self.violations.append(
                f"{what}: the query has names that GitHub does not know: {unknown}"
            )
            return Response(json.dumps({"title": "Invalid query", "names": unknown}), 422)
        told = await self._send(self.prism, _for_prism(request.method, path), request, body)
        self._note(what, told)
        if "raw" in request.headers.get("accept", "") and request.method == "GET":
            return _passed_on(await self._send(self.double, request.url.path, request, body))
        return _passed_on(told)

    async def _send(self, to: str, path: str, request: Request, body: bytes) -> httpx.Response:
        headers = [(k, v) for k, v in request.headers.items() if k not in _OURS_ALONE]
        if to == self.prism:
            headers = [
                (k, v.replace("raw+json", "json") if k == "accept" else v) for k, v in headers
            ]
        async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
            url = httpx.URL(f"{to}{path}").copy_with(query=request.url.query.encode() or None)
            return await client.request(request.method, url, headers=headers, content=body)

    def _note(self, what: str, told: httpx.Response) -> None:
        if told.headers.get("content-type", "").startswith(_PROBLEM):
            said = told.json()
            why = said.get("validation") or said.get("detail")
            self.violations.append(f"{what}: {said['title']}: {json.dumps(why)}")
        elif "sl-violations" in told.headers:
            self.warnings.append(f"{what}: {told.status_code}: {told.headers['sl-violations']}")
        else:
            self.validated += 1

    def operation(self, method: str, path: str) -> dict[str, Any]:
        """What GitHub says of it; empty for a path that is not one of the double's."""
        template = template_of(method, path)
        for described, methods in self.description["paths"].items():
            if template is not None and form(described) == form(template):
                return dict(methods[method.lower()])
        return {}

    def _unknown_names(self, request: Request, path: str) -> list[str]:
        operation = self.operation(request.method, path)
        listed = {self._resolved(each)["name"] for each in operation.get("parameters", [])}
        return sorted(set(request.query_params) - listed) if operation else []

    def _resolved(self, parameter: dict[str, Any]) -> dict[str, Any]:
        if "$ref" not in parameter:
            return parameter
        name = parameter["$ref"].rpartition("/")[2]
        return dict(self.description["components"]["parameters"][name])


def template_of(method: str, path: str) -> str | None:
    """The double's template; None for a path that it does not know, which Prism will refuse."""
    for template, row in rows():
        if row.method == method and _pattern(template).fullmatch(path):
            return template
    return None


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{[^}]*?(:path)?\}", template)
    text = re.escape(parts[0])
    for several, rest in zip(parts[1::2], parts[2::2], strict=True):
        text += ("(?P<several>.+)" if several else "[^/]+") + re.escape(rest)
    return re.compile(text)


def _for_prism(method: str, path: str) -> str:
    """To it a field is one segment; GitHub's `x-multi-segment` is unknown to it."""
    template = template_of(method, path)
    found = _pattern(template).fullmatch(path) if template else None
    if found is None or "several" not in found.re.groupindex:
        return quote(path)
    start, end = found.span("several")
    return quote(path[:start]) + quote(path[start:end], safe="") + quote(path[end:])


def _passed_on(told: httpx.Response) -> Response:
    response = Response(told.content, told.status_code)
    kept = Headers(headers=dict(told.headers)).items()
    for name, value in kept:
        if name.lower() not in _OURS_ALONE and not name.lower().startswith("access-control"):
            response.headers[name] = value
    return response
