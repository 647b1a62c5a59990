from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from ci_tokengate.commands.revoke import revoke
from ci_tokengate.commands.sweep import Why, sweep
from ci_tokengate.errors import UsageError
from ci_tokengate.ports import RunState
from tests.fakes import FakeClock, FakeHost, FakeProxy


def _alias(run: str, attempt: int = 1, repository: str = "acme/web") -> str:
    return f"tokengate:{repository}#12:{run}.{attempt}:review:code-review:{run}"


def _swept(
    proxy: FakeProxy, host: FakeHost | None = None, **options: object
) -> dict[str, tuple[Why, bool]]:
    asked = {
        "repository": "acme/web",
        "older_than": None,
        "dry_run": False,
        "clock": proxy.clock,
        **options,
    }
    found = sweep(proxy, host, **asked)  # type: ignore[arg-type]
    return {s.key.id: (s.why, s.revoked) for s in found}


def test_keys_of_finished_runs_go_and_those_of_running_ones_stay() -> None:
    proxy = FakeProxy()
    for run in ("1", "2", "3"):
        proxy.add(run, _alias(run), Decimal(1))
    host = FakeHost(states={"1": RunState.FINISHED, "2": RunState.RUNNING})
    assert _swept(proxy, host) == {
        "1": (Why.RUN_FINISHED, True),
        "2": (Why.RUNNING, False),
        "3": (Why.UNKNOWN, False),
    }
    assert set(proxy.alive) == {"2", "3"}


def test_an_expired_key_is_deleted_without_asking_the_code_host() -> None:
    proxy, host = FakeProxy(), FakeHost()
    proxy.add("1", _alias("1"), Decimal(1))
    proxy.clock.sleep(3601)
    assert _swept(proxy, host) == {"1": (Why.EXPIRED, True)}
    assert not host.asked


def test_an_old_key_of_an_unknown_run_goes_when_asked_to() -> None:
    proxy = FakeProxy()
    proxy.add("1", _alias("1"), Decimal(1), age=8000)
    proxy.alive["1"] = replace(proxy.alive["1"], expires_at=None)
    assert _swept(proxy)["1"] == (Why.UNKNOWN, False)
    assert _swept(proxy, older_than=timedelta(hours=2))["1"] == (Why.TOO_OLD, True)


def test_a_dry_run_touches_nothing() -> None:
    proxy = FakeProxy()
    proxy.add("1", _alias("1"), Decimal(1))
    proxy.clock.sleep(3601)
    assert _swept(proxy, dry_run=True) == {"1": (Why.EXPIRED, False)}
    assert "1" in proxy.alive


def test_other_repositories_and_other_peoples_keys_are_left_alone() -> None:
    proxy = FakeProxy()
    proxy.add("1", _alias("1", repository="acme/web2"), Decimal(1))
    proxy.add("2", "somebody-else", Decimal(1))
    proxy.clock.sleep(3601)
    assert _swept(proxy) == {}
    assert set(_swept(proxy, repository="")) == {"1"}
    assert "2" in proxy.alive


def test_a_run_is_asked_about_once_for_all_its_jobs() -> None:
    proxy, host = FakeProxy(), FakeHost(states={"1": RunState.FINISHED})
    proxy.add("a", _alias("1"), Decimal(1))
    proxy.add("b", _alias("1") + "b", Decimal(1))
    assert len(_swept(proxy, host)) == 2
    assert host.asked == ["1"]


def test_revoke_ends_the_key_of_an_alias_and_says_when_there_was_none() -> None:
    proxy = FakeProxy(clock=FakeClock())
    proxy.add("1", _alias("1"), Decimal(1))
    assert revoke(proxy, key_id="", alias=_alias("1"))
    assert not revoke(proxy, key_id="", alias=_alias("1"))
    assert not revoke(proxy, key_id="0" * 64, alias="")
    assert not proxy.taken


def test_revoke_refuses_an_alias_that_is_not_ours() -> None:
    with pytest.raises(UsageError, match="not the alias of a job key"):
        revoke(FakeProxy(), key_id="", alias="production-key")
