"""A server's clock, by its own word."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from ci_tokengate.adapters.http import Answer


def test_the_date_of_an_answer_is_utc() -> None:
    answer = Answer(status=200, raw=b"", headers={"date": "Mon, 23 Nov 2026 14:02:00 GMT"})
    assert answer.date == datetime(2026, 11, 23, 14, 2, tzinfo=timezone.utc)


@pytest.mark.parametrize("text", ["", "now", "Mon, 99 Nov 2026 14:02:00 GMT", "\x00"])
def test_what_is_no_date_is_none(text: str) -> None:
    assert Answer(status=200, raw=b"", headers={"date": text}).date is None
