"""Pages of the log: every row once, whatever the times are; and nothing is read in vain."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_tokengate.adapters.http import Answer, Deadline
from ci_tokengate.adapters.http.answers import loads
from ci_tokengate.adapters.proxies.litellm import log, usage
from ci_tokengate.adapters.proxies.litellm.calls import Calls
from ci_tokengate.adapters.proxies.litellm.row_bodies import RowPage
from ci_tokengate.core.usage import UsageRow
from ci_tokengate.errors import ProxyUnavailableError

START = datetime(2026, 11, 23, 14, 0, tzinfo=timezone.utc)
SIZE = 3


@dataclass
class Log(Calls):
    """A log of calls at these milliseconds after START, sorted as PostgreSQL would."""

    times: list[int]
    steady: bool = True
    closed: bool = True
    sorted: int = 0
    order: str = "asc"
    pages: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    def __post_init__(self) -> None:
        super().__init__("http://litellm.test", "sk-none", deadline=Deadline(10))

    def _get(self, path: str, params: Mapping[str, str] | None, **_: Any) -> Answer:
        assert params is not None
        self.pages += 1
        begin, end = (
            datetime.fromisoformat(params[f"{d}_date"] + "+00:00") for d in ("start", "end")
        )
        assert begin < end
        asked = [(START + timedelta(milliseconds=ms), n) for n, ms in enumerate(self.times)]
        found = [(at, n) for at, n in asked if begin <= at < end or (at == end and self.closed)]
        self.sorted += len(found)
        found.sort(key=lambda row: (row[0], row[1] if self.steady else self.chance.random()))
        if self.order == "desc":
            found.reverse()
        size, page = int(params["page_size"]), int(params["page"])
        shown = found[(page - 1) * size : page * size]
        rows = [_row(request_id=f"r{n}", startTime=at.isoformat()) for at, n in shown]
        return Answer(status=200, raw=json.dumps({"data": rows}).encode())


def _row(**changes: Any) -> dict[str, Any]:
    return {"request_id": "r", "api_key": "k", "model": "m", "spend": 0.5, **changes}


def read(log: Log) -> list[UsageRow]:
    return list(usage.rows(log, {}, since=START, until=START + timedelta(days=1)))


@pytest.fixture(autouse=True, scope="module")
def _small_pages() -> Any:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(log, "ROWS_A_PAGE", SIZE)
        yield


WIDE = st.integers(0, 4000) | st.sampled_from([0, 999, 1000, 1500]) | st.integers(0, 80_000_000)


@given(st.lists(WIDE, max_size=40), st.booleans())
def test_every_row_comes_once_and_oldest_first(times: list[int], closed: bool) -> None:
    found = [row.started_at for row in read(Log(times, closed=closed))]
    assert found == [START + timedelta(milliseconds=ms) for ms in sorted(times)]


@given(st.lists(st.sampled_from([0, 300, 1000, 1300, 1999, 2000]), max_size=40), st.integers(0, 99))
def test_where_equal_times_come_in_any_order_no_row_is_missed_unnoticed(
    times: list[int], seed: int
) -> None:
    log = Log(times, steady=False, chance=random.Random(seed))
    try:
        found = read(log)
    except ProxyUnavailableError:
        return
    assert len(found) == len(times)


def test_a_second_of_more_rows_than_a_page_in_no_steady_order_is_undecided() -> None:
    with pytest.raises(ProxyUnavailableError, match="no steady order"):
        read(Log([5] * 40, steady=False))
    assert len(read(Log([5] * 40))) == 40


def test_a_proxy_that_does_not_sort_is_undecided() -> None:
    with pytest.raises(ProxyUnavailableError, match="no steady order"):
        read(Log([0, 1000, 2000, 3000], order="desc"))


@pytest.mark.parametrize(("rows", "pages"), [(0, 1), (1, 1), (2, 1), (3, 2), (4, 2), (6, 3)])
def test_an_ordinary_pull_request_is_one_page(rows: int, pages: int) -> None:
    log = Log([1000 * n for n in range(rows)])
    read(log)
    assert log.pages == pages


def test_the_proxy_sorts_no_more_than_it_must() -> None:
    log = Log([500 * n for n in range(1000)])
    assert len(read(log)) == 1000
    assert log.pages < 1000
    assert log.sorted < 20 * 1000, "not all that is left with each page"


def test_days_without_a_call_are_passed_in_few_steps() -> None:
    log = Log([0, 1000, 2000, 3000, 3500, 80_000_000])
    assert len(read(log)) == 6
    assert log.pages <= 14


def test_progress_is_made_a_page_at_a_time() -> None:
    log = Log([1000 * n for n in range(300)])
    rows = usage.rows(log, {}, since=START, until=START + timedelta(days=1))
    next(iter(rows))
    assert log.pages == 1


FLOATS = st.floats(0, 1e11, allow_nan=False)


@given(FLOATS)
def test_a_pages_figures_are_those_of_the_exact_reader(spend: float) -> None:
    raw = json.dumps({"data": [_row(spend=spend)]}).encode()
    (row,) = RowPage.model_validate_json(raw).data
    assert row.spend == loads(raw)["data"][0]["spend"] == Decimal(repr(spend))


@pytest.mark.parametrize("spend", ["NaN", "Infinity", "-Infinity", "1e400", "1e12", '"much"'])
def test_a_figure_that_is_no_amount_is_undecided(spend: str) -> None:
    class Odd(Log):
        def _get(self, *_: Any, **__: Any) -> Answer:
            return Answer(status=200, raw=b'{"data":[{"spend":' + spend.encode() + b"}]}")

    with pytest.raises(ProxyUnavailableError, match="not LiteLLM's"):
        read(Odd([]))


def test_a_page_that_breaks_off_is_said_to_be_no_whole_json() -> None:
    class Cut(Log):
        def _get(self, *_: Any, **__: Any) -> Answer:
            return Answer(status=200, raw=b'{"data":[{"spend":')

    with pytest.raises(ProxyUnavailableError, match="not whole JSON"):
        read(Cut([]))


@pytest.mark.parametrize(
    ("usage_object", "read_tokens", "written"),
    [
        ({"cache_read_input_tokens": 5, "cache_creation_input_tokens": 3}, 5, 3),
        ({"prompt_tokens_details": {"cached_tokens": 5, "cache_creation_tokens": 3}}, 5, 3),
        (
            {
                "cache_read_input_tokens": 5,
                "prompt_tokens_details": {"cached_tokens": 5, "cache_creation_tokens": None},
            },
            *(5, 0),
        ),
        ({"prompt_tokens_details": None}, 0, 0),
        (None, 0, 0),
    ],
)
def test_cached_tokens_are_found_at_either_place_and_counted_once(
    usage_object: Any, read_tokens: int, written: int
) -> None:
    class One(Log):
        def _get(self, *_: Any, **__: Any) -> Answer:
            row = _row(metadata={"usage_object": usage_object})
            return Answer(status=200, raw=json.dumps({"data": [row]}).encode())

    (row,) = read(One([]))
    assert (row.cache_read_tokens, row.cache_write_tokens) == (read_tokens, written)


@pytest.mark.parametrize(
    ("said", "repeated"), [("True", True), ("False", False), ("None", False), ("", False)]
)
def test_an_answer_from_the_proxys_own_cache_is_told_apart(said: str, repeated: bool) -> None:
    class One(Log):
        def _get(self, *_: Any, **__: Any) -> Answer:
            return Answer(
                status=200, raw=json.dumps({"data": [_row(spend=0, cache_hit=said)]}).encode()
            )

    (row,) = read(One([]))
    assert row.repeated is repeated
