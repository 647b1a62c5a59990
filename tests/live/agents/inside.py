"""Runs a command in a network that has loopback only, with some ports led out through Unix sockets.

Called as `unshare -n python inside.py PORT=SOCKET… -- COMMAND…`; ends with the command's exit status. Without `unshare`
it leads the same ports out of the machine's own loopback.
"""

from __future__ import annotations

import fcntl
import socket
import struct
import subprocess
import sys
import threading

_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 0x1


def loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        request = struct.pack("16sh", b"lo", 0)
        _, flags = struct.unpack("16sh", fcntl.ioctl(s, _GET_FLAGS, request))
        if not flags & _UP:
            fcntl.ioctl(s, _SET_FLAGS, struct.pack("16sh", b"lo", flags | _UP))


def copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def lead_out(listener: socket.socket, path: str) -> None:
    while True:
        near, _ = listener.accept()
        far = socket.socket(socket.AF_UNIX)
        far.connect(path)
        for ends in ((near, far), (far, near)):
            threading.Thread(target=copy, args=ends, daemon=True).start()


def main(arguments: list[str]) -> int:
    split = arguments.index("--")
    loopback_up()
    for pair in arguments[:split]:
        port, _, path = pair.partition("=")
        listener = socket.create_server(("127.0.0.1", int(port)), backlog=64)
        threading.Thread(target=lead_out, args=(listener, path), daemon=True).start()
    return subprocess.run(arguments[split + 1 :], check=False).returncode % 256


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
