"""A real, headless Chromium, spoken to over its debugging pipe: no driver and no port.

Source: https://chromedevtools.github.io/devtools-protocol/ and Chromium's --remote-debugging-pipe,
which reads commands on descriptor 3 and writes answers and events on 4, each ended by a zero byte.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

Json = dict[str, Any]
LAUNCH = """
import fcntl, os, sys
read, write = (fcntl.fcntl(int(fd), fcntl.F_DUPFD, 10) for fd in sys.argv[1:3])
os.dup2(read, 3)
os.dup2(write, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Becomes Chromium, with the pipe where it looks for it."""


def chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("google-chrome")


@dataclass
class Seen:
    """What a page looked like, and what it asked the network for."""

    png: bytes
    requests: list[str]
    complaints: list[str]
    width: int
    scroll_width: int
    inner: Json = field(default_factory=dict)


class Browser:
    def __init__(self, to: IO[bytes], back: IO[bytes]) -> None:
        self._to, self._back = to, back
        self._number = 0
        self.events: list[Json] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session: str = attached["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.ask(f"{domain}.enable")

    def look(
        self,
        file: Path,
        *,
        width: int = 1200,
        scheme: str = "light",
        script: str = "null",
        height: int = 0,
    ) -> Seen:
        """The page in a window of this width, whole or down to `height`; `script` is evaluated in it."""
        self.events.clear()
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.ask("Emulation.setEmulatedMedia", media="screen", features=features)
        metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
        self.ask("Emulation.setDeviceMetricsOverride", **metrics)
        self.ask("Page.navigate", url=file.as_uri())
        while not any(e["method"] == "Page.loadEventFired" for e in self.events):
            self.events.append(self._read())
        size = self.ask("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": width, "height": height or size["height"], "scale": 1}
        shot = self.ask("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
        widths = self._value("[innerWidth, document.documentElement.scrollWidth]")
        inner = self._value(script) or {}
        return Seen(
            png=base64.b64decode(shot["data"]),
            requests=[
                e["params"]["request"]["url"]
                for e in self.events
                if e["method"] == "Network.requestWillBeSent"
            ],
            complaints=[
                e["params"]["entry"]["text"] for e in self.events if e["method"] == "Log.entryAdded"
            ],
            width=widths[0],
            scroll_width=widths[1],
            inner=inner,
        )

    def print(self) -> bytes:
        """The page that was looked at last, as the PDF that a printer gets."""
        self.ask("Emulation.setEmulatedMedia", media="print")
        printed = self.ask("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        return base64.b64decode(printed["data"])

    def _value(self, script: str) -> Any:
        found = self.ask("Runtime.evaluate", expression=script, returnByValue=True)
        return found["result"].get("value")

    def ask(self, method: str, **params: Any) -> Json:
        return self.call(method, session=self._session, **params)

    def call(self, method: str, *, session: str = "", **params: Any) -> Json:
        self._number += 1
        body: Json = {"id": self._number, "method": method, "params": params}
        if session:
            body["sessionId"] = session
        self._to.write(json.dumps(body).encode() + b"\0")
        self._to.flush()
        while True:
            said = self._read()
            if said.get("id") == self._number:
                assert "error" not in said, said
                return dict(said["result"])
            self.events.append(said)

    def _read(self) -> Json:
        parts = bytearray()
        while not parts.endswith(b"\0"):
            byte = self._back.read(1)
            if not byte:
                raise AssertionError("Chromium went away")
            parts += byte
        return dict(json.loads(parts[:-1]))


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """Ends with the block; `profile` is its folder."""
    found = chromium()
    assert found is not None
    (their_in, our_out), (our_in, their_out) = os.pipe(), os.pipe()
    flags = "--headless --no-sandbox --disable-gpu --hide-scrollbars --disable-dev-shm-usage"
    command = [found, *flags.split(), "--no-first-run", "--remote-debugging-pipe"]
    start = [sys.executable, "-c", LAUNCH, str(their_in), str(their_out)]
    running = subprocess.Popen(
        [*start, *command, f"--user-data-dir={profile}", "about:blank"],
        pass_fds=(their_in, their_out),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(their_in)
    os.close(their_out)
    try:
        with os.fdopen(our_out, "wb") as to, os.fdopen(our_in, "rb") as back:
            yield Browser(to, back)
    finally:
        running.terminate()
        try:
            running.wait(20)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait(20)
