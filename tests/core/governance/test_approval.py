from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_tokengate.core.governance.approval import MergedChange, Review, Stand, agreement

MERGED = datetime(2026, 12, 1, tzinfo=timezone.utc)
HEAD, OLDER = "a" * 40, "b" * 40
BOSSES = ("Boss", "deputy")


def _review(login: str, stand: Stand = Stand.APPROVED, commit: str = HEAD) -> Review:
    return Review(login=login, stand=stand, commit=commit)


def _change(*reviews: Review, author: str = "octocat", merged: bool = True) -> MergedChange:
    return MergedChange(
        number=7,
        url="https://github.com/acme/policy/pull/7",
        author=author,
        head=HEAD,
        merged_at=MERGED if merged else None,
        reviews=reviews,
    )


@pytest.mark.parametrize(
    ("reviews", "approver"),
    [
        ([_review("boss")], "boss"),
        ([_review("stranger"), _review("deputy")], "deputy"),
        ([_review("boss", Stand.REFUSED), _review("boss")], "boss"),
        ([_review("boss"), _review("boss", Stand.COMMENTED)], "boss"),
        ([_review("boss", commit=OLDER), _review("boss")], "boss"),
    ],
)
def test_an_approver_of_the_policy_who_saw_what_was_merged_agrees(
    reviews: list[Review], approver: str
) -> None:
    found = agreement(_change(*reviews), requested_by="octocat", approvers=BOSSES)
    assert (found.approver, found.given, found.why_not) == (approver, True, "")


def test_an_approver_may_be_written_with_an_at_sign() -> None:
    assert agreement(_change(_review("boss")), requested_by="o", approvers=["@Boss"]).given


@pytest.mark.parametrize(
    ("change", "asks", "approvers", "words"),
    [
        (None, "octocat", BOSSES, "No merged pull request"),
        (_change(_review("boss"), merged=False), "octocat", BOSSES, "No merged pull request"),
        (_change(), "octocat", BOSSES, "Nobody has approved"),
        (_change(_review("boss", Stand.COMMENTED)), "octocat", BOSSES, "Nobody has approved"),
        (
            _change(_review("boss"), _review("boss", Stand.DISMISSED)),
            "octocat",
            BOSSES,
            "Nobody has approved",
        ),
        (
            _change(_review("boss"), _review("boss", Stand.REFUSED)),
            "octocat",
            BOSSES,
            "Nobody has approved",
        ),
        (_change(_review("boss", commit=OLDER)), "octocat", BOSSES, "was changed after"),
        (_change(_review("BOSS")), "boss", BOSSES, "Only whoever asks"),
        (_change(_review("boss")), "@Boss ", BOSSES, "Only whoever asks"),
        (_change(_review("boss")), " boss", ("@boss",), "Only whoever asks"),
        (_change(_review("boss"), author="Boss"), "octocat", BOSSES, "Only whoever asks"),
        (
            replace(_change(_review("boss")), writers={"Boss"}),
            "octocat",
            BOSSES,
            "Only whoever asks",
        ),
        (_change(_review("stranger")), "octocat", BOSSES, "none of the policy's approvers"),
        (_change(_review("boss")), "octocat", (), "names no approvers"),
    ],
)
def test_anything_less_is_no_agreement_and_says_why(
    change: MergedChange | None, asks: str, approvers: tuple[str, ...], words: str
) -> None:
    found = agreement(change, requested_by=asks, approvers=approvers)
    assert not found.given
    assert words in found.why_not


LOGINS = st.sampled_from(["octocat", "boss", "BOSS", "deputy", "stranger"])
REVIEWS = st.builds(_review, LOGINS, st.sampled_from(list(Stand)), st.sampled_from([HEAD, OLDER]))


@given(st.lists(REVIEWS, max_size=8), LOGINS, LOGINS)
def test_whoever_asks_never_agrees_with_themselves(
    reviews: list[Review], author: str, asks: str
) -> None:
    found = agreement(_change(*reviews, author=author), requested_by=asks, approvers=BOSSES)
    assert found.given is not bool(found.why_not)
    if found.given:
        assert found.approver.lower() not in (author.lower(), asks.lower())
        assert found.approver.lower() in ("boss", "deputy")
        own = [r for r in reviews if r.login.lower() == found.approver.lower()]
        assert [r for r in own if r.stand is not Stand.COMMENTED][-1].stand is Stand.APPROVED
