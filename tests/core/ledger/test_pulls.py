"""What of a pull request is kept, which one it reverts, and whose its files are."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_tokengate.core.ledger.owners import UNOWNED, Owner, owners_of, weights
from ci_tokengate.core.ledger.pulls import pull_record, reverted
from ci_tokengate.sandbox.github import pull_request

MERGED = datetime(2026, 11, 3, 9, 30, tzinfo=timezone.utc)


def test_a_merged_pull_request_is_kept_with_when_where_and_labels() -> None:
    body = pull_request(7, merged=MERGED, base_ref="main", head_ref="=cmd|' /C calc'!A0")
    body |= {"labels": [{"name": "risk"}, {"name": "agent"}, {"name": ""}, None]}
    found = pull_record("github.com", "acme/shop", body)
    assert found is not None
    assert (found.merged_at, found.closed_at, found.updated_at) == (MERGED, MERGED, MERGED)
    assert (found.base_ref, found.head_ref) == ("main", "=cmd|' /C calc'!A0")
    assert (found.labels, found.actor, found.owners) == (("agent", "risk"), "octocat", ())


@pytest.mark.parametrize("body", [None, [], {}, {"number": 7}, {"number": "7", "updated_at": "x"}])
def test_what_is_no_pull_request_is_none(body: Any) -> None:
    assert pull_record("github.com", "acme/shop", body) is None


@pytest.mark.parametrize(
    ("body", "branch", "title", "number"),
    [
        ("Reverts acme/shop#12", "revert-12-fast", 'Revert "Fast"', 12),
        ("It broke.\n\nreverts #12\n", "undo", "Undo", 12),
        ("Reverts ACME/Shop#12", "undo", "Undo", 12),
        (None, "revert-12-fast", 'Revert "Fast"', 12),
        ("edited away", "revert-12-octo/fast", "revert: fast", 12),
        ("Reverts other/shop#12", "topic", "Undo", None),
        ("This reverts commit abc.", "topic", 'Revert "Fast"', None),
        (None, "revert-12-fast", "Make reverting fast", None),
        ("never Reverts acme/shop#12", "topic", "Talk", None),
        (None, "revert-to-12", "Revert", None),
    ],
)
def test_a_revert_is_known_by_what_githubs_button_writes(
    body: str | None, branch: str, title: str, number: int | None
) -> None:
    pull = pull_request(20, body=body, head_ref=branch, title=title)
    assert reverted(pull, "acme/shop") == number


MONO = [
    Owner(repository="acme/mono", paths=("services/pay/**", "libs/money/"), cost_center="PAY"),
    Owner(repository="Acme/Mono", paths=("**/*.md", "services/*/docs"), cost_center="DOCS"),
]


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("services/pay/api/main.py", "PAY"),
        ("services/payments/main.py", UNOWNED),
        ("libs/money/usd.py", "PAY"),
        ("libs/money", "PAY"),
        ("README.md", "DOCS"),
        ("services/pay/README.md", "DOCS"),
        ("services/search/docs/a/b.txt", "DOCS"),
        ("services/a/b/docs/c.txt", UNOWNED),
        ("src/app.py", UNOWNED),
    ],
)
def test_a_file_is_the_last_fitting_owners(path: str, owner: str) -> None:
    assert weights([path], MONO) == ((owner, 1),)


def test_a_repository_without_owners_has_no_weights() -> None:
    assert weights(["a", "b"], owners_of("acme/shop", MONO)) == ()
    assert owners_of("ACME/mono", MONO) == MONO


@given(st.lists(st.text(max_size=20), max_size=20))
def test_each_file_counts_once(files: list[str]) -> None:
    assert sum(n for _, n in weights(files, MONO)) == len(files)
