from __future__ import annotations

from ci_tokengate.core.governance.names import names_of
from ci_tokengate.core.governance.team import TeamRecord


def _record(team_id: str, alias: str = "") -> TeamRecord:
    return TeamRecord(
        id=team_id,
        alias=alias,
        spend=None,
        max_budget=None,
        soft_budget=None,
        budget_duration=None,
        resets_at=None,
        metadata={},
    )


def test_a_team_has_the_policys_name_else_its_alias_else_its_id() -> None:
    there = [_record("7", "search"), _record("8", "shop"), _record("9")]
    assert names_of(there, {"7": "search-squad"}) == {"7": "search-squad", "8": "shop", "9": "9"}


def test_two_that_would_have_one_name_are_told_apart_by_their_ids() -> None:
    """LiteLLM's aliases are not unique. The policy's own name stays as it is."""
    there = [
        _record("7", "search"),
        _record("8", "search"),
        _record("9", "shop"),
        _record("1", "9"),
    ]
    assert names_of(there, {"9": "search"}) == {
        "7": "search (7)",
        "8": "search (8)",
        "9": "search",
        "1": "9",
    }
    assert names_of([_record("a", "x"), _record("x")], {}) == {"a": "x (a)", "x": "x"}
