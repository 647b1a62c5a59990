"""Transactions: one that writes, one that reads; failures told; the few that may pass, tried again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Select, text
from sqlalchemy.exc import SQLAlchemyError

from ci_tokengate.adapters.ledger.failures import may_pass, told
from ci_tokengate.ports import Clock

_T = TypeVar("_T")
_TRIES = 6
_PAUSE = 0.05
"""Seconds, doubled with each try."""
_ROWS = 2000
"""How many are fetched at once, where many are read."""


class Session:
    """Raises UndecidedError and UsageError as `failures` tells them."""

    def __init__(self, engine: Engine, where: str, clock: Clock) -> None:
        self.engine, self.where, self.clock = engine, where, clock
        self._view: Connection | None = None
        self._write = engine.execution_options(tokengate_writes=True)
        self._repeatable = (
            self._write
            if self.is_sqlite
            else self._write.execution_options(isolation_level="REPEATABLE READ")
        )
        self._repeatable_view = (
            engine
            if self.is_sqlite
            else engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        )

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    def write(self, work: Callable[[Connection], _T], *, snapshot: bool = False) -> _T:
        """All of `work` or nothing. It may run several times, so it changes nothing but the ledger.

        snapshot: all its statements see one moment.
        """
        engine = self._repeatable if snapshot else self._write
        for attempt in range(_TRIES):
            try:
                with engine.begin() as connection:
                    return work(connection)
            except SQLAlchemyError as error:
                if not may_pass(error) or attempt == _TRIES - 1:
                    self._raise(error)
                self.clock.sleep(_PAUSE * 2**attempt)
        raise AssertionError("the last try returns or raises")

    @property
    def in_snapshot(self) -> bool:
        return self._view is not None

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All that is read in the block is of the moment of its first reading."""
        with self.told(), self._repeatable_view.begin() as self._view:
            try:
                yield
            finally:
                self._view = None

    def read(self, work: Callable[[Connection], _T]) -> _T:
        with self.told(), self._reading() as connection:
            return work(connection)

    def _reading(self) -> AbstractContextManager[Connection]:
        return nullcontext(self._view) if self._view is not None else self.engine.begin()

    def stream(self, query: Select[Any]) -> Iterator[Any]:
        """Rows as they are consumed; memory does not grow with their number."""
        with (
            self.told(),
            self._reading() as connection,
            connection.execute(query, execution_options={"yield_per": _ROWS}) as rows,
        ):
            yield from rows  # whoever stops early leaves no cursor behind

    @contextmanager
    def told(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error) as error:
            self._raise(error)

    def lock(self, connection: Connection, table: str, mode: str) -> None:
        """In PostgreSQL, till the transaction's end; SQLite's writers are one after the other anyway."""
        if not self.is_sqlite:
            connection.execute(text(f"LOCK TABLE {table} IN {mode} MODE"))

    def _raise(self, error: Exception) -> None:
        found = told(error, self.where)
        if found is None:
            raise error
        raise found from None
