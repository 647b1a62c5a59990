"""How long is waited for another try."""

from __future__ import annotations

import importlib
import math
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_tokengate.adapters.http import pauses


def test_a_number_is_seconds() -> None:
    assert pauses.asked("120") == 120


def test_a_date_is_the_time_until_then() -> None:
    then = datetime.now(timezone.utc) + timedelta(seconds=90)
    assert pauses.asked(format_datetime(then, usegmt=True)) == pytest.approx(90, abs=2)


def test_a_date_in_the_past_is_now() -> None:
    assert pauses.asked("Mon, 23 Nov 2020 00:00:00 GMT") == 0


@given(st.text(max_size=40) | st.from_regex(r"\A[0-9]{1,400}\Z"))
def test_any_other_text_says_nothing_or_a_span_of_time(text: str) -> None:
    found = pauses.asked(text)
    assert found is None or (found >= 0 and not math.isnan(found))


def test_each_try_waits_a_little_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    fresh = importlib.reload(pauses)
    assert 0.4 <= fresh.backoff(1) <= 0.6
    assert 0.8 <= fresh.backoff(2) <= 1.2
