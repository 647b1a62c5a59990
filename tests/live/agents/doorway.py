"""The only way out of a run: a listener that notes each request and hands it to the proxy, or refuses it.

It listens on a Unix socket, because an agent runs in a network of its own; `inside.py` in there leads a port to it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer
from typing import Any

import httpx

REFUSAL_429 = (
    b'{"error":{"message":"Budget has been exceeded! Current cost: 0.0058, Max budget: 0.001",'
    b'"type":"budget_exceeded","param":null,"code":"429"}}'
)
"""What a LiteLLM says of a spent budget whose `budget_exceeded_status_code` is 429."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request that came through, the status it got, and the version the proxy says it has."""

    method: str
    path: str
    status: int
    headers: dict[str, str]
    proxy: str = ""

    @property
    def costs(self) -> bool:
        """Whether it asks a model for something (Claude Code begins with `HEAD /`, say)."""
        return self.method == "POST" and "count" not in self.path


class Doorway(ThreadingMixIn, UnixStreamServer):
    """Forwards to `target`, or answers everything with `refusal`, and keeps what it saw."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, path: Path, target: str, refusal: int = 0) -> None:
        super().__init__(str(path), _Handler)
        self.path = path
        self.target = target
        self.refusal = refusal
        self.seen: list[Request] = []
        self.client = httpx.Client(timeout=60, trust_env=False)

    @property
    def calls(self) -> list[Request]:
        return [request for request in self.seen if request.costs]

    @property
    def refused(self) -> list[Request]:
        return [request for request in self.calls if request.status >= 400]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Doorway

    def _pass(self) -> None:
        body = self._body()
        if self.server.refusal:
            self._note(self.server.refusal)
            self._answer(self.server.refusal, REFUSAL_429, "application/json")
            return
        drop = {"host", "connection", "content-length", "accept-encoding", "transfer-encoding"}
        headers = {k: v for k, v in self.headers.items() if k.lower() not in drop}
        answer = self.server.client.request(
            self.command, self.server.target + self.path, headers=headers, content=body
        )
        self._note(answer.status_code, answer.headers.get("x-litellm-version", ""))
        self._answer(
            answer.status_code, answer.content, answer.headers.get("content-type", "text/plain")
        )

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("content-length") or 0))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _note(self, status: int, proxy: str = "") -> None:
        headers = {k.lower(): v for k, v in self.headers.items()}
        self.server.seen.append(
            Request(
                method=self.command, path=self.path, status=status, headers=headers, proxy=proxy
            )
        )

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Silence."""


for _method in ("GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT"):
    setattr(_Handler, f"do_{_method}", _Handler._pass)


@contextmanager
def open_doorway(path: Path, target: str = "", refusal: int = 0) -> Iterator[Doorway]:
    with Doorway(path, target, refusal) as doorway:
        threading.Thread(target=doorway.serve_forever, args=(0.05,), daemon=True).start()
        yield doorway
        doorway.shutdown()
        doorway.client.close()
