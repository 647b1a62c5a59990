"""Each refusal that Portkey documents has its outcome, while reading, while minting and while revoking.

Source: https://portkey.ai/docs/api-reference/admin-api/error (AB01 to AB09) and …/inference-api/error-codes (412, 429).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ci_tokengate.adapters.proxies.portkey.errors import MEANINGS
from ci_tokengate.core.keys import Handle
from ci_tokengate.errors import (
    CredentialError,
    ProxyUnavailableError,
    TokengateError,
    UsageError,
)
from ci_tokengate.ports import LostAnswer
from tests.adapters.proxies.portkey.conftest import ALIAS, DAWN, PREFIX, Lab, a_request

DOCUMENTED: list[tuple[str, int, type[TokengateError], str, str]] = [
    ("AB01", 400, UsageError, "Portkey refused", "a feature of some plans only"),
    ("AB02", 404, UsageError, "knows no such thing", "workspace's slug"),
    ("AB03", 403, CredentialError, "has no right to do this", "analytics.view"),
    ("AB04", 500, ProxyUnavailableError, "Portkey failed", "status page"),
    ("AB05", 401, CredentialError, "does not accept the minting key", "proxy-key"),
    ("AB06", 429, ProxyUnavailableError, "limits the rate", "in a minute"),
    ("AB07", 409, UsageError, "there already", "sweep"),
    ("AB08", 404, UsageError, "knows no such thing", "control-url"),
    ("AB09", 402, UsageError, "subscription is exhausted", "renew or raise the plan"),
    ("", 412, UsageError, "budget at Portkey is used up", "usage limits"),
    ("", 429, ProxyUnavailableError, "limits the rate", "in a minute"),
    ("", 503, ProxyUnavailableError, "Portkey failed", "status page"),
    ("", 418, UsageError, "Portkey refused", "docs/portkey.md"),
]
each = pytest.mark.parametrize(
    ("code", "status", "kind", "said", "hint"),
    DOCUMENTED,
    ids=[f"{d[0] or 'HTTP'}-{d[1]}" for d in DOCUMENTED],
)


def envelope(code: str, words: str = "So it is") -> dict[str, Any]:
    return {"success": False, "data": {"message": words, "errorCode": code}}


@each
def test_a_refused_reading_says_what_it_was_and_what_to_change(
    lab: Lab, code: str, status: int, kind: type[TokengateError], said: str, hint: str
) -> None:
    lab.fail("GET", "/analytics/groups", status, envelope(code))
    with pytest.raises(kind) as caught:
        list(lab.portkey().usage_by_alias(PREFIX, since=DAWN))
    assert type(caught.value) is kind
    assert said in caught.value.message
    assert f"HTTP {status}" in caught.value.message
    assert code in caught.value.message
    assert hint in caught.value.hint


@each
def test_a_refused_mint_leaves_no_doubt_whether_there_is_a_key(
    lab: Lab, code: str, status: int, kind: type[TokengateError], said: str, hint: str
) -> None:
    """A failure of the server's, and a name that is taken, may both be a key that exists."""
    lab.fail("POST", "/api-keys", status, envelope(code))
    if status >= 500 or status == 409:
        with pytest.raises(LostAnswer):
            lab.portkey().mint(a_request())
        return
    with pytest.raises(kind, match=said):
        lab.portkey().mint(a_request())
    assert lab.job_keys == []


@each
def test_a_refused_revocation_is_never_taken_for_done(
    lab: Lab, code: str, status: int, kind: type[TokengateError], said: str, hint: str
) -> None:
    """But for a 404: what is not there is gone."""
    lab.portkey().mint(a_request())
    lab.fail("DELETE", "/api-keys", status, envelope(code))
    handle = Handle(alias=ALIAS, team_id="payments-squad", key_id=ALIAS)
    if status == 404:
        assert lab.portkey().revoke(handle) is False
        return
    with pytest.raises(kind, match=said):
        lab.portkey().revoke(handle)


@pytest.mark.parametrize(("code", "kind"), [(d[0], d[2]) for d in DOCUMENTED if d[0]])
def test_the_code_tells_where_somebody_in_between_changed_the_status(
    lab: Lab, code: str, kind: type[TokengateError]
) -> None:
    lab.fail("GET", "/analytics/groups", 422, envelope(code))
    with pytest.raises(kind):
        list(lab.portkey().usage_by_alias(PREFIX, since=DAWN))


def test_no_two_meanings_claim_the_same_status_or_code() -> None:
    statuses = [s for meaning in MEANINGS for s in meaning.statuses]
    codes = [c for meaning in MEANINGS for c in meaning.codes]
    assert len(statuses) == len(set(statuses))
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(
    "body",
    [
        {"message": "Said so"},
        {"error": {"message": "Said so"}},
        {"error": "Said so"},
        {"data": {"message": "Said so"}},
        {"data": {"error": {"message": "Said so"}}},
    ],
)
def test_the_words_are_found_in_whichever_envelope(lab: Lab, body: dict[str, Any]) -> None:
    lab.fail("GET", "/analytics/groups", 400, body)
    with pytest.raises(UsageError, match="Said so"):
        list(lab.portkey().usage_by_alias(PREFIX, since=DAWN))


def test_a_refusal_that_quotes_the_minting_key_does_not_show_it(lab: Lab) -> None:
    secret = lab.sandbox.workspace_key
    lab.fail("GET", "/analytics/groups", 401, envelope("AB05", f"{secret} is unknown"))
    with pytest.raises(CredentialError) as caught:
        list(lab.portkey().usage_by_alias(PREFIX, since=DAWN))
    assert secret not in f"{caught.value.message} {caught.value.hint}"


NONSENSE: list[tuple[Any, type[TokengateError]]] = [
    ({}, ProxyUnavailableError),
    ({"summary": {"total": None}}, ProxyUnavailableError),
    ({"summary": {"total": "NaN"}}, ProxyUnavailableError),
    ({"summary": {"total": 1e300}}, ProxyUnavailableError),
    ([], ProxyUnavailableError),
    (None, ProxyUnavailableError),
]


@pytest.mark.parametrize(("body", "kind"), NONSENSE)
def test_a_figure_that_is_none_is_not_taken_for_zero(
    lab: Lab, body: Any, kind: type[TokengateError]
) -> None:
    lab.fail("GET", "/analytics/graphs/cost", 200, body)
    with pytest.raises(kind):
        lab.portkey().team_budget("payments-squad")


READS: list[Callable[[Lab], object]] = [
    lambda lab: lab.portkey().credential(),
    lambda lab: lab.portkey().team_budget("payments-squad"),
    lambda lab: lab.portkey().keys(prefix=PREFIX),
    lambda lab: lab.portkey().revoked_keys(prefix=PREFIX),
    lambda lab: lab.portkey().log_size(PREFIX, since=DAWN),
]


@pytest.mark.parametrize("read", READS)
def test_a_server_that_is_no_portkey_is_told_and_not_believed(
    lab: Lab, read: Callable[[Lab], object]
) -> None:
    for path in ("/api-keys", "/admin", "/analytics"):
        lab.fail("GET", path, 404, "<html>Nothing here</html>")
    with pytest.raises(TokengateError):
        read(lab)
