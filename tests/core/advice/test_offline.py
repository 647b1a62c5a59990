"""What a policy says against itself."""

from __future__ import annotations

from datetime import date

import pytest

from ci_tokengate.core.advice.advice import Advice, refused
from ci_tokengate.core.advice.offline import judged
from ci_tokengate.core.level import Level
from tests.core.advice.policies import changed

TODAY = date(2026, 11, 28)
_OBSERVE = "mode: observe\nsince: {}\nteams:"


def _told(old: str = "", new: str = "") -> list[Advice]:
    return list(judged(changed(old, new), TODAY))


def test_nothing_is_said_against_a_policy_that_is_right() -> None:
    assert _told() == []


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        (
            "completion: {tier: fast, models: [claude-haiku]",
            "completion: {tier: fast, models: [claude-opus]",
            "use-cases.completion.models",
            "completion may use claude-opus, a strong model, and its task needs a fast one",
        ),
        (
            "completion: {tier: fast, models: [claude-haiku]",
            "completion: {models: [claude-opus]",
            "use-cases.completion.models",
            "a strong model",
        ),
        (
            "when-amber: {models: [claude-haiku], route: {claude-sonnet: claude-haiku}}",
            "when-amber: {models: [claude-opus, claude-sonnet, claude-haiku]}",
            "use-cases.code-review.when-amber.models",
            "brings claude-opus, which is stronger",
        ),
        (
            ", route: {claude-sonnet: claude-haiku}",
            "",
            "use-cases.code-review.when-amber",
            "takes claude-sonnet away, and routes it nowhere",
        ),
        ("cap-per-pr: 10", "cap-per-pr: 1200.01", "use-cases.code-review.cap-per-pr", "$1,200 at"),
        ("cap-per-run: 2", "cap-per-run: 2\n    ttl: 2h", "use-cases.code-review.ttl", "above max"),
        ("search: {plan: 200}", "search: {}", "teams.search", "search has no plan here"),
        ("{team: payments, use", "{use", "defaults.team", "no default team"),
        ("teams:", _OBSERVE.format("2026-09-29"), "since", "observed for 60 days"),
        ("teams:", _OBSERVE.format("2026-12-28"), "since", "begins in 30 days"),
        (
            "teams:",
            "exemptions: {approvers: [boss, '@acme/platform']}\nteams:",
            "exemptions.approvers.1",
            "@acme/platform is no login",
        ),
        ("teams:", "allow-admin-key: true\nteams:", "allow-admin-key", "no budget binds"),
        (
            "teams:",
            "exemptions: {granted: [{team: search, extra: 5, from: 2026-12-01, until: 2026-12-02, "
            "reason: r, requested-by: o}]}\nteams:",
            "exemptions.granted",
            "names no approvers",
        ),
    ],
)
def test_each_fault_is_told_at_its_place(old: str, new: str, place: str, words: str) -> None:
    found = [a for a in _told(old, new) if words in a.message]
    assert [".".join(map(str, a.place)) for a in found] == [place]
    assert all(a.hint for a in found)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("cap-per-pr: 10", "cap-per-pr: 1200"),  # exactly what the dearest team may spend
        ("teams:", _OBSERVE.format("2026-09-30")),
        ("teams:", _OBSERVE.format("2026-11-29")),  # today, further east
        ("completion: {tier: fast, models: [claude-haiku]", "chat: {models: [claude-opus]"),
        ("code-review:\n    tier: middle", "code-review:"),
    ],
)
def test_what_only_looks_like_a_fault_is_not_told(old: str, new: str) -> None:
    assert _told(old, new) == []


def test_caps_are_not_judged_where_a_team_has_a_plan_that_only_the_proxy_knows() -> None:
    found = judged(changed("search: {plan: 200}", "search: {}"), TODAY)
    assert [a.level for a in found] == [Level.NOTE]


def test_an_error_fails_a_warning_only_where_it_is_asked_for_and_a_note_never() -> None:
    told = {level: [Advice(level=level, place=(), message="m", hint="h")] for level in Level}
    assert [refused(told[level], strict=False) for level in Level] == [True, False, False]
    assert [refused(told[level], strict=True) for level in Level] == [True, True, False]
