"""A key is given out only if Portkey itself says that it has the cap, the end and the metadata that were asked for."""

from __future__ import annotations

from typing import Any

import pytest

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.proxies.portkey.doctor import PortkeyDiagnosis
from ci_tokengate.core.site import Site
from ci_tokengate.errors import CredentialError, UsageError
from ci_tokengate.ports import LostAnswer
from ci_tokengate.sandbox.portkey.keys import create
from tests.adapters.proxies.portkey.conftest import Lab, a_request


@pytest.mark.parametrize(
    ("field", "said"),
    [("usage_limits", "no cap"), ("expires_at", "no end"), ("defaults", "no attribution")],
)
def test_a_plan_that_drops_a_limit_in_silence_gets_no_key(lab: Lab, field: str, said: str) -> None:
    lab.sandbox.state.dropped = frozenset([field])
    with pytest.raises(UsageError, match=said):
        lab.portkey().mint(a_request())
    assert lab.job_keys == []


def test_a_cap_that_is_higher_than_was_asked_for_is_no_cap(lab: Lab) -> None:
    lab.sandbox.state.dropped = frozenset(["usage_limits"])
    lab.sandbox.state.instead = {"usage_limits": {"type": "cost", "credit_limit": 500}}
    with pytest.raises(UsageError, match="cap of 500"):
        lab.portkey().mint(a_request())
    assert lab.job_keys == []


def test_a_limit_of_tokens_is_no_cap(lab: Lab) -> None:
    lab.sandbox.state.dropped = frozenset(["usage_limits"])
    lab.sandbox.state.instead = {"usage_limits": {"type": "tokens", "credit_limit": 1}}
    with pytest.raises(UsageError, match="no cap"):
        lab.portkey().mint(a_request())


def test_a_key_that_cannot_be_read_back_is_ended(lab: Lab) -> None:
    lab.fail("GET", "/api-keys/", 403, {"message": "no scope", "errorCode": "AB03"})
    with pytest.raises(CredentialError, match="no right"):
        lab.portkey().mint(a_request())
    assert lab.job_keys == []


def test_one_that_cannot_be_ended_either_is_looked_for_by_its_name(lab: Lab) -> None:
    lab.fail("GET", "/api-keys/", 403, {"message": "no scope", "errorCode": "AB03"})
    lab.fail("DELETE", "/api-keys/", 403, {"message": "no scope", "errorCode": "AB03"})
    with pytest.raises(LostAnswer, match="no right"):
        lab.portkey().mint(a_request())


def test_doctor_is_told_of_a_plan_without_caps(lab: Lab) -> None:
    lab.sandbox.state.dropped = frozenset(["usage_limits"])
    site = Site(kind="portkey", url=lab.sandbox.url)
    doctor = PortkeyDiagnosis(
        site, lab.sandbox.workspace_key, deadline=Deadline(30), clock=lab.clock
    )
    trial = doctor.trial(a_request(cap="0"))
    assert trial.key is None
    assert "no cap" in trial.said


@pytest.mark.parametrize("status", [201, 202])
def test_any_success_that_has_a_key_in_it_is_a_key(lab: Lab, status: int) -> None:
    state = lab.sandbox.state

    def made() -> tuple[int, Any]:
        minter = next(k for k in state.keys.values() if k.secret == lab.sandbox.workspace_key)
        return status, create(state, minter, lab.body())

    state.faults[("POST", "/api-keys")] = made
    key = lab.portkey().mint(a_request())
    assert lab.job_keys == [key.alias]


def test_a_request_that_timed_out_on_the_way_may_have_made_a_key(lab: Lab) -> None:
    lab.fail("POST", "/api-keys", 408, {"message": "Request Timeout"})
    with pytest.raises(LostAnswer):
        lab.portkey().mint(a_request())
