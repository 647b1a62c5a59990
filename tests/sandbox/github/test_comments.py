"""Comments and issues, as GitHub keeps them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import httpx
import pytest

from ci_tokengate.sandbox.github import GitHubState, Identity, github_token, pull_request
from tests.sandbox.github.conftest import OPENED, REPOSITORY
from tests.stage.trust import TRUST

READER = github_token(contents="read", pull_requests="read", issues="read")


def test_a_comment_is_written_read_edited_and_deleted(
    state: GitHubState, http: httpx.Client
) -> None:
    made = http.post("/issues/7/comments", json={"body": "one"})
    assert made.status_code == 201
    at = f"/issues/comments/{made.json()['id']}"
    assert made.headers["location"] == made.json()["url"] == f"{http.base_url}{at[1:]}"
    assert http.get(at).json() == made.json()
    assert http.patch(at, json={"body": "two"}).json()["body"] == "two"
    assert [c.body for c in state.comments_on(7)] == ["two"]
    assert http.delete(at).status_code == 204
    assert http.get(at).status_code == http.delete(at).status_code == 404
    assert http.get("/issues/7/comments").json() == []


def test_the_author_is_the_tokens_and_stays_when_another_edits(
    state: GitHubState, http: httpx.Client
) -> None:
    theirs = state.add_comment(7, "mine", by=Identity(login="mallory", association="MEMBER"))
    edited = http.patch(f"/issues/comments/{theirs.id}", json={"body": "yours"}).json()
    assert (edited["user"]["login"], edited["user"]["type"]) == ("mallory", "User")
    assert (edited["performed_via_github_app"], edited["author_association"]) == (None, "MEMBER")
    made = http.post("/issues/7/comments", json={"body": "ours"}).json()
    assert (made["user"]["login"], made["user"]["type"]) == ("github-actions[bot]", "Bot")
    assert made["performed_via_github_app"]["slug"] == "github-actions"


def test_an_edit_moves_updated_at_and_not_created_at(
    state: GitHubState, http: httpx.Client
) -> None:
    old = state.add_comment(7, "one", created=OPENED)
    edited = http.patch(f"/issues/comments/{old.id}", json={"body": "two"}).json()
    assert edited["created_at"] == "2026-11-01T09:30:00Z"
    assert edited["updated_at"] > "2026-11-01T09:30:00Z"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [("x" * 65_536, 201, ""), ("é" * 65_537, 422, "unprocessable"), (" \n", 422, "unprocessable")],
)
def test_a_body_has_1_to_65536_characters(
    http: httpx.Client, body: str, status: int, code: str
) -> None:
    answer = http.post("/issues/7/comments", json={"body": body})
    assert answer.status_code == status
    assert [e["code"] for e in answer.json().get("errors", [])] == ([code] if code else [])


def test_a_body_too_long_is_refused_in_githubs_words(http: httpx.Client) -> None:
    answer = http.post("/issues/7/comments", json={"body": "x" * 65_537})
    assert answer.json() == {
        "message": "Validation Failed",
        "errors": [
            {
                "resource": "IssueComment",
                "code": "unprocessable",
                "field": "data",
                "message": "Body is too long (maximum is 65536 characters)",
            }
        ],
        "documentation_url": "https://docs.github.com/rest/issues/comments#create-an-issue-comment",
        "status": "422",
    }


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        (b"{", 400, "Problems parsing JSON"),
        (b"[]", 400, "Body should be a JSON object"),
        (b"{}", 422, 'Invalid request.\n\n"body" wasn\'t supplied.'),
        (b'{"body": 7}', 422, "Invalid request."),
    ],
)
def test_what_is_no_comment_is_refused(
    http: httpx.Client, sent: bytes, status: int, words: str
) -> None:
    answer = http.post("/issues/7/comments", content=sent)
    assert answer.status_code == status
    assert answer.json()["message"].startswith(words)


def test_a_locked_conversation_takes_no_new_comment_but_of_collaborators(
    state: GitHubState, http: httpx.Client
) -> None:
    before = state.add_comment(7, "before")
    state.pulls[7] = pull_request(7, locked=True)
    answer = http.post("/issues/7/comments", json={"body": "after"})
    assert answer.status_code == 403
    assert answer.json()["message"] == "Unable to create comment because issue is locked."
    assert http.patch(f"/issues/comments/{before.id}", json={"body": "x"}).status_code == 200
    state.tokens["ghp_owner"] = Identity(login="owner")
    as_owner = {"authorization": "Bearer ghp_owner"}
    assert http.post("/issues/7/comments", json={"body": "x"}, headers=as_owner).is_success


def test_a_closed_pull_request_takes_comments(state: GitHubState, http: httpx.Client) -> None:
    state.close_pull(7, merged=False)
    assert http.post("/issues/7/comments", json={"body": "late"}).status_code == 201


@pytest.mark.parametrize("path", ["/issues/99/comments", "/issues/comments/99", "/pulls/99"])
def test_what_is_not_there_is_404(http: httpx.Client, path: str) -> None:
    assert http.get(path).status_code == 404
    assert http.get(path).json()["message"] == "Not Found"


def test_comments_come_in_pages_of_thirty_and_of_a_hundred_at_most(
    state: GitHubState, http: httpx.Client
) -> None:
    made = [state.add_comment(7, str(n)).id for n in range(205)]
    assert len(http.get("/issues/7/comments").json()) == 30
    assert len(http.get("/issues/7/comments?per_page=101").json()) == 100
    seen, url = [], "/issues/7/comments?per_page=100"
    while url:
        answer = http.get(url)
        seen += [c["id"] for c in answer.json()]
        url = answer.links.get("next", {}).get("url", "")
    assert seen == made


def test_the_link_header_names_the_other_pages_and_keeps_the_query(
    state: GitHubState, http: httpx.Client
) -> None:
    for n in range(5):
        state.add_comment(7, str(n))
    at = f"{http.base_url}issues/7/comments?per_page=2"
    links = {name: http.get(at).links[name]["url"] for name in http.get(at).links}
    assert links == {"next": f"{at}&page=2", "last": f"{at}&page=3"}
    middle = http.get(f"{at}&page=2").links
    assert {name: link["url"][-1] for name, link in middle.items()} == {
        "prev": "1",
        "next": "3",
        "last": "3",
        "first": "1",
    }
    assert http.get(f"{at}&page=3").links.keys() == {"first", "prev"}
    assert http.get("/issues/7/comments").links == {}


def test_since_is_about_the_last_change(state: GitHubState, http: httpx.Client) -> None:
    for hours in (0, 1, 2):
        state.add_comment(7, str(hours), created=OPENED + timedelta(hours=hours))
    state.comments_on(7)[0].updated = OPENED + timedelta(days=1)
    found = http.get("/issues/7/comments", params={"since": "2026-11-01T11:00:00Z"}).json()
    assert [c["body"] for c in found] == ["0", "2"]


@pytest.mark.parametrize(
    ("permissions", "on_pull", "on_issue"),
    [
        ({"pull_requests": "write"}, 201, 403),
        ({"issues": "write"}, 201, 201),
        ({"contents": "write", "pull_requests": "read"}, 403, 403),
    ],
)
def test_a_comment_takes_the_right_to_write_pull_requests_or_issues(
    state: GitHubState,
    http: httpx.Client,
    permissions: dict[str, str],
    on_pull: int,
    on_issue: int,
) -> None:
    state.issues[8] = {"title": "an ordinary one"}
    state.tokens["ghs_any"] = github_token(**permissions)
    answers = [http.post(f"/issues/{n}/comments", json={"body": "x"}) for n in (7, 8)]
    assert [a.status_code for a in answers] == [on_pull, on_issue]
    for answer in answers:
        if answer.status_code == 403:
            assert answer.json() == {
                "message": "Resource not accessible by integration",
                "documentation_url": "https://docs.github.com/rest/issues/comments#create-an-issue-comment",
                "status": "403",
            }


def test_edit_and_delete_take_the_same_rights(state: GitHubState, http: httpx.Client) -> None:
    kept = state.add_comment(7, "kept")
    state.tokens["ghs_any"] = READER
    at = f"/issues/comments/{kept.id}"
    assert http.get(at).status_code == 200
    assert http.patch(at, json={"body": "x"}).status_code == 403
    assert http.delete(at).status_code == 403
    assert state.comments[kept.id].body == "kept"


def test_an_issue_is_opened_found_by_label_edited_and_closed(
    state: GitHubState, http: httpx.Client
) -> None:
    made = http.post("/issues", json={"title": "Budget", "body": "b", "labels": ["tokengate"]})
    assert made.status_code == 201
    number = made.json()["number"]
    assert number == 8  # counted together with pull requests
    found = http.get("/issues", params={"labels": "tokengate", "state": "open"}).json()
    assert [i["number"] for i in found] == [8]
    closed = http.patch(f"/issues/{number}", json={"state": "closed"}).json()
    assert (closed["state"], closed["state_reason"]) == ("closed", "completed")
    assert http.get("/issues", params={"labels": "tokengate"}).json() == []
    again = http.patch(f"/issues/{number}", json={"state": "open", "title": "T"}).json()
    assert (again["state"], again["closed_at"], again["title"]) == ("open", None, "T")
    assert again["user"]["login"] == "github-actions[bot]"


def test_pull_requests_are_among_the_issues_and_are_marked(http: httpx.Client) -> None:
    http.post("/issues", json={"title": "no pull request"})
    listed = http.get("/issues").json()
    assert {i["number"]: "pull_request" in i for i in listed} == {7: True, 8: False}
    assert http.get("/issues/7").json()["pull_request"]["merged_at"] is None


def test_addresses_in_a_body_are_the_doubles_and_texts_are_left_alone(
    state: GitHubState, http: httpx.Client
) -> None:
    said = "see https://api.github.com/repos/x/y and https://github.com/x"
    body = http.post("/issues/7/comments", json={"body": said}).json()
    root = str(http.base_url).partition("/api/v3")[0]
    assert body["body"] == said
    assert body["html_url"] == f"{root}/{REPOSITORY}/pull/7#issuecomment-{body['id']}"
    assert body["user"]["url"].startswith(f"{root}/api/v3/users/")


def test_times_are_of_the_clock_that_is_passed_in(
    http: httpx.Client, state: GitHubState, monkeypatch: pytest.MonkeyPatch
) -> None:
    then = datetime(2030, 1, 2, 3, 4, 5, 678, tzinfo=timezone.utc)
    monkeypatch.setattr(state, "now", lambda: then)
    body = http.post("/issues/7/comments", json={"body": "x"}).json()
    assert body["created_at"] == "2030-01-02T03:04:05Z"


def test_forty_at_once_make_forty_comments_with_numbers_of_their_own(
    state: GitHubState, api: str
) -> None:
    def made(n: int) -> int:
        url = f"{api}/repos/{REPOSITORY}/issues/7/comments"
        headers = {"authorization": "Bearer ghs_any"}
        return int(
            httpx.post(url, json={"body": str(n)}, headers=headers, verify=TRUST).json()["id"]
        )

    with ThreadPoolExecutor(40) as pool:
        ids = list(pool.map(made, range(40)))
    assert len(set(ids)) == 40
    assert sorted(int(c.body) for c in state.comments_on(7)) == list(range(40))
