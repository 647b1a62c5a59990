"""A server that misbehaves in one way at a time, deterministically.

The first part of a path names the fault, so `http://127.0.0.1:PORT/html_200` is a proxy that answers
everything with a web page; without one, `current` is the fault. `seen` counts the requests.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

GOOD = json.dumps({"key": "sk-test-not-a-secret", "expires": "2026-11-23T17:00:00Z"}).encode()


@dataclass
class Request:
    path: str
    authorization: str
    elsewhere: str
    """Where a redirect leads."""


Reply = Callable[[asyncio.StreamWriter, Request], Awaitable[None]]


@dataclass
class Faults:
    port: int = 0
    current: str = ""
    elsewhere: str = ""
    seen: list[Request] = field(default_factory=list)

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def url(self, fault: str) -> str:
        assert fault in FAULTS, fault
        return f"{self.root}/{fault}"

    def become(self, fault: str) -> str:
        """The bare address, from now on with this fault."""
        assert fault in FAULTS, fault
        self.current = fault
        self.seen.clear()
        return self.root


def _answer(
    status: int,
    body: bytes,
    *,
    kind: str = "application/json",
    extra: str = "",
    length: int | None = None,
) -> bytes:
    size = len(body) if length is None else length
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nConnection: close\r\n"
    return f"{head}Content-Length: {size}\r\n{extra}\r\n".encode("latin-1") + body


def _sends(status: int, body: bytes, **how: object) -> Reply:
    async def reply(writer: asyncio.StreamWriter, request: Request) -> None:
        writer.write(_answer(status, body, **how))  # type: ignore[arg-type]

    return reply


def _reset(writer: asyncio.StreamWriter) -> None:
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


async def _connection_reset(writer: asyncio.StreamWriter, request: Request) -> None:
    _reset(writer)


async def _reset_in_mid_body(writer: asyncio.StreamWriter, request: Request) -> None:
    writer.write(_answer(200, GOOD[:20], length=len(GOOD)))
    await writer.drain()
    await asyncio.sleep(0.02)
    _reset(writer)


async def _hang(writer: asyncio.StreamWriter, request: Request) -> None:
    await asyncio.sleep(60)


async def _drip(writer: asyncio.StreamWriter, parts: bytes) -> None:
    for byte in parts:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.05)


async def _slow_head(writer: asyncio.StreamWriter, request: Request) -> None:
    await _drip(writer, b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 4000)


async def _slow_body(writer: asyncio.StreamWriter, request: Request) -> None:
    writer.write(_answer(200, b"", length=4000))
    await _drip(writer, b" " * 4000)


async def _endless_body(writer: asyncio.StreamWriter, request: Request) -> None:
    """No length: the end of the connection is the end of the body, so a cut looks whole."""
    writer.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{}"
    )
    await _drip(writer, b" " * 4000)


async def _huge_body(writer: asyncio.StreamWriter, request: Request) -> None:
    writer.write(_answer(200, b"[", length=64 * 2**20))
    for _ in range(64):
        writer.write(b"0," * 2**19)
        await writer.drain()


async def _echo(writer: asyncio.StreamWriter, request: Request) -> None:
    said = {
        "error": {
            "message": f"you sent {request.authorization}",
            "type": "auth_error",
            "code": "400",
        }
    }
    writer.write(_answer(400, json.dumps(said).encode()))


async def _echo_500(writer: asyncio.StreamWriter, request: Request) -> None:
    said = {"error": {"message": f"failed for {request.authorization}", "type": "x", "code": "500"}}
    writer.write(_answer(500, json.dumps(said).encode()))


async def _redirect(writer: asyncio.StreamWriter, request: Request) -> None:
    writer.write(_answer(307, b"", extra=f"Location: {request.elsewhere}/steal\r\n"))


async def _garbage(writer: asyncio.StreamWriter, request: Request) -> None:
    writer.write(b"\x16\x03\x01 this is no HTTP\r\n\r\n")


FAULTS: Mapping[str, Reply] = {
    "connection_reset": _connection_reset,
    "reset_in_mid_body": _reset_in_mid_body,
    "hang": _hang,
    "slow_head": _slow_head,
    "slow_body": _slow_body,
    "endless_body": _endless_body,
    "huge_body": _huge_body,
    "garbage": _garbage,
    "echo_400": _echo,
    "echo_500": _echo_500,
    "truncated_json": _sends(200, GOOD[:20]),
    "html_200": _sends(200, b"<html>login</html>", kind="text/html"),
    "html_401": _sends(401, b"<html>log in</html>", kind="text/html"),
    "html_429": _sends(429, b"<html>slow down</html>", kind="text/html"),
    "html_502": _sends(502, b"<html>bad gateway</html>", kind="text/html"),
    "empty_200": _sends(200, b""),
    "429": _sends(429, b"{}", extra="Retry-After: 0\r\n"),
    "429_date": _sends(429, b"{}", extra="Retry-After: Mon, 23 Nov 2099 00:00:00 GMT\r\n"),
    "429_long": _sends(429, b"{}", extra=f"Retry-After: {'9' * 400}\r\n"),
    "429_odd": _sends(429, b"{}", extra="Retry-After: \u00b2\r\n"),
    "500": _sends(500, b'{"error":{"message":"Internal Server Error."}}'),
    "503": _sends(503, b"{}"),
    "bad_utf8": _sends(200, b'{"key":"\xff\xfe"}'),
    "schema_drift": _sends(200, b'{"data":{"token":"x"}}'),
    "deep_json": _sends(200, b"[" * 100_000),
    "odd_mint": _sends(200, b'{"key":"canary-of-a-minted-key-0001","token":null}'),
    "json_null": _sends(200, b"null"),
    "redirect": _redirect,
}


@contextmanager
def running_faults() -> Iterator[Faults]:
    faults = Faults()
    ready, loop = threading.Event(), asyncio.new_event_loop()
    thread = threading.Thread(target=_serve, args=(loop, faults, ready), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield faults
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)


def _serve(loop: asyncio.AbstractEventLoop, faults: Faults, ready: threading.Event) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            lines = head.split("\r\n")
            path = lines[0].split()[1]
            sent = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines[1:])}
            request = Request(path, sent.get("authorization", ""), faults.elsewhere)
            faults.seen.append(request)
            fault = path.strip("/").split("/")[0].split("?")[0]
            reply = FAULTS[fault if fault in FAULTS else faults.current]
            await reply(writer, request)
            await writer.drain()
        with contextlib.suppress(OSError, RuntimeError):
            writer.close()

    async def start() -> asyncio.Server:
        return await asyncio.start_server(handle, "127.0.0.1", 0)

    asyncio.set_event_loop(loop)
    server = loop.run_until_complete(start())
    faults.port = server.sockets[0].getsockname()[1]
    ready.set()
    loop.run_forever()
    server.close()
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
    loop.close()
