"""A workspace's key sees its own workspace, whatever it asks for: no figure of it is another team's."""

from __future__ import annotations

import pytest

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.proxies.portkey.spend_log import PortkeyLog
from ci_tokengate.core.site import Site
from ci_tokengate.errors import UsageError
from tests.adapters.proxies.portkey.conftest import Lab, a_request
from tests.adapters.proxies.portkey.test_bad_days import call


def log_of(lab: Lab, key: str) -> PortkeyLog:
    site = Site(kind="portkey", url=lab.sandbox.url)
    return PortkeyLog(site, key, who="minting key", deadline=Deadline(30), clock=lab.clock)


def test_another_teams_spend_is_not_told_from_ones_own(lab: Lab) -> None:
    assert call(lab, lab.portkey().mint(a_request())) == 200
    with pytest.raises(UsageError, match=r"of workspace payments-squad, and .* 'search-squad'"):
        lab.portkey().team_budget("search-squad")
    assert lab.portkey(lab.sandbox.minter_key).team_budget("search-squad").spend == 0


def test_the_ledger_is_told_nothing_of_a_team_that_the_key_does_not_see(lab: Lab) -> None:
    assert call(lab, lab.portkey().mint(a_request())) == 200
    assert log_of(lab, lab.sandbox.workspace_key).team("search-squad") is None
    own = log_of(lab, lab.sandbox.workspace_key).team("payments-squad")
    assert own is not None
    assert own.spend > 0
