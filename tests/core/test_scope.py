from __future__ import annotations

import pytest

from ci_tokengate.core.alias import Alias
from ci_tokengate.core.scope import Scope, of_branch, of_pull_request, of_run

SHOP = "acme/shop"


def alias(scope: str, *, repository: str = SHOP, run: str = "777", attempt: int = 1) -> str:
    return str(
        Alias(
            repository=repository,
            scope=scope,
            run_id=run,
            run_attempt=attempt,
            job="review",
            use_case="code-review",
            nonce="ab12",
        )
    )


@pytest.mark.parametrize(
    ("scope", "inside", "outside"),
    [
        pytest.param(
            of_pull_request(SHOP, 1),
            [alias("1"), alias("1", repository="Acme/SHOP"), alias("1", run="12")],
            [alias("12"), alias("refs/heads/1"), alias("1", repository="acme/shop2"), "1", ""],
            id="a pull request",
        ),
        pytest.param(
            of_pull_request("acme/web_app", 1),
            [alias("1", repository="acme/web_app")],
            [alias("1", repository="acme/web-app"), alias("1", repository="acme/webXapp")],
            id="an underscore is no wildcard",
        ),
        pytest.param(
            of_branch(SHOP, "50%_off"),
            [alias("refs/heads/50%_off"), alias("refs/heads/50%_off", repository="ACME/shop")],
            [alias("refs/heads/50%_OFF"), alias("refs/heads/50%x_off"), alias("50%_off")],
            id="a branch, to the letter",
        ),
        pytest.param(
            of_branch(SHOP, "refs/tags/v1"),
            [alias("refs/tags/v1")],
            [alias("refs/heads/v1"), alias("refs/tags/v1.1")],
            id="a full ref",
        ),
        pytest.param(
            of_run(SHOP, "777"),
            [alias("1"), alias("refs/heads/main"), alias("9", attempt=3, repository="Acme/Shop")],
            [alias("1", run="7777"), alias("1", run="77"), alias("1", repository="acme/shop2")],
            id="a run, all attempts",
        ),
        pytest.param(
            of_run(SHOP, "build.7"),
            [alias("1", run="build.7")],
            [alias("1", run="build"), alias("1", run="build.7.7")],
            id="a run with a point in its id",
        ),
        pytest.param(
            of_run("", "777"),
            [alias("1"), alias("1", repository="other/one")],
            [alias("1", run="778"), "foreign:777.1:"],
            id="a run of any repository",
        ),
    ],
)
def test_a_scope_holds_its_own_keys_and_no_others(
    scope: Scope, inside: list[str], outside: list[str]
) -> None:
    assert [text for text in inside if not scope.holds(text)] == []
    assert [text for text in outside if scope.holds(text)] == []
    for text in inside:
        assert scope.part.lower() in text.lower(), "what is searched for finds it"
        assert text.startswith(scope.spelling(text))
        assert scope.spelling(text).lower() == scope.prefix.lower()
