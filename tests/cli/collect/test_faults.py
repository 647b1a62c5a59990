"""Whatever goes wrong is one sentence and the right exit code; no day is half written, and again heals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import URL, make_url

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.core.money import exact_sum
from ci_tokengate.sandbox.github.faults import Fault, primary_limit, server_error
from ci_tokengate.sandbox.state import hashed
from tests.cli.collect.conftest import Firm
from tests.stage.entries import Done
from tests.stage.faults import Faults
from tests.stage.postgres import database
from tests.stage.relay import Relay, Way

LOGS, SUMS, KEYS = "/spend/logs/v2", "/team/daily/activity", "/key/list"


def one_sentence(done: Done) -> str:
    """What is told of a failure: a sentence and a hint, no traceback."""
    lines = done.err.strip().splitlines()
    assert 1 <= len(lines) <= 2, done.err
    assert lines[0][0] in "✖?"
    assert "Traceback" not in done.said
    return lines[0]


def three_days(firm: Firm) -> Decimal:
    """Spend on three days, and what it comes to."""
    for _ in range(3):
        firm.spend(firm.key(12))
        firm.later(days=1)
    firm.world.sandbox.flush()
    with firm.world.sandbox.state.lock:
        return exact_sum(r.spend for r in firm.world.sandbox.state.rows).quantize(Decimal("1e-10"))


def total(firm: Firm) -> Decimal:
    return exact_sum(cell.cost for cell, _ in firm.kept())


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        ("connection_reset", 3, "broke off"),
        ("500", 3, "failed, while reading"),
        ("html_200", 2, "answers with a web page"),
        ("truncated_json", 3, "not whole JSON"),
        ("redirect", 2, "redirects to another address"),
    ],
)
def test_a_proxy_that_is_unwell_leaves_the_ledger_empty(
    firm: Firm, faults: Faults, fault: str, code: int, words: str
) -> None:
    firm.world.url = faults.become(fault)
    done = firm.collect()
    assert done.code == code, done.err
    assert words in one_sentence(done)
    assert firm.kept() == []


@pytest.mark.parametrize("path", [LOGS, SUMS, KEYS])
def test_a_proxy_that_fails_in_mid_collect_leaves_whole_days_and_again_heals(
    firm: Firm, relay: Relay, path: str
) -> None:
    whole = three_days(firm)
    assert firm.collect("--until", "2026-01-01").code == 2  # no such day; the ledger is made
    good = {SUMS: 1, KEYS: 1, LOGS: 4}[path]
    passed = relay.add(path, Way.SPOIL, times=good, spoil=lambda body: body)
    relay.add(path, Way.REFUSE, status=500)
    done = firm.collect()
    assert passed.answer is not None
    assert done.code == 3, done.said
    assert "failed, while reading" in one_sentence(done)
    assert 0 <= total(firm) < whole
    assert {cell.version for cell, _ in firm.kept()} <= {1}
    firm.later(seconds=2)
    assert firm.collect().code == 0
    assert total(firm) == whole


def test_a_database_of_the_proxy_that_is_down_is_said(firm: Firm) -> None:
    three_days(firm)
    firm.world.sandbox.set_database(up=False)
    done = firm.collect()
    assert done.code == 3
    assert "database is down" in one_sentence(done)
    firm.world.sandbox.set_database(up=True)
    assert firm.collect().code == 0


def test_a_wrong_reading_key_is_named_as_such(firm: Firm) -> None:
    done = firm.collect(TOKENGATE_READING_KEY="sk-nobodys-key-0001")
    assert done.code == 2
    assert "does not accept the reading key" in one_sentence(done)
    assert "TOKENGATE_READING_KEY" in done.err


def test_no_key_at_all_is_a_mistake(firm: Firm) -> None:
    done = firm.collect(TOKENGATE_READING_KEY="")
    assert done.code == 2
    assert "There is no key to read the proxy with." in one_sentence(done)


@pytest.mark.parametrize("route", [LOGS, SUMS, KEYS])
def test_a_reading_key_without_a_route_is_told_which(firm: Firm, route: str) -> None:
    whole = three_days(firm)
    state = firm.world.sandbox.state
    routes = state.keys[hashed(READING)].allowed_routes
    routes.remove(route)
    done = firm.collect()
    assert done.code == 2
    assert f"The reading key has no right to do this at {firm.world.url}: reading {route}" in (
        one_sentence(done)
    )
    assert "docs/collect.md" in done.err
    routes.append(route)
    firm.later(seconds=2)
    assert firm.collect().code == 0
    assert total(firm) == whole


READING = "sk-CanaryOfTheReadingKey0001"


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        (primary_limit(timedelta(hours=1)), 3, "limits the rate of requests"),
        (server_error(500), 3, "failed, while looking acme/shop up"),
    ],
)
def test_a_code_host_that_is_unwell_is_told_after_all_spend_is_there(
    firm: Firm, fault: Fault, code: int, words: str
) -> None:
    whole = three_days(firm)
    firm.world.github.faults.plan("GET", "/repos/acme/shop", fault, times=3)
    done = firm.collect()
    assert done.code == code
    assert words in done.err
    assert "no difference on any team's day" in done.out
    assert total(firm) == whole
    firm.world.github.faults = type(firm.world.github.faults)()
    assert firm.collect().code == 0


def test_a_timeout_ends_it_between_days_and_again_goes_on(
    firm: Firm, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = three_days(firm)

    usual = Deadline.check

    def check(deadline: Deadline, doing: str) -> float:
        if relay.count(SUMS) >= 2:
            deadline._end = 0.0
        return usual(deadline, doing)

    with monkeypatch.context() as patched:
        patched.setattr(Deadline, "check", check)
        done = firm.collect()
    assert done.code == 3
    assert "Gave up after 3600 s" in one_sentence(done)
    assert Decimal(0) < total(firm) < whole
    firm.later(seconds=2)
    assert firm.collect().code == 0
    assert total(firm) == whole


def test_a_postgresql_that_goes_in_mid_collect_is_one_sentence_and_again_heals(
    firm: Firm, relay: Relay, postgres: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = three_days(firm)
    with database(postgres) as url:
        firm.ledger_url = url
        assert firm.collect("--until", "2026-01-01").code == 2
        name = make_url(url).database
        went: list[bool] = []

        def gone() -> None:
            if relay.count(SUMS) >= 2 and not went:
                went.append(True)
                _ask(postgres, f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")
                _ask(
                    postgres,
                    f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
                )

        with _when_asked(monkeypatch, gone):
            done = firm.collect()
        assert went
        assert done.code == 3, done.said
        one_sentence(done)
        _ask(postgres, f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true")
        assert Decimal(0) < total(firm) < whole
        firm.later(seconds=2)
        assert firm.collect().code == 0
        assert total(firm) == whole


def _ask(server: URL, statement: str) -> None:
    address = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement.encode())


@contextmanager
def _when_asked(monkeypatch: pytest.MonkeyPatch, do: Callable[[], None]) -> Iterator[None]:
    """Calls `do` before each of the product's own requests."""
    usual = Deadline.check

    def check(deadline: Deadline, doing: str) -> float:
        do()
        return usual(deadline, doing)

    with monkeypatch.context() as patched:
        patched.setattr(Deadline, "check", check)
        yield


def test_a_sqlite_file_that_is_spoilt_in_mid_collect_is_one_sentence_and_a_new_one_heals(
    firm: Firm, relay: Relay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ledger can be made anew at any time (DESIGN D13)."""
    whole = three_days(firm)
    file = tmp_path / "ledger.db"

    def spoil() -> None:
        if relay.count(SUMS) == 2:
            for each in tmp_path.glob("ledger.db*"):
                each.write_bytes(b"\0" * 4096 + b"not a database" * 4000)

    with _when_asked(monkeypatch, spoil):
        done = firm.collect()
    assert done.code in (2, 3), done.said
    assert str(file) in one_sentence(done)
    firm.ledger_url = f"sqlite:///{tmp_path}/anew.db"
    assert firm.collect().code == 0
    assert total(firm) == whole


def test_a_day_that_is_none_is_named(firm: Firm) -> None:
    for text in ("soon", "2026-02-30", "99999d"):
        done = firm.collect("--since", text)
        assert done.code == 2
        assert f"--since is {text!r}, which is no day." in one_sentence(done)
    assert "--repository is 'shop'." in one_sentence(firm.collect("--repository", "shop"))
