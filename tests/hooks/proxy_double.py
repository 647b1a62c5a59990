"""An HTTP server that plays the proxy for the fetch-only revocation: it records, and answers as told."""

from __future__ import annotations

import json
import socket
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Request:
    path: str
    authorization: str
    body: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    text: str = "{}"
    headers: tuple[tuple[str, str], ...] = ()
    hang: bool = False


def closed_port() -> int:
    """A port nobody listens on. (A low one would not do: fetch refuses some by their number.)"""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class ProxyDouble:
    """Answers come in the order they were given; the last is repeated."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self._answers: list[Answer] = []
        self._over = threading.Event()
        double = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                double._handle(self)

            do_GET = do_POST  # noqa: N815

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def answers(
        self, status: int, text: str = "{}", *headers: tuple[str, str], hang: bool = False
    ) -> None:
        self._answers.append(Answer(status=status, text=text, headers=headers, hang=hang))

    def _handle(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("content-length", 0))
        self.requests.append(
            Request(
                path=handler.path,
                authorization=handler.headers.get("authorization", ""),
                body=json.loads(handler.rfile.read(length) or b"{}"),
            )
        )
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if answer.hang:
            self._over.wait(40)
            return
        body = answer.text.encode()
        handler.send_response(answer.status)
        for name, value in (*answer.headers, ("content-length", str(len(body)))):
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    def __enter__(self) -> ProxyDouble:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
