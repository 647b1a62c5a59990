"""Portkey may put fewer on a page than are asked for: nothing is lost by that."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.proxies.portkey import teams
from ci_tokengate.adapters.proxies.portkey.calls import open_calls
from ci_tokengate.core.keys import Handle
from ci_tokengate.core.site import Site
from ci_tokengate.core.usage import total
from ci_tokengate.sandbox.portkey import keys
from tests.adapters.proxies.portkey.conftest import ALIAS, DAWN, PREFIX, Lab, a_request
from tests.adapters.proxies.portkey.test_bad_days import call


@pytest.fixture(autouse=True)
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "MOST", 1)


def test_a_key_on_a_later_page_is_revoked(lab: Lab) -> None:
    for alias in (ALIAS, f"{ALIAS}b", f"{ALIAS}c"):
        lab.portkey().mint(a_request(alias))
    assert lab.portkey().revoke(Handle(alias=ALIAS, team_id="payments-squad", key_id=ALIAS)) is True
    assert lab.job_keys == [f"{ALIAS}b", f"{ALIAS}c"]


def test_the_cost_of_all_keys_is_counted(lab: Lab) -> None:
    for alias in (ALIAS, f"{ALIAS}b", f"{ALIAS}c"):
        assert call(lab, lab.portkey().mint(a_request(alias))) == 200
    assert total(lab.portkey().usage_by_alias(PREFIX, since=DAWN)) == Decimal("0.0045")


def test_all_workspaces_of_an_organisation_are_met(lab: Lab) -> None:
    site = Site(kind="portkey", url=lab.sandbox.url)
    calls = open_calls(site, lab.sandbox.minter_key, deadline=Deadline(30))
    assert set(teams.workspaces(calls)) == set(lab.sandbox.state.workspaces)
    assert len(lab.sandbox.state.workspaces) > 1
