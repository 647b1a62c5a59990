"""The last line of `doctor` says what was spent only where that is so."""

from __future__ import annotations

import pytest

from ci_tokengate.core.check import ok
from ci_tokengate.render.doctor import closing


@pytest.mark.parametrize(
    ("called", "live", "free"),
    [(False, False, True), (True, False, False), (False, True, False), (True, True, False)],
)
def test_nothing_is_said_to_be_free_that_made_a_call(called: bool, live: bool, free: bool) -> None:
    said = closing([ok("live", "so")], called=called, live=live)
    assert ("Nothing was spent" in said) is free
    assert ("--call makes a real call" in said) is (not called)
