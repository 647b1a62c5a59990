from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ci_tokengate.core.alias import (
    Alias,
    alias_for,
    attribution,
    parse_alias,
    scope_prefix,
    tags,
)
from tests.fakes import a_context

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=20)


def test_the_alias_of_a_pull_requests_job() -> None:
    text = str(alias_for(a_context(), "code-review", "ab12"))
    assert text == "tokengate:acme/web_app#12:777.1:review:code-review:ab12"
    assert text.startswith(scope_prefix("acme/web_app", "12"))


def test_a_branch_that_is_called_as_a_pull_request_has_another_prefix() -> None:
    assert scope_prefix("a/b", "12") != scope_prefix("a/b", "refs/heads/12")
    assert a_context(None).scope == "refs/heads/main"


def test_pull_request_1_is_no_prefix_of_12() -> None:
    assert not str(alias_for(a_context(12), "u", "n")).startswith(scope_prefix("acme/web_app", "1"))


def test_long_branches_that_begin_alike_have_prefixes_of_their_own() -> None:
    branches = [f"refs/heads/{'長' * 40}{end}" for end in ("one", "two")]
    first, second = (scope_prefix("acme/shop", branch) for branch in branches)
    assert first != second
    assert len(first) == len(second) == len("tokengate:acme/shop#:") + 200


@given(NAMES, NAMES, NAMES, NAMES, NAMES)
def test_an_alias_survives_whatever_names_jobs_and_branches_have(
    repository: str, scope: str, run: str, job: str, use_case: str
) -> None:
    alias = Alias(
        repository=repository,
        scope=scope,
        run_id=run,
        run_attempt=3,
        job=job,
        use_case=use_case,
        nonce="ab12",
    )
    text = str(alias)
    assert text.isascii()
    assert " " not in text
    assert "," not in text
    assert parse_alias(text) == alias


@given(st.text())
def test_a_text_that_is_no_alias_is_none(text: str) -> None:
    assert parse_alias("other:" + text) is None


def test_tags_hold_no_comma_since_the_proxy_splits_them_there() -> None:
    found = tags(a_context(), team="a,b", use_case="code-review")
    assert found == [
        "repo:github.com/acme/web_app",
        "branch:topic",
        "pr:acme/web_app#12",
        "team:a%2Cb",
        "use_case:code-review",
    ]


def test_the_attribution_names_no_person() -> None:
    found = attribution(a_context(), team="t", cost_center="c", use_case="u")
    assert not {"actor", "author", "user", "sender"} & set(found)
    assert found["pull_request"] == 12
