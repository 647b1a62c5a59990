"""Readings of one key made one."""

from __future__ import annotations

from datetime import datetime, timezone

from hypothesis import given
from hypothesis import strategies as st

from ci_tokengate.core.ledger.entry import LedgerKey
from ci_tokengate.core.ledger.owner import merged

_FEW = st.sampled_from(["", "a", "b"])
_KEYS = st.builds(
    LedgerKey,
    proxy=st.just("p"),
    key_id=st.just("k"),
    alias=_FEW,
    team_id=_FEW,
    repository=_FEW,
    pull_request=st.none() | st.integers(1, 2),
    run_id=_FEW,
    run_attempt=st.integers(0, 2),
    use_case=_FEW,
    cost_center=_FEW,
    actor=_FEW,
    ends_at=st.none() | st.just(datetime(2026, 10, 1, tzinfo=timezone.utc)),
)


@given(_KEYS, _KEYS, _KEYS)
def test_the_order_of_readings_does_not_matter(a: LedgerKey, b: LedgerKey, c: LedgerKey) -> None:
    assert merged(a, b) == merged(b, a)
    assert merged(merged(a, b), c) == merged(a, merged(b, c))
    assert merged(a, a) == a
    assert merged(merged(a, b), b) == merged(a, b)


@given(_KEYS, _KEYS)
def test_what_the_minter_set_is_one_readings_and_never_a_mixture(
    a: LedgerKey, b: LedgerKey
) -> None:
    def minted(key: LedgerKey) -> tuple[object, ...]:
        told = (key.alias, key.repository, key.pull_request, key.ref, key.run_id, key.run_attempt)
        return (*told, key.job, key.use_case)

    assert minted(merged(a, b)) in (minted(a), minted(b))


def test_what_either_knows_is_known() -> None:
    bare = LedgerKey(proxy="p", key_id="k", team_id="t", actor="ada")
    known = LedgerKey(proxy="p", key_id="k", repository="acme/shop", pull_request=7)
    both = merged(bare, known)
    assert (both.team_id, both.actor, both.repository, both.pull_request) == (
        *("t", "ada", "acme/shop"),
        7,
    )
