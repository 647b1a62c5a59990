"""The adapter of comments against the double: authors, pages, refusals, limits and broken answers."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from ci_tokengate.adapters.github_comments import GitHubComments
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.errors import TokengateError, UndecidedError, UsageError
from ci_tokengate.sandbox.github import GitHubState, faults, github_token
from ci_tokengate.sandbox.github.faults import Fault
from ci_tokengate.sandbox.github.identity import ACTIONS, Identity
from ci_tokengate.sandbox.github.serve import running_github
from tests.sandbox.github.conftest import REPOSITORY, api, github_double, state

__all__ = ["api", "github_double", "state"]

MARK = "<!-- mark -->"
TOKEN = "ghs_CanaryOfTheCommentsToken01"
APP = Identity(login="acme-tokengate[bot]", type="Bot", app_slug="acme-tokengate")


class Waits:
    """The machine's time, in which sleeping takes none."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def now(self) -> datetime:
        return datetime.now(timezone.utc)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
def waits() -> Waits:
    return Waits()


Open = Callable[..., GitHubComments]


@pytest.fixture
def opened(api: str, state: GitHubState, waits: Waits) -> Open:
    def make(
        token: str = TOKEN,
        *,
        url: str = api,
        number: int = 7,
        repository: str = REPOSITORY,
        seconds: float = 30,
    ) -> GitHubComments:
        return GitHubComments(
            url, token, repository, number, deadline=Deadline(seconds), clock=waits
        )

    return make


def bodies(comments: GitHubComments) -> list[str]:
    return [found.body for found in comments.mine(MARK)]


def test_all_pages_are_searched(state: GitHubState, opened: Open) -> None:
    for number in range(250):
        state.add_comment(7, f"{MARK}\n{number}" if number in (3, 120, 249) else str(number))
    assert bodies(opened()) == [f"{MARK}\n{number}" for number in (3, 120, 249)]
    assert len([a for a in state.log if a.path.endswith("/comments")]) == 3


def test_a_comment_is_made_found_edited_hidden_and_deleted(
    state: GitHubState, opened: Open
) -> None:
    comments = opened()
    made = comments.create(f"{MARK}\n1")
    assert [c.id for c in comments.mine(MARK)] == [made.id]
    edited = comments.edit(made, f"{MARK}\n2")
    assert edited is not None
    assert state.comments[made.id].body == edited.body == f"{MARK}\n2"
    comments.hide(edited)
    assert state.comments[made.id].minimized == "OUTDATED"
    comments.delete(edited)
    assert state.comments == {}
    assert made.url.endswith(f"#issuecomment-{made.id}")


def test_a_comment_that_is_gone_is_no_error(state: GitHubState, opened: Open) -> None:
    comments = opened()
    made = comments.create(MARK)
    del state.comments[made.id]
    assert comments.edit(made, "x") is None
    comments.hide(made)
    comments.delete(made)


def test_what_is_hidden_is_not_hidden_again(state: GitHubState, opened: Open) -> None:
    for number in range(5):
        state.add_comment(7, f"{MARK}\n{number}").minimized = "OUTDATED" if number < 4 else None
    comments = opened()
    for found in comments.mine(MARK):
        comments.hide(found)
    graph = [asked for asked in state.log if asked.path == "/api/graphql"]
    assert len(graph) == 3  # who am I, which are hidden, hide one
    assert all(c.minimized == "OUTDATED" for c in state.comments.values())


@pytest.mark.parametrize(
    ("token", "identity"),
    [
        ("ghs_job", ACTIONS),
        ("ghs_app", APP),
        ("ghp_personal", Identity(login="octocat")),
        ("github_pat_fine", Identity(login="octocat")),
    ],
)
def test_only_comments_by_the_tokens_own_author_are_its(
    state: GitHubState, opened: Open, token: str, identity: Identity
) -> None:
    state.tokens[token] = identity
    for author in (ACTIONS, APP, Identity(login="octocat"), Identity(login="mallory")):
        state.add_comment(7, f"{MARK}\n{author.login}", by=author)
    assert bodies(opened(token)) == [f"{MARK}\n{identity.login}"]


def test_nobody_is_asked_who_we_are_while_there_is_no_marker(
    state: GitHubState, opened: Open
) -> None:
    state.add_comment(7, "hello")
    assert bodies(opened()) == []
    assert not [asked for asked in state.log if "graphql" in asked.path or asked.path == "/user"]


def test_without_graphql_a_jobs_token_is_github_actions(state: GitHubState, opened: Open) -> None:
    state.add_comment(7, f"{MARK}\nours")
    state.add_comment(7, f"{MARK}\ntheirs", by=APP)
    state.faults.plan("POST", "graphql", Fault(status=404, body=b'{"message": "Not Found"}'))
    assert bodies(opened()) == [f"{MARK}\nours"]
    assert state.faults.left == 0


@pytest.mark.parametrize(
    "fault", [faults.server_error(502), faults.secondary_limit(900), faults.dropped()]
)
def test_who_we_are_is_never_guessed_while_github_cannot_say(
    state: GitHubState, opened: Open, fault: Fault
) -> None:
    """A wrong guess would not find the comment there is, and make a second one."""
    state.tokens["ghs_app"] = APP
    state.add_comment(7, MARK, by=APP)
    state.faults.plan("POST", "graphql", fault, times=3)
    with pytest.raises(UndecidedError):
        opened("ghs_app").mine(MARK)


def test_a_closed_pull_request_is_commented_on_all_the_same(
    state: GitHubState, opened: Open
) -> None:
    state.close_pull(7, merged=True)
    assert opened().create("x").id in state.comments


def test_a_repository_that_was_renamed_is_followed_and_every_write_arrives(
    state: GitHubState, opened: Open
) -> None:
    """GitHub answers a POST to the old name with 307, which PyGithub takes for the new comment."""
    state.moved["acme/old"] = REPOSITORY
    for number in range(150):
        state.add_comment(7, MARK if number == 140 else "x")
    comments = opened(repository="acme/old")
    assert len(comments.mine(MARK)) == 1
    made = comments.create(MARK)
    assert state.comments[made.id].body == MARK
    comments.edit(made, f"{MARK}\n2")
    assert state.comments[made.id].body == f"{MARK}\n2"
    comments.delete(made)
    assert made.id not in state.comments


def test_a_repository_renamed_in_mid_job_is_said_and_not_taken_for_written(
    state: GitHubState, opened: Open
) -> None:
    comments = opened()
    assert comments.mine(MARK) == []
    moved = Fault(
        status=307,
        body=b'{"message": "Moved Permanently", "url": "https://x/repositories/1"}',
        headers={"location": "https://x/repositories/1"},
    )
    state.faults.plan("POST", "comments$", moved)
    with pytest.raises(UndecidedError):
        comments.create(MARK)
    assert state.comments == {}


def test_the_address_of_an_enterprise_server_is_used_for_rest_and_graphql(
    api: str, state: GitHubState, opened: Open
) -> None:
    """The double is one: its API is below /api/v3, and its GraphQL at /api/graphql."""
    assert api.endswith("/api/v3")
    state.add_comment(7, MARK)
    opened(url=f"{api}/").mine(MARK)
    assert [asked.path for asked in state.log if "graphql" in asked.path] == ["/api/graphql"]


REFUSALS: dict[str, tuple[Callable[[GitHubState], object], type[TokengateError], str]] = {
    "no such pull request": (lambda s: s.pulls.clear(), UsageError, "GitHub finds nothing"),
    "locked": (lambda s: s.pulls[7].update(locked=True), UsageError, "The conversation is locked"),
    "no permission": (
        lambda s: s.tokens.update({TOKEN: github_token(pull_requests="read")}),
        UsageError,
        "not accessible by integration",
    ),
    "a wrong token": (
        lambda s: s.tokens.update({"ghs_other": ACTIONS}),
        UsageError,
        "GitHub does not know the token",
    ),
    "another repository": (
        lambda s: setattr(s, "repository", "acme/other"),
        UsageError,
        "GitHub finds nothing",
    ),
}


@pytest.mark.parametrize("kind", REFUSALS)
def test_a_refusal_is_one_clear_sentence_with_what_to_change(
    state: GitHubState, opened: Open, waits: Waits, kind: str
) -> None:
    spoil, error, sentence = REFUSALS[kind]
    spoil(state)
    with pytest.raises(error, match=sentence) as caught:
        opened().create(MARK)
    _is_clear(caught.value)
    assert waits.slept == []
    assert state.comments == {}


BREAKS = {
    "primary limit, an hour away": (faults.primary_limit(), "limits the rate .* for 60 more min"),
    "secondary limit, long": (faults.secondary_limit(600), "limits the rate .* for 10 more min"),
    "429, long": (faults.too_many_requests(3600), "limits the rate"),
    "500": (faults.server_error(500), r"GitHub failed.*HTTP 500"),
    "502": (faults.server_error(502), r"GitHub failed.*HTTP 502"),
    "503": (faults.server_error(503), r"GitHub failed.*HTTP 503"),
    "dropped": (faults.dropped(), r"GitHub broke off.*ConnectionError"),
    "a page instead, 502": (faults.html_page(502), r"GitHub failed.*HTTP 502"),
    "a page instead, 200": (faults.html_page(200), "makes no sense"),
    "not JSON": (faults.not_json(200), "makes no sense"),
    "not JSON, 502": (faults.not_json(502), "makes no sense"),
    "an empty list": (Fault(status=200, body=b"[]"), "makes no sense"),
    "another form": (Fault(status=200, body=b'[{"id": {"a": 1}, "body": 7}]'), "makes no sense"),
    "a number": (Fault(status=200, body=b"7"), "makes no sense"),
    "nothing": (Fault(status=200, body=b""), "makes no sense"),
}


HARMLESS = {
    ("listing", "an empty list"),
    ("listing", "nothing"),
    ("reading", "an empty list"),
    ("reading", "another form"),
    ("reading", "a page instead, 200"),
}
"""Of the repository only its address is of use, and PyGithub knows the one it asked."""


@pytest.mark.parametrize("kind", BREAKS)
@pytest.mark.parametrize("doing", ["reading", "listing", "creating"])
def test_a_break_ends_in_time_with_one_clear_sentence(
    state: GitHubState, opened: Open, waits: Waits, kind: str, doing: str
) -> None:
    fault, sentence = BREAKS[kind]
    comments = opened()
    where = {
        "reading": ("GET", "/shop$"),
        "listing": ("GET", "comments$"),
        "creating": ("POST", "c"),
    }
    state.faults.plan(*where[doing], fault, times=5)
    if (doing, kind) in HARMLESS:
        assert comments.mine(MARK) == []
        return
    with pytest.raises(UndecidedError, match=sentence) as caught:
        comments.create(MARK) if doing == "creating" else comments.mine(MARK)
    _is_clear(caught.value)
    assert sum(waits.slept) < 30
    assert state.comments == {}
    if doing == "creating":
        assert state.faults.left == 4  # what may have taken effect is not repeated


@pytest.mark.parametrize(
    ("fault", "pause"),
    [
        (faults.secondary_limit(3), 3.0),
        (faults.secondary_limit(None), 5.0),
        (faults.too_many_requests(2), 2.0),
        (faults.too_many_requests(None), 5.0),
    ],
)
def test_a_short_limit_is_waited_for_and_the_write_is_done_once(
    state: GitHubState, opened: Open, waits: Waits, fault: Fault, pause: float
) -> None:
    state.faults.plan("POST", "comments$", fault)
    opened().create(MARK)
    assert waits.slept == [pause]
    assert len(state.comments) == 1


def test_a_primary_limit_that_is_soon_over_is_waited_for(
    state: GitHubState, opened: Open, waits: Waits
) -> None:
    state.faults.plan("GET", "comments$", faults.primary_limit(timedelta(seconds=8)))
    opened().mine(MARK)
    assert len(waits.slept) == 1
    assert 1 <= waits.slept[0] <= 8


def test_reading_is_tried_three_times(state: GitHubState, opened: Open, waits: Waits) -> None:
    state.add_comment(7, MARK)
    state.faults.plan("GET", "comments$", faults.dropped(), times=2)
    assert len(opened().mine(MARK)) == 1
    assert waits.slept == [0.5, 1.0]


def test_a_server_that_hangs_is_left_at_the_deadline(state: GitHubState, opened: Open) -> None:
    """The wait is real: one second, which is the least that PyGithub can be told."""
    release = threading.Event()
    state.faults.plan("GET", "comments$", faults.held(release))
    try:
        with pytest.raises(UndecidedError):
            opened(seconds=1).mine(MARK)
    finally:
        release.set()


def test_a_deadline_that_has_passed_asks_nothing(state: GitHubState, opened: Open) -> None:
    with pytest.raises(UndecidedError, match="Gave up after"):
        opened(seconds=-1).mine(MARK)
    assert state.log == []


def _is_clear(error: TokengateError) -> None:
    assert error.message.endswith(".")
    assert "\n" not in error.message
    assert f"pull request 7 of {REPOSITORY}" in error.message
    assert error.hint or "HTTP 4" in error.message
    for secret in (TOKEN, "Traceback", "0x"):
        assert secret not in f"{error.message} {error.hint}"


@pytest.fixture
def netrc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "netrc"
    path.write_text("default login mallory password wrong\n", encoding="utf-8")
    path.chmod(0o600)
    monkeypatch.setenv("NETRC", str(path))
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.mark.usefixtures("netrc")
def test_the_token_that_was_given_is_sent_whatever_netrc_says(
    state: GitHubState, opened: Open
) -> None:
    state.tokens[TOKEN] = ACTIONS
    opened().create(MARK)
    assert {asked.login for asked in state.log} == {ACTIONS.login}


def test_a_proxy_of_the_environment_is_used(
    state: GitHubState, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The double is no proxy, and finds nothing: but it is what was asked."""
    with running_github(state) as proxy:
        monkeypatch.setenv("http_proxy", proxy.removesuffix("/api/v3"))
        monkeypatch.setenv("no_proxy", "")
        with pytest.raises(UsageError, match="GitHub finds nothing"):
            opened(url="http://github.acme.invalid/api/v3").create(MARK)
    assert ["github.acme.invalid" in asked.path for asked in state.log] == [True]


def test_no_redirect_and_no_page_on_another_host_is_given_the_token(
    api: str, state: GitHubState, opened: Open
) -> None:
    stranger = GitHubState()
    with running_github(stranger) as theirs:
        elsewhere = theirs.replace("127.0.0.1", "localhost")
        for status in (301, 302, 307, 308):
            moved = Fault(status=status, body=b"{}", headers={"location": f"{elsewhere}/user"})
            state.faults.plan("GET", "/shop$", moved)
            with suppress(UndecidedError):
                opened().mine(MARK)
        page = Fault(
            status=200,
            body=b'[{"id": 1, "body": "x"}]',
            headers={"link": f'<{elsewhere}/repos/a/b/issues/7/comments?page=2>; rel="next"'},
        )
        state.faults.plan("GET", "comments$", page, times=3)
        with pytest.raises(UndecidedError):
            opened().mine(MARK)
    assert stranger.log == []


def test_pygithub_logs_nothing_and_no_secret_even_where_everything_is_logged(
    state: GitHubState, opened: Open, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        state.faults.plan("GET", "comments$", faults.server_error(502))
        opened().create(MARK)
        opened().mine(MARK)
    assert [record for record in caplog.records if record.name.startswith("github")] == []
    with caplog.at_level(logging.DEBUG):
        opened().create(MARK)
    assert TOKEN not in caplog.text
