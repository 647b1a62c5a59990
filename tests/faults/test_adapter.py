"""The LiteLLM adapter before a server that misbehaves: what comes of it, and within which time."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from ci_tokengate.adapters.clock import SystemClock
from ci_tokengate.adapters.http import Answer, Deadline
from ci_tokengate.adapters.proxies.litellm.adapter import LiteLLM
from ci_tokengate.core.keys import Handle, KeyRequest
from ci_tokengate.errors import CredentialError, TokengateError, UndecidedError, UsageError
from ci_tokengate.ports import LostAnswer
from tests.stage.faults import FAULTS, Faults, running_faults

KEY = "a-minting-key-of-no-known-form-0123456789"
JOB_KEY = "a-job-key-of-no-known-form-9876543210"
SHORT = 0.4
TIMELY = SHORT + 2
"""Seconds: the deadline, and what a busy machine may add."""
REQUEST = KeyRequest(
    alias="tokengate:acme/shop#1:1.1:job:review:0badcafe",
    team_id="payments-squad",
    user_id="ci-minter",
    models=("claude-sonnet",),
    route={},
    cap=Decimal(1),
    ttl=timedelta(minutes=5),
    parallel_requests=None,
    tags=(),
    attribution={},
)
READS: dict[str, Callable[[LiteLLM], object]] = {
    "credential": lambda proxy: proxy.credential(),
    "team_budget": lambda proxy: proxy.team_budget("payments-squad"),
    "live_keys": lambda proxy: proxy.live_keys(prefix="tokengate:"),
    "revoked_keys": lambda proxy: proxy.revoked_keys(prefix="tokengate:"),
    "usage_of": lambda proxy: list(proxy.usage_of("0" * 64)),
    "usage_by_alias": lambda proxy: list(
        proxy.usage_by_alias("tokengate:", since=datetime(2026, 11, 1, tzinfo=timezone.utc))
    ),
    "missing_models": lambda proxy: proxy.missing_models(JOB_KEY, ["claude-sonnet"]),
}
SLOW = ("hang", "slow_head", "slow_body", "endless_body")
WRONG_PLACE = ("html_200", "html_401", "redirect")
REFUSED = ("echo_400",)
UNKNOWN = tuple(f for f in FAULTS if f not in (*SLOW, *WRONG_PLACE, *REFUSED, "huge_body"))


def _proxy(url: str, seconds: float = SHORT) -> LiteLLM:
    return LiteLLM(url, KEY, deadline=Deadline(seconds), clock=SystemClock())


@pytest.mark.parametrize("fault", UNKNOWN)
@pytest.mark.parametrize("name", READS)
def test_a_read_that_gets_no_answer_is_undecided(faults: Faults, name: str, fault: str) -> None:
    if name == "missing_models" and "429" in fault:
        assert _proxy(faults.url(fault)).missing_models(JOB_KEY, ["x"]) == [], "nobody tells"
        return
    with pytest.raises(UndecidedError) as caught:
        READS[name](_proxy(faults.url(fault), seconds=5))
    assert caught.value.hint
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("fault", SLOW)
@pytest.mark.parametrize("name", ["credential", "missing_models"])
def test_a_read_ends_with_the_deadline_however_slowly_the_answer_drips(
    faults: Faults, name: str, fault: str
) -> None:
    began = time.monotonic()
    with pytest.raises(UndecidedError):
        READS[name](_proxy(faults.url(fault)))
    assert time.monotonic() - began < TIMELY


@pytest.mark.parametrize("fault", WRONG_PLACE)
@pytest.mark.parametrize("call", READS.values(), ids=READS)
def test_a_read_at_the_wrong_place_is_a_matter_of_configuration(
    faults: Faults, call: Callable[[LiteLLM], object], fault: str
) -> None:
    with pytest.raises(UsageError) as caught:
        call(_proxy(faults.url(fault), seconds=5))
    assert "proxy-url" in caught.value.hint


def test_a_body_without_end_is_not_read_to_its_end(faults: Faults) -> None:
    with pytest.raises(UndecidedError, match="sent more than 32 MiB"):
        _proxy(faults.url("huge_body"), seconds=10).credential()


@pytest.mark.parametrize("fault", [*SLOW, *UNKNOWN, "html_200"])
def test_a_mint_that_gets_no_answer_is_sent_once_and_may_have_made_a_key(
    faults: Faults, fault: str
) -> None:
    url = faults.url(fault)
    faults.seen.clear()
    began = time.monotonic()
    with pytest.raises((LostAnswer, UndecidedError)) as caught:
        _proxy(url).mint(REQUEST)
    assert time.monotonic() - began < TIMELY
    surely_none = fault.startswith(("429", "html_429"))
    assert isinstance(caught.value, LostAnswer) is not surely_none
    assert [request.path for request in faults.seen] == [f"/{fault}/key/generate"]


@pytest.mark.parametrize("fault", ["redirect", "html_401", "echo_400"])
def test_a_mint_that_is_refused_made_no_key(faults: Faults, fault: str) -> None:
    with pytest.raises(UsageError):
        _proxy(faults.url(fault)).mint(REQUEST)


def test_a_mint_that_finds_nobody_there_made_no_key() -> None:
    with pytest.raises(UndecidedError, match="cannot be reached"):
        _proxy("http://127.0.0.1:1").mint(REQUEST)


def test_a_mint_past_the_deadline_is_not_sent(faults: Faults) -> None:
    url = faults.url("500")
    faults.seen.clear()
    with pytest.raises(UndecidedError, match="while minting a key"):
        _proxy(url, seconds=0).mint(REQUEST)
    assert faults.seen == []


@pytest.mark.parametrize("fault", [f for f in FAULTS if f not in (*SLOW, "huge_body")])
def test_a_revocation_that_gets_no_answer_is_never_taken_for_done(
    faults: Faults, fault: str
) -> None:
    handle = Handle(alias=REQUEST.alias, team_id="payments-squad", key_id="0" * 64)
    with pytest.raises(TokengateError):
        _proxy(faults.url(fault)).revoke(handle)


@pytest.mark.parametrize("fault", [f for f in FAULTS if f not in ("huge_body", "hang")])
def test_whether_the_budget_is_spent_is_unknown_rather_than_an_error(
    faults: Faults, fault: str
) -> None:
    """Post asks this before it revokes: a failure here must not keep it from revoking."""
    handle = Handle(alias=REQUEST.alias, team_id="payments-squad")
    assert _proxy(faults.url(fault)).budget_spent(handle, JOB_KEY) is None


@pytest.mark.parametrize("fault", ["429_long", "429_date"])
def test_a_pause_beyond_the_deadline_is_not_begun(faults: Faults, fault: str) -> None:
    began = time.monotonic()
    with pytest.raises(UndecidedError, match="limits the rate"):
        _proxy(faults.url(fault), seconds=30).credential()
    assert time.monotonic() - began < 5


def test_a_rate_limit_is_tried_three_times(faults: Faults) -> None:
    url = faults.url("429")
    faults.seen.clear()
    with pytest.raises(UndecidedError):
        _proxy(url, seconds=5).credential()
    assert len(faults.seen) == 3


@pytest.mark.parametrize("call", READS.values(), ids=READS)
def test_a_redirect_is_not_followed_and_the_other_host_sees_nothing(
    faults: Faults, call: Callable[[LiteLLM], object]
) -> None:
    with running_faults() as other:
        faults.elsewhere = other.become("echo_400")
        with pytest.raises(UsageError, match="redirects to another address"):
            call(_proxy(faults.url("redirect"), seconds=5))
        with pytest.raises(UsageError, match="redirects to another address"):
            _proxy(faults.url("redirect")).mint(REQUEST)
        assert other.seen == []


@pytest.mark.parametrize("fault", ["echo_400", "echo_500"])
@pytest.mark.parametrize("call", READS.values(), ids=READS)
def test_a_credential_that_the_proxy_quotes_is_in_no_error(
    faults: Faults, call: Callable[[LiteLLM], object], fault: str
) -> None:
    url = faults.url(fault)
    with pytest.raises(TokengateError) as caught:
        call(_proxy(url, seconds=5))
    if "***" not in str(caught.value):
        assert isinstance(caught.value, CredentialError | UsageError)
    cause: BaseException | None = caught.value
    while cause is not None:
        for secret in (KEY, JOB_KEY):
            assert secret not in str(cause) + repr(cause)
        cause = cause.__cause__ or cause.__context__


def test_a_minted_key_that_cannot_be_read_is_in_no_error(faults: Faults) -> None:
    with pytest.raises(LostAnswer) as caught:
        _proxy(faults.url("odd_mint")).mint(REQUEST)
    cause: BaseException | None = caught.value
    while cause is not None:
        assert "canary-of" not in str(cause) + repr(cause)
        cause = cause.__cause__ or cause.__context__


def test_an_answers_repr_holds_no_body() -> None:
    answer = Answer(status=200, raw=f'{{"key": "{JOB_KEY}"}}'.encode(), headers={"x": JOB_KEY})
    assert JOB_KEY in answer.body["key"]
    assert JOB_KEY not in repr(answer)
