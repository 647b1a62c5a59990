"""What is no ledger, or one in trouble: one sentence, a hint, an exit code, and nothing half-written."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import URL, make_url

from ci_tokengate.adapters.ledger.failures import told
from ci_tokengate.adapters.ledger.store import SqlLedger
from ci_tokengate.core.ledger.records import Accepted
from ci_tokengate.errors import TokengateError, UndecidedError, UsageError
from tests.adapters.ledger.made import At, cell, key, opened, total

MANY = [cell(number) for number in range(1, 400)]


def _run(url: str, statement: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _file(tmp_path: Path) -> Path:
    return tmp_path / "l.db"


def test_a_ledger_of_a_newer_schema_is_refused(url: str) -> None:
    opened(url).close()
    _run(url, "UPDATE ledger_schema SET version_num = '9999'")
    with pytest.raises(UsageError, match=r"has schema 9999, which is newer") as caught:
        opened(url)
    assert "Update ci-tokengate" in caught.value.hint


def test_a_database_of_something_else_is_left_alone(url: str) -> None:
    _run(url, "CREATE TABLE entries (id INTEGER)")
    with pytest.raises(UsageError, match="is no ledger, but holds tables of something else"):
        opened(url)
    _run(url, "SELECT id FROM entries")


def test_postgresql_may_hold_other_tables_beside_the_ledgers(postgres_url: str) -> None:
    _run(postgres_url, "CREATE TABLE weather (id INTEGER)")
    with opened(postgres_url) as ledger:
        assert ledger.accept([cell()], [key()]) == Accepted(new=1)


def test_an_empty_file_becomes_a_ledger(tmp_path: Path) -> None:
    _file(tmp_path).touch()
    with opened(f"sqlite:///{_file(tmp_path)}") as ledger:
        assert ledger.accept([cell()], [key()]) == Accepted(new=1)


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    _file(tmp_path).write_text("team,cost\n" * 500)
    with pytest.raises(UsageError, match="is no ledger: it is not an SQLite file"):
        opened(f"sqlite:///{_file(tmp_path)}")
    assert _file(tmp_path).read_text() == "team,cost\n" * 500


def test_a_read_only_ledger_says_so(tmp_path: Path) -> None:
    opened(f"sqlite:///{_file(tmp_path)}").close()
    with opened(f"sqlite:///file:{_file(tmp_path)}?mode=ro&uri=true") as ledger:
        assert ledger.repositories() == []
        with pytest.raises(UsageError, match="is read-only") as caught:
            ledger.accept([cell()], [key()])
    assert "the right to write the file and its folder" in caught.value.hint


def _write_many(url: str) -> None:
    with opened(url) as ledger:
        ledger.accept(MANY, [])


@pytest.mark.parametrize("page", [3, 60])
def test_a_damaged_ledger_says_so(page: int, tmp_path: Path) -> None:
    """In what is read at the opening, and in what is only read later."""
    url = f"sqlite:///{_file(tmp_path)}"
    with opened(url) as ledger:
        ledger.accept(MANY, [key()])
    data = bytearray(_file(tmp_path).read_bytes())
    data[4096 * page :] = b"\xaa" * (len(data) - 4096 * page)
    _file(tmp_path).write_bytes(data)
    with pytest.raises(UsageError, match="is damaged") as caught:
        _write_many(url)
    assert "collect, which rebuilds it" in caught.value.hint


def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    with opened(f"sqlite:///{_file(tmp_path)}") as ledger:
        ledger.accept([cell()], [key()])
        limit: Callable[..., Any] = lambda raw, _: raw.execute("PRAGMA max_page_count = 40")  # noqa: E731
        ledger.close()
        event.listen(ledger._session.engine, "connect", limit)
        with pytest.raises(UndecidedError, match="has no room left on its disk") as caught:
            ledger.accept(MANY, [key(2)])
        assert "nothing is doubled" in caught.value.hint
        assert total(ledger) == 1
        event.remove(ledger._session.engine, "connect", limit)
        ledger.close()
        assert ledger.accept(MANY, [key(2)]) == Accepted(new=len(MANY) - 1, same=1)


WRITER = """
import resource, sys
from tests.adapters.ledger.made import opened
from tests.adapters.ledger.test_bad_ledgers import MANY
with opened(sys.argv[1]) as ledger:
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
    try:
        ledger.accept(MANY, [])
    except Exception as error:
        print(type(error).__name__, error)
"""


def test_a_file_that_may_not_grow_leaves_what_was_there(tmp_path: Path) -> None:
    url = f"sqlite:///{_file(tmp_path)}"
    with opened(url) as ledger:
        ledger.accept([cell()], [key()])
    done = subprocess.run(
        [sys.executable, "-c", WRITER, url], capture_output=True, text=True, check=False
    )
    assert done.stdout.startswith("UndecidedError The ledger "), done.stdout + done.stderr
    assert "cannot be read or written" in done.stdout
    with opened(url) as ledger:
        assert total(ledger) == 1


def test_a_ledger_that_another_holds_is_waited_for_and_then_told(tmp_path: Path) -> None:
    url = f"sqlite:///{_file(tmp_path)}"
    opened(url).close()
    holder = sqlite3.connect(_file(tmp_path), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with opened(f"{url}?timeout=0.05") as ledger:
        with pytest.raises(UndecidedError, match="is locked by another process"):
            ledger.accept([cell()], [key()])
        holder.close()
        assert ledger.accept([cell()], [key()]) == Accepted(new=1)


def _ended_after(ledger: SqlLedger, server: URL, statement: int) -> list[int]:
    """PostgreSQL ends the ledger's connection after so many of its statements."""
    done: list[int] = []

    def end(connection: Any, *_: Any) -> None:
        done.append(1)
        if len(done) == statement:
            pid = connection.connection.driver_connection.info.backend_pid
            address = server.set(drivername="postgresql").render_as_string(hide_password=False)
            with psycopg.connect(address, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    event.listen(ledger._session.engine, "after_cursor_execute", end)
    return done


@pytest.mark.parametrize("statement", range(1, 10))
def test_postgresql_gone_in_mid_write_leaves_nothing_half_written(
    statement: int, postgres: URL, postgres_url: str
) -> None:
    with opened(postgres_url) as ledger:
        ledger.accept([cell(1)], [key(1)])
        done = _ended_after(ledger, postgres, statement)
        with pytest.raises(UndecidedError, match="cannot be reached") as caught:
            ledger.accept([cell(1, version=2, cost="2"), cell(2)], [key(2)])
        assert "nothing is doubled" in caught.value.hint
        assert len(done) == statement
        assert (total(ledger), ledger.repositories()) == (Decimal(1), ["acme/shop"])
        assert len(list(ledger._session.stream(_keys()))) == 1
        again = ledger.accept([cell(1, version=2, cost="2"), cell(2)], [key(2)])
        assert again == Accepted(newer=1, new=1)


def _keys() -> Any:
    from sqlalchemy import select

    from ci_tokengate.adapters.ledger.tables import KEYS

    return select(KEYS)


@pytest.mark.parametrize(
    ("address", "says"),
    [
        (
            "postgresql://u:hunter2hunter2@127.0.0.1:1/x?sslpassword=hunter2hunter2",
            "cannot be reached",
        ),
        ("mysql://u:hunter2hunter2@h/x", "cannot be kept in 'mysql'"),
        ("hunter2hunter2", "is not a URL"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:////nowhere/hunter2/l.db", "The folder of"),
    ],
)
def test_an_address_that_cannot_be_used_is_told_without_its_secrets(
    address: str, says: str
) -> None:
    with pytest.raises(TokengateError, match=says) as caught:
        opened(address)
    assert "hunter2hunter2" not in f"{caught.value} {caught.value.hint}"


def test_a_database_there_is_not_and_a_user_without_rights_are_told(
    postgres: URL, postgres_url: str
) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        opened(postgres.set(database="nowhere").render_as_string(hide_password=False))
    opened(postgres_url).close()
    _run(postgres_url, "DROP ROLE IF EXISTS reader_only")
    _run(postgres_url, "CREATE ROLE reader_only LOGIN")
    poor = make_url(postgres_url).set(username="reader_only").render_as_string(hide_password=False)
    with pytest.raises(UsageError, match="does not let this user do that"):
        opened(poor)
    _run(postgres_url, "REVOKE ALL ON SCHEMA public FROM PUBLIC")
    with pytest.raises(UsageError, match="does not let this user do that"):
        opened(poor)
    _run(
        postgres_url,
        "ALTER DATABASE "
        + str(make_url(postgres_url).database)
        + " SET default_transaction_read_only = on",
    )
    with opened(postgres_url) as ledger, pytest.raises(UsageError, match="is read-only"):
        ledger.accept([cell()], [key()])


class _Said(Exception):  # noqa: N818 - a driver's error as it is told by its code
    def __init__(self, sqlstate: str) -> None:
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("state", "kind", "says"),
    [
        ("53100", UndecidedError, "no room left"),
        ("53300", UndecidedError, "too many connections"),
        ("40001", UndecidedError, "too busy"),
        ("55P03", UndecidedError, "locked"),
        ("57P01", UndecidedError, "cannot be reached"),
        ("28P01", UsageError, "refused the user"),
        ("XX001", UsageError, "is damaged"),
    ],
)
def test_what_postgresql_says_by_a_code_is_told(state: str, kind: type, says: str) -> None:
    found = told(_Said(state), "here")
    assert type(found) is kind
    assert says in str(found)
    assert found is not None
    assert found.hint


def test_what_nobody_foresaw_is_not_explained_away() -> None:
    assert told(_Said("42601"), "here") is None
    assert told(ValueError("no"), "here") is None


@pytest.mark.parametrize("failures", [1, 3, 6])
def test_two_writers_in_each_others_way_try_again_a_few_times(
    failures: int, tmp_path: Path
) -> None:
    from sqlalchemy.exc import OperationalError

    clock, left = At(), [failures]

    def fail(*_: Any) -> None:
        if left[0]:
            left[0] -= 1
            raise OperationalError("", {}, _Said("40P01"))

    with opened(f"sqlite:///{_file(tmp_path)}", clock=clock) as ledger:
        event.listen(ledger._session.engine, "before_cursor_execute", fail)
        if failures < 6:
            assert ledger.accept([cell()], [key()]) == Accepted(new=1)
            assert clock.slept == failures
        else:
            with pytest.raises(UndecidedError, match="too busy with other writers"):
                ledger.accept([cell()], [key()])
