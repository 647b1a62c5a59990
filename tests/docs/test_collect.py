"""What docs/collect.md says is so."""

from __future__ import annotations

import json
import re

from ci_tokengate.cli.collect import collect
from ci_tokengate.lifecycle.collect_days import SETTLES_AFTER
from tests.docs.tables import ROOT
from tests.stage.reading import ROUTES

TEXT = (ROOT / "docs" / "collect.md").read_text("utf-8")


def test_each_option_that_is_told_is_there() -> None:
    table = TEXT.partition("## Options")[2].partition("Exit codes")[0]
    told = set(re.findall(r"`(--[a-z-]+)", table))
    known = {name for param in collect.params for name in param.opts}
    assert told <= known
    assert {"--since", "--until", "--ledger-url", "--zone", "--repository"} <= told


def test_the_reading_keys_routes_are_those_that_the_tests_read_with() -> None:
    (routes,) = re.findall(r'"allowed_routes": (\[.*?\])', TEXT)
    assert json.loads(routes) == ROUTES


def test_a_day_settles_when_it_is_said_to() -> None:
    assert f"{SETTLES_AFTER.total_seconds() / 3600:.0f} hours after its end" in TEXT
