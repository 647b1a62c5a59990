"""The connection of one client, which can be cut when an exchange takes too long as a whole.

A client's timeouts bound single reads: a server that sends a byte now and then never meets them.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Event, Timer
from typing import Any

import httpx

_OPENED = (".connect_tcp.complete", ".start_tls.complete")


class Line:
    """For one exchange at a time."""

    def __init__(self) -> None:
        self._stream: Any = None
        self._over = Event()

    def trace(self, name: str, info: Mapping[str, Any]) -> None:
        """The `trace` extension of a request: tells which connection it goes over.

        Source: https://www.encode.io/httpcore/extensions/#trace
        """
        if name.endswith(_OPENED):
            self._stream = info["return_value"]
            if self._over.is_set():
                self._shut()

    @contextmanager
    def cut_after(self, seconds: float) -> Iterator[None]:
        """Raises httpx.ReadTimeout where the block lasts longer; what it read until then is void."""
        self._over.clear()
        timer = Timer(seconds, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        except httpx.TransportError as error:
            if self._over.is_set():
                raise httpx.ReadTimeout("too slow as a whole") from error
            raise
        finally:
            timer.cancel()
        if self._over.is_set():
            raise httpx.ReadTimeout("too slow as a whole")

    def _cut(self) -> None:
        self._over.set()
        self._shut()

    def _shut(self) -> None:
        """Wakes the reader up, which closing would not. Past TLS, whose farewell could block."""
        found = self._stream.get_extra_info("socket") if self._stream is not None else None
        if found is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(found, socket.SHUT_RDWR)
