"""The proxy's log of calls, page by page: every row once, however many there are.

The proxy pages by offset over times that are not unique, counts no further than 10,000, and with
each page sorts all that is left of the period. So the reading goes on from the last second that it
saw, not from an offset or a count, and leaves out what it had of that second. After three pages it
asks for no longer a period than it needs: as long as three such pages, more where it was thin.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import count

from ci_tokengate.adapters.proxies.litellm import row_bodies
from ci_tokengate.adapters.proxies.litellm.calls import Calls
from ci_tokengate.adapters.proxies.litellm.row_bodies import R
from ci_tokengate.errors import ProxyUnavailableError

ROWS_A_PAGE = 1000
"""All that the proxy allows. A row is about 10 kB: it carries the model's prices."""

PATH = "/spend/logs/v2"
_COUNTED = 10_000
_SECOND = timedelta(seconds=1)
_PAGES = 3
_THIN = 4


def rows(
    calls: Calls,
    query: Mapping[str, str],
    *,
    since: datetime,
    until: datetime,
    form: type[row_bodies.Page[R]],
) -> Iterator[R]:
    """Oldest first, one page in memory at a time. `query` is `api_key`, `key_alias`, or empty: all.

    `form` is what is read of a page. A row of the very second of `until` is in it.

    Raises ProxyUnavailableError where some could be missed: the proxy does not sort, or one second
    has more rows than a page and they come in another order with each page.
    """
    begin, until, had = _second(since), _second(until), frozenset[str]()
    reach = until - begin
    for read in count():
        end = min(begin + reach, until) if read >= _PAGES else until
        for found in _of_period(calls, query, begin, end, form):
            yield from (row for row in found if row.request_id not in had)
            full = len(found) == ROWS_A_PAGE
            last = _second(found[-1].startTime or begin) if full else end
            if last > begin:
                break
        if not full and end == until:
            return
        reach = _PAGES * (last - begin) if full else _THIN * reach
        had = frozenset(r.request_id for r in found if (r.startTime or begin) >= last)
        begin = last


def _of_period(
    calls: Calls,
    query: Mapping[str, str],
    begin: datetime,
    end: datetime,
    form: type[row_bodies.Page[R]],
) -> Iterator[list[R]]:
    """Its pages. Each row of a second has one place in them: if none comes twice, none is missing."""
    here: set[str] = set()
    for number in count(1):
        params = _params(query, begin, end, number, ROWS_A_PAGE)
        found = calls.page(form, PATH, params).data
        times = [row.startTime or begin for row in found]
        ids = {row.request_id for row in found}
        if ids & here or times != sorted(times):
            raise ProxyUnavailableError(
                f"{calls.url} tells its log in no steady order, so that rows could be missed.",
                hint="Read it again. If it stays so: is this a LiteLLM that the README names?",
            )
        here |= ids
        yield found
        if len(found) < ROWS_A_PAGE:
            return


def size(calls: Calls, query: Mapping[str, str], *, since: datetime, until: datetime) -> int:
    """How many rows there are, by the proxy's own count: larger with each new row of the period.

    It counts no further than 10,000, so a longer period is halved until its parts are shorter. The
    row of a full second in the middle is in both, each time that the same period is asked for.
    """
    begin, end = _second(since), _second(until)
    params = _params(query, begin, end, 1, 1)
    found = calls.page(row_bodies.RowCount, PATH, params).total
    if found < _COUNTED or end - begin <= _SECOND:
        return found
    middle = _second(begin + (end - begin) / 2)
    return size(calls, query, since=begin, until=middle) + size(
        calls, query, since=middle, until=end
    )


def begins(calls: Calls, *, since: datetime, until: datetime) -> datetime | None:
    """The time of the oldest row that the minting key may see."""
    params = _params({}, _second(since), _second(until), 1, 1)
    oldest = calls.page(row_bodies.RowPage, PATH, params).data
    return oldest[0].startTime if oldest else None


def _params(
    query: Mapping[str, str], begin: datetime, end: datetime, page: int, rows: int
) -> dict[str, str]:
    return {
        **query,
        "start_date": f"{begin:%Y-%m-%d %H:%M:%S}",
        "end_date": f"{end:%Y-%m-%d %H:%M:%S}",
        "sort_by": "startTime",
        "sort_order": "asc",
        "page": str(page),
        "page_size": str(rows),
    }


def _second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
