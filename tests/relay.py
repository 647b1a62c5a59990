"""A relay in front of a proxy that holds a chosen request back until it is let go."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


@dataclass
class Relay:
    """`hold` names the path to hold; `held` is set when it came, `release` lets it go on.

    after: True holds the answer back instead of the request. `log` is what passed, in order.
    """

    target: str
    hold: str = ""
    after: bool = False
    url: str = ""
    log: list[tuple[str, int]] = field(default_factory=list)
    held: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)

    def passed(self, path: str) -> list[int]:
        """The status of each answer that `path` got."""
        return [status for seen, status in self.log if seen == path]


@contextmanager
def relay_to(target: str, *, hold: str = "", after: bool = False) -> Iterator[Relay]:
    relay = Relay(target, hold, after)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(relay))
    server.daemon_threads = True
    relay.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield relay
    finally:
        relay.release.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


def _handler(relay: Relay) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

        def _wait(self, path: str, *, after: bool) -> None:
            if path == relay.hold and relay.after is after and not relay.held.is_set():
                relay.held.set()
                relay.release.wait(60)

        def _pass(self) -> None:
            path = self.path.split("?")[0]
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            self._wait(path, after=False)
            host = urlsplit(relay.target)
            connection = http.client.HTTPConnection(str(host.hostname), host.port, timeout=60)
            headers = {k: v for k, v in self.headers.items() if k.lower() != "host"}
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            data = answer.read()
            connection.close()
            relay.log.append((path, answer.status))
            self._wait(path, after=True)
            with suppress(OSError):
                self.send_response(answer.status)
                for name in ("content-type", "content-encoding", "location"):
                    if name in answer.headers:
                        self.send_header(name, answer.headers[name])
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        do_GET = do_POST = _pass  # noqa: N815 - the names that http.server looks for

    return Handler
