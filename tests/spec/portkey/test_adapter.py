"""Every request that the Portkey adapter sends, and every answer of the sandbox, validates against Portkey's description."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import httpx
import pytest

from ci_tokengate.core.keys import Handle, JobKey, KeyRequest
from ci_tokengate.errors import ProxyUnavailableError
from tests.spec.portkey.conftest import Described

pytestmark = pytest.mark.spec
PREFIX = "tokengate:acme/web_app#12:"
DAWN = datetime(2026, 1, 1, tzinfo=timezone.utc)


def a_request(nonce: str, **changes: object) -> KeyRequest:
    usual: dict[str, object] = {
        "alias": f"{PREFIX}777.1:review:code-review:{nonce}",
        "team_id": "payments-squad",
        "user_id": None,
        "models": ("claude-sonnet", "claude-haiku"),
        "route": {},
        "cap": Decimal("0.40"),
        "ttl": timedelta(minutes=30),
        "parallel_requests": 4,
        "requests_per_minute": 60,
        "config": "pc-ci",
        "tags": ("pr:acme/web_app#12",),
        "attribution": {"repository": "acme/web_app", "pull_request": 12, "cost_center": "ENGG"},
    }
    return KeyRequest(**{**usual, **changes})  # type: ignore[arg-type]


def call(described: Described, key: JobKey, model: str) -> None:
    answer = httpx.post(
        f"{described.sandbox.url}/v1/messages",
        headers={"x-portkey-api-key": key.key},
        json={"model": model, "messages": [{"role": "user", "content": "in=90000 out=900"}]},
    )
    assert answer.status_code == 200


def test_the_whole_life_of_a_key(described: Described) -> None:
    proxy = described.portkey()
    assert proxy.credential().is_admin is False
    proxy.team_budget("payments-squad")
    key = proxy.mint(a_request("aa11bb22"))
    for model in ("claude-sonnet", "claude-haiku"):
        call(described, key, model)
    assert [k.id for k in proxy.live_keys(prefix=PREFIX, team_id="payments-squad")] == [key.id]
    assert len(list(proxy.usage_by_alias(PREFIX, since=DAWN))) == 2
    assert proxy.log_size(PREFIX, since=DAWN) == 2
    assert proxy.log_begins(since=DAWN) is not None
    handle = Handle(alias=key.alias, team_id="payments-squad", key_id=key.id)
    assert proxy.budget_spent(handle, key.key) is False
    assert proxy.revoke(handle) is True
    assert [k.id for k in described.portkey().revoked_keys(prefix=PREFIX)] == [key.id]
    assert len(list(described.portkey().usage_of(key.id))) == 2


def test_a_key_without_what_a_use_case_may_leave_out(described: Described) -> None:
    key = described.portkey(described.sandbox.workspace_key).mint(
        a_request("cc33dd44", requests_per_minute=None, config="", cap=Decimal(20))
    )
    assert described.portkey().revoke(Handle(alias=key.alias, team_id="")) is True


def test_the_log_of_days(described: Described) -> None:
    log, today = described.log(), datetime.now(timezone.utc).date()
    key = described.portkey().mint(a_request("ee55ff66"))
    call(described, key, "claude-haiku")
    assert log.sight().whole is False
    assert log.row_count(today) >= 1
    assert list(log.rows(today))
    assert list(log.rows_of(PREFIX, since=DAWN))
    assert next(facts.alias for facts in log.newest_keys()) == key.alias
    assert log.key(key.id) is not None
    assert log.team("payments-squad") is not None


def test_what_doctor_asks(described: Described) -> None:
    diagnosis = described.diagnosis()
    assert diagnosis.health().product == "Portkey"
    minter = diagnosis.minter("claude-haiku")
    assert (minter.missing, minter.raises_budgets) == ((), False)
    request = a_request("trial", cap=Decimal(0))
    assert diagnosis.trial(request).key is not None
    assert len(list(diagnosis.bounds(request))) == 5
    diagnosis.forget(request.alias)


def test_each_operation_of_the_description_was_seen(described: Described) -> None:
    """The slice holds nothing that is not used, so that what was checked is all there is."""
    wanted = {
        f"{method.upper()} {path}"
        for path, methods in described.watch.description["paths"].items()
        for method in methods
    }
    assert wanted <= described.watch.seen


@pytest.mark.parametrize(
    ("method", "path", "body", "words"),
    [
        ("POST", "/api-keys/workspace/service", {"name": "x"}, "scopes"),
        ("POST", "/api-keys/team/service", {"name": "x", "scopes": []}, "allowed values"),
        (
            "POST",
            "/api-keys/workspace/service",
            {"name": "x", "scopes": ["s"], "usage_limits": {"type": "cost", "credit_limit": 0.4}},
            "credit_limit",
        ),
        (
            "POST",
            "/api-keys/workspace/service",
            {"name": "x", "scopes": ["s"], "expires": "soon"},
            "additional",
        ),
        ("GET", "/analytics/graphs/cost?workspace_slug=a", None, "time_of_generation_m"),
        ("GET", "/api-keys?alias=x", None, "unknown ['alias']"),
        ("GET", "/api-keys/by-name", None, "uuid"),
    ],
)
def test_a_request_that_portkey_would_not_take_is_caught(
    described: Described, method: str, path: str, body: object, words: str
) -> None:
    """The check can fail."""
    headers = {"x-portkey-api-key": described.sandbox.minter_key}
    httpx.request(method, f"{described.site.control_url}{path}", json=body, headers=headers)
    found = " ".join(described.watch.violations)
    described.watch.violations.clear()
    assert words in found


def test_an_answer_in_fractions_of_a_cent_is_not_as_described(described: Described) -> None:
    """What is known to come all the same: the adapter takes it, and the description is told to be wrong there."""
    key = described.portkey().mint(a_request("0ddc0de5"))
    call(described, key, "claude-haiku")
    described.sandbox.state.whole_cents = False
    try:
        with pytest.raises(ProxyUnavailableError, match="Prism"):
            described.portkey().team_budget("payments-squad")
    finally:
        described.sandbox.state.whole_cents = True
    found = " ".join(described.watch.violations)
    described.watch.violations.clear()
    assert "must be integer" in found
