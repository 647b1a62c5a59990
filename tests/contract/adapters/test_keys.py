"""A job key's life, whichever proxy mints it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from ci_tokengate.commands.sweep import sweep
from ci_tokengate.core.capabilities import ModelList, in_steps
from ci_tokengate.core.keys import Handle
from ci_tokengate.errors import CredentialError, TokengateError, UsageError
from tests.contract.adapters.world import World
from tests.fakes import FakeClock


@pytest.mark.parametrize("cap", ["0.40", "1", "2.50"])
def test_a_key_gets_its_cap_in_the_proxys_steps_and_its_end(each: World, cap: str) -> None:
    key = each.mint(cap=Decimal(cap))
    assert key.cap == in_steps(Decimal(cap), each.able.cap_step)
    left = key.expires_at - datetime.now(timezone.utc)
    assert timedelta(minutes=29) < left < timedelta(minutes=31)
    [listed] = each.proxy().keys(prefix=key.alias)
    assert (listed.id, listed.alias, listed.team_id) == (key.id, key.alias, each.team)
    assert (listed.cap, listed.status(datetime.now(timezone.utc))) == (key.cap, "active")


def test_a_key_is_among_the_living_at_once_and_until_it_is_revoked(each: World) -> None:
    key, proxy = each.mint(), each.proxy()
    assert key.id in [k.id for k in proxy.live_keys(prefix=each.prefix, team_id=each.team)]
    assert each.proxy().revoke(each.handle(key)) is True
    assert key.id not in [k.id for k in proxy.live_keys(prefix=each.prefix, team_id=each.team)]
    assert key.id not in [k.id for k in proxy.keys(prefix=each.prefix)]


def test_a_revoked_key_is_refused_and_revoking_it_again_finds_nothing(each: World) -> None:
    key = each.mint()
    assert each.call(key) == 200
    assert each.proxy().revoke(each.handle(key)) is True
    assert each.call(key) in (401, 403)
    assert each.proxy().revoke(each.handle(key)) is False


def test_a_key_whose_id_was_lost_is_ended_by_its_alias(each: World) -> None:
    key = each.mint()
    handle = Handle(alias=key.alias, team_id=each.team, user_id=each.user)
    assert each.proxy().revoke(handle) is True
    assert each.call(key) in (401, 403)


def test_an_alias_that_no_key_has_is_no_error_and_is_taken_where_that_can_be(each: World) -> None:
    request = each.request()
    handle = Handle(alias=request.alias, team_id=each.team, user_id=each.user)
    assert each.proxy().revoke(handle) is False
    if each.able.alias_taken:
        with pytest.raises(TokengateError):
            each.proxy().mint(request)


def test_keys_are_found_by_the_begin_of_their_alias_to_the_letter(each: World) -> None:
    key = each.mint()
    like = each.prefix.replace("web_app", "webXapp")
    assert key.id in [k.id for k in each.proxy().keys(prefix=each.prefix)]
    assert each.proxy().keys(prefix=like) == []
    assert each.proxy().keys(prefix=f"{each.prefix}999") == []
    by_run = [k.id for k in each.proxy().keys(prefix="tokengate:", part=":777.")]
    assert key.id in by_run


def test_a_key_past_its_end_is_refused_and_not_among_the_living(each: World) -> None:
    if each.clock is None:
        pytest.skip("a real proxy's clock cannot be moved")
    key = each.mint(ttl=timedelta(seconds=60))
    each.clock.advance(timedelta(seconds=61))
    try:
        assert each.call(key) in (400, 401, 403)
    finally:
        each.clock.advance(timedelta(seconds=-61))


def test_a_key_is_held_to_its_models_where_the_key_can_be(each: World) -> None:
    key = each.mint(models=("claude-haiku",))
    other = each.call(key, model="claude-sonnet")
    assert other in ((403,) if each.able.model_list is ModelList.KEY else (200,))


def test_a_cap_ends_the_calls_and_the_proxy_says_that_it_is_spent(each: World) -> None:
    key = each.mint(cap=Decimal(1))
    handle = each.handle(key)
    assert each.proxy().budget_spent(handle, key.key) is False
    assert each.call(key, "in=10 out=250000", "claude-haiku") == 200
    if each.patience:  # a busy proxy counts a call a moment after its answer
        each.rows(key.alias, "1.25001")
    assert each.call(key) in (402, 412, 422)
    assert each.proxy().budget_spent(handle, key.key) is True


def test_a_key_is_held_to_its_requests_a_minute_where_the_proxy_can(each: World) -> None:
    key = each.mint(requests_per_minute=2)
    statuses = [each.call(key) for _ in range(8)]
    assert (429 in statuses) == each.able.rate_limit


def test_a_key_that_is_none_is_told_as_a_wrong_credential(each: World) -> None:
    with pytest.raises(CredentialError):
        each.proxy("sk-nobody-knows-this-key").credential()


def test_the_minting_key_is_no_admins(each: World) -> None:
    assert each.proxy().credential().is_admin is False
    if each.admin_key:
        assert each.proxy(each.admin_key).credential().is_admin is True


def test_a_team_that_is_not_there_gets_no_key(each: World) -> None:
    with pytest.raises(UsageError):
        each.mint(team_id="11111111-2222-4333-8444-555555555555")


def test_a_sweep_ends_what_no_post_reached_and_leaves_what_still_runs(each: World) -> None:
    """By age here: an expired key's turn comes by itself, and a real proxy's clock cannot be moved."""
    old = each.mint()
    assert each.call(old) == 200
    repository = each.prefix.removeprefix("tokengate:").partition("#")[0]
    later = FakeClock(datetime.now(timezone.utc) + timedelta(minutes=20))

    def swept(older_than: timedelta) -> dict[str, bool]:
        done = sweep(
            each.proxy(),
            None,
            repository=repository,
            older_than=older_than,
            clock=later,
            dry_run=False,
        )
        return {one.key.id: one.revoked for one in done}

    assert swept(timedelta(hours=1))[old.id] is False
    assert swept(timedelta(minutes=10))[old.id] is True
    assert each.call(old) in (401, 403)
    assert old.id not in swept(timedelta(minutes=10))
