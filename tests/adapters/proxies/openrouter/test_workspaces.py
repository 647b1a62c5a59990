"""A team may be any workspace of the account: without its id, OpenRouter lists the default one's keys only."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.proxies.openrouter.doctor import OpenRouterDiagnosis
from ci_tokengate.adapters.proxies.openrouter.spend_log import OpenRouterLog
from ci_tokengate.core.keys import Handle
from ci_tokengate.core.site import Site
from ci_tokengate.core.usage import total
from ci_tokengate.errors import CredentialError
from ci_tokengate.sandbox.openrouter.state import WORKSPACES
from tests.adapters.proxies.openrouter.conftest import DAWN, Lab
from tests.adapters.proxies.portkey.conftest import ALIAS, PREFIX

TEAM = WORKSPACES[0]


def test_what_a_pull_request_has_cost_is_read_from_every_workspace(lab: Lab) -> None:
    assert lab.call(lab.mint(team=TEAM)) == 200
    assert lab.call(lab.mint(alias=f"{ALIAS}b")) == 200
    assert total(lab.openrouter().usage_by_alias(PREFIX, since=DAWN)) == Decimal("0.003")


def test_a_live_key_of_any_workspace_holds_its_cap_of_the_pull_request(lab: Lab) -> None:
    keys = {lab.mint(team=TEAM).id, lab.mint(alias=f"{ALIAS}b").id}
    assert {key.id for key in lab.openrouter().live_keys(prefix=PREFIX)} == keys
    assert {key.id for key in lab.openrouter().keys(prefix=PREFIX)} == keys


@pytest.mark.parametrize("team", [TEAM, ""])
def test_a_mint_whose_answer_was_lost_is_ended_in_any_workspace(lab: Lab, team: str) -> None:
    lab.mint(team=TEAM)
    assert lab.openrouter().revoke(Handle(alias=ALIAS, team_id=team)) is True
    assert [key.disabled for key in lab.sandbox.state.keys.values()] == [True]


def test_the_ledger_gets_the_days_of_every_workspace(lab: Lab) -> None:
    lab.clock.wall.advance(timedelta(days=-1))
    assert lab.call(lab.mint(team=TEAM)) == 200
    day = lab.clock.now().date()
    lab.clock.wall.advance(timedelta(days=1))
    log = OpenRouterLog(
        Site(kind="openrouter", url=lab.sandbox.url),
        lab.sandbox.minter_key,
        who="minting key",
        deadline=Deadline(30),
        clock=lab.clock,
    )
    assert total(log.rows(day)) == Decimal("0.0015")
    assert [key.alias for key in log.newest_keys()] == [ALIAS]


def test_a_trial_key_is_forgotten_in_any_workspace(lab: Lab) -> None:
    lab.mint(team=TEAM)
    site = Site(kind="openrouter", url=lab.sandbox.url)
    OpenRouterDiagnosis(
        site, lab.sandbox.minter_key, deadline=Deadline(30), clock=lab.clock
    ).forget(ALIAS)
    assert lab.sandbox.state.keys == {}


def test_an_account_without_workspaces_has_its_default_one(lab: Lab) -> None:
    key = lab.mint()
    lab.fail("GET", "/workspaces", 404, {"error": {"message": "Not Found"}})
    assert [k.id for k in lab.openrouter().keys(prefix=PREFIX)] == [key.id]


def test_workspaces_that_cannot_be_listed_are_no_cost_of_zero(lab: Lab) -> None:
    lab.fail("GET", "/workspaces", 403, {"error": {"message": "No right"}})
    with pytest.raises(CredentialError, match="No right"):
        list(lab.openrouter().usage_by_alias(PREFIX, since=DAWN))
