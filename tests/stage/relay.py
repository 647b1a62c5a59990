"""A forwarding proxy before the sandbox, which loses, spoils, delays or holds back what a rule names."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

Spoil = Callable[[Any], Any]


class Way(Enum):
    """What happens to a request that a rule names."""

    LOSE = auto()
    """It takes effect; the connection is reset instead of the answer."""
    BAD_GATEWAY = auto()
    """It takes effect; the answer is a 502 of a load balancer."""
    LATE = auto()
    """It takes effect; the answer comes when `release` is set."""
    HOLD = auto()
    """It takes effect only when `release` is set, or never: then nothing happens at all."""
    SPOIL = auto()
    """It takes effect; the body is what `spoil` makes of it, with `status` where that is given."""
    REFUSE = auto()
    """It never reaches the proxy; the answer is `status`."""


@dataclass
class Rule:
    path: str
    way: Way
    times: int = 1
    status: int = 0
    spoil: Spoil | None = None
    release: threading.Event = field(default_factory=threading.Event)
    came: threading.Event = field(default_factory=threading.Event)
    """The request has reached the relay."""
    done: threading.Event = field(default_factory=threading.Event)
    answer: tuple[int, bytes] | None = None
    """What the proxy said, once the request has taken effect."""


@dataclass
class Relay:
    url: str
    rules: list[Rule] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    gone: bool = False
    answered: list[tuple[str, int]] = field(default_factory=list)
    """Path and status of what the proxy was asked, in the order in which it answered."""

    def add(
        self, path: str, way: Way, *, times: int = 1, status: int = 0, spoil: Spoil | None = None
    ) -> Rule:
        """For the next `times` requests whose path starts with `path`."""
        rule = Rule(path, way, times, status, spoil)
        self.rules.append(rule)
        return rule

    def upstream_is_gone(self) -> None:
        """What is held now, and all that comes later, never arrives."""
        self.gone = True

    def count(self, path: str) -> int:
        return sum(seen.startswith(path) for seen in self.seen)


@contextmanager
def running_relay(upstream: str) -> Iterator[Relay]:
    relay = Relay(url="")
    server = _Server(relay, urlsplit(upstream).netloc)
    relay.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield relay
    finally:
        for rule in relay.rules:
            rule.release.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, relay: Relay, upstream: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.relay, self.upstream, self.lock = relay, upstream, threading.Lock()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        with contextlib.suppress(OSError):
            self._serve()

    def do_POST(self) -> None:
        self.do_GET()

    _upstreams_date: str | None = None

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The proxy's own clock, which is the one that counts."""
        return self._upstreams_date or super().date_time_string(timestamp)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the tests read `seen`."""

    def _serve(self) -> None:
        relay = self.server.relay
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        with self.server.lock:
            relay.seen.append(self.path)
            rule = next((r for r in relay.rules if r.times and self.path.startswith(r.path)), None)
            if rule is not None:
                rule.times -= 1
        if rule is None:
            self._send(*self._forward(body))
            return
        rule.came.set()
        try:
            self._misbehave(rule, body)
        finally:
            rule.done.set()

    def _misbehave(self, rule: Rule, body: bytes) -> None:
        if rule.way is Way.REFUSE:
            self._send(rule.status or 503, b"{}")
            return
        if rule.way is Way.HOLD:
            rule.release.wait(60)
        status, answer = rule.answer = self._forward(body)
        if rule.way is Way.LATE:
            rule.release.wait(60)
        if rule.way is Way.LOSE:
            self._reset()
        elif rule.way is Way.BAD_GATEWAY:
            self._send(502, b"<html>502 Bad Gateway</html>", "text/html")
        elif rule.spoil is not None:
            spoiled = json.dumps(rule.spoil(json.loads(answer))).encode()
            self._send(rule.status or status, spoiled)
        else:
            self._send(status, answer)

    def _forward(self, sent: bytes) -> tuple[int, bytes]:
        upstream = "127.0.0.1:9" if self.server.relay.gone else self.server.upstream
        connection = http.client.HTTPConnection(upstream, timeout=10)
        try:
            headers = {
                name: self.headers[name]
                for name in ("authorization", "content-type")
                if name in self.headers
            }
            connection.request(self.command, self.path, sent or None, headers)
            answer = connection.getresponse()
            body = answer.read()
            self.server.relay.answered.append((self.path.split("?")[0], answer.status))
            self._upstreams_date = answer.getheader("date")
            return answer.status, body
        finally:
            connection.close()

    def _send(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _reset(self) -> None:
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()
        self.close_connection = True
