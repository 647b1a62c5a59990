"""Progress is for a terminal only, and needs nothing that may be missing."""

from __future__ import annotations

import sys
from datetime import date, timedelta

import pytest

from ci_tokengate.cli.progress import day_progress


def run() -> None:
    with day_progress(timedelta(days=2)) as progress:
        progress(date(2026, 11, 23), 1000)
        progress(date(2026, 11, 23), 2000)
        progress(date(2026, 11, 22), 10)


def test_nothing_is_said_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    run()
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("rich", [True, False])
def test_a_terminal_sees_the_day_and_its_rows_on_its_error_side(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, rich: bool
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    if not rich:
        monkeypatch.setitem(sys.modules, "rich.console", None)
        monkeypatch.setitem(sys.modules, "rich.progress", None)
    run()
    out, err = capsys.readouterr()
    assert out == ""
    assert "2026-11-22: 10 rows" in err
