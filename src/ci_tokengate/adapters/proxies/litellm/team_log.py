"""LiteLLM behind the TeamLog port: the rows of one team, with the reading key.

Source: https://docs.litellm.ai/docs/proxy/cost_tracking and observation of 1.106.2: `/spend/logs/v2`
takes `team_id`, and sorts by spend where it is asked to.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.proxies.litellm import log, row_bodies, usage
from ci_tokengate.adapters.proxies.litellm.calls import Calls
from ci_tokengate.core.usage import UsageRow

_ROWS_A_PAGE = 500
"""Five megabytes: the dearest calls are asked for of several teams at once."""


class LiteLLMTeamLog:
    """`url` is the bare address. A client is good for one exchange at a time, so each call has its own."""

    def __init__(self, url: str, key: str, *, who: str, deadline: Deadline) -> None:
        self._url, self._key, self._who, self._deadline = url, key, who, deadline

    def rows(
        self, team_id: str, *, since: datetime, until: datetime, part: str = ""
    ) -> Iterator[UsageRow]:
        """The proxy's filter of aliases is a *contains* with LIKE wildcards: what it finds is checked again."""
        query = {"team_id": team_id, **({"key_alias": part} if part else {})}
        for row in usage.rows(self._calls(), query, since=since, until=until):
            if self._fits(row, team_id, since, until) and part in row.alias:
                yield row

    def dearest(
        self, team_id: str, *, since: datetime, until: datetime, most: int
    ) -> list[UsageRow]:
        """Pages are by offset: a row that comes twice, as calls come in between, is taken once."""
        calls, found = self._calls(), dict[str, UsageRow]()
        for page in range(1, -(-most // _ROWS_A_PAGE) + 1):
            params = {
                "team_id": team_id,
                "start_date": f"{since:%Y-%m-%d %H:%M:%S}",
                "end_date": f"{until:%Y-%m-%d %H:%M:%S}",
                "sort_by": "spend",
                "sort_order": "desc",
                "page": f"{page}",
                "page_size": f"{_ROWS_A_PAGE}",
            }
            rows = calls.page(row_bodies.RowPage, log.PATH, params).data
            found |= {row.request_id: usage.usage(row) for row in rows}
            if len(rows) < _ROWS_A_PAGE:
                break
        return [row for row in found.values() if self._fits(row, team_id, since, until)][:most]

    def _calls(self) -> Calls:
        return Calls(self._url, self._key, deadline=self._deadline, who=self._who)

    @staticmethod
    def _fits(row: UsageRow, team_id: str, since: datetime, until: datetime) -> bool:
        at = row.started_at
        return row.team_id == team_id and at is not None and since <= at < until
