"""The repository, its files and branches, runs and checks."""

from __future__ import annotations

import base64
from datetime import timedelta
from itertools import product

import httpx
import pytest

from ci_tokengate.sandbox.github import GitHubState, Identity, github_token, workflow_run
from ci_tokengate.sandbox.github.pullviews import HEAD_SHA
from tests.sandbox.github.conftest import OPENED, REPOSITORY

MAIN, OTHER = "a" * 40, "b" * 40
RAW = {"accept": "application/vnd.github.raw+json"}


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("laid_down_at", "ref"),
    [
        *product(("main", "refs/heads/main", MAIN), ("", "main", "refs/heads/main")),
        (MAIN, MAIN),
    ],
)
def test_a_file_is_found_by_every_name_of_its_ref(
    state: GitHubState, http: httpx.Client, laid_down_at: str, ref: str
) -> None:
    state.refs["refs/heads/main"] = MAIN
    state.files[laid_down_at, "a/é.yml"] = "text"
    answer = http.get("/contents/a/é.yml", params={"ref": ref} if ref else {}, headers=RAW)
    assert (answer.status_code, answer.text) == (200, "text")
    assert state.asked == [f"a/é.yml@{ref}"]
    body = http.get("/contents/a/é.yml", params={"ref": ref} if ref else {}).json()
    assert base64.b64decode(body["content"]).decode() == "text"
    assert http.get("/contents/b.yml").status_code == 404


def test_a_file_is_created_and_updated_with_its_blob_named(
    state: GitHubState, http: httpx.Client
) -> None:
    state.refs["refs/heads/main"] = MAIN
    state.files["main", "kept.txt"] = "kept"
    made = http.put("/contents/x.txt", json={"message": "m", "content": encoded("one")})
    assert made.status_code == 201
    assert state.refs["refs/heads/main"] == made.json()["commit"]["sha"] != MAIN
    blob = made.json()["content"]["sha"]
    change = {"message": "m", "content": encoded("two")}
    assert http.put("/contents/x.txt", json=change).status_code == 422
    assert http.put("/contents/x.txt", json=change | {"sha": "c" * 40}).status_code == 409
    assert http.put("/contents/x.txt", json=change | {"sha": blob}).status_code == 200
    assert http.get("/contents/x.txt", headers=RAW).text == "two"
    assert http.get("/contents/kept.txt", headers=RAW).text == "kept"
    assert http.get(f"/contents/x.txt?ref={MAIN}").status_code == 404
    assert http.get(f"/contents/kept.txt?ref={MAIN}", headers=RAW).text == "kept"


def test_a_branch_is_made_from_a_commit_and_grows_by_itself(
    state: GitHubState, http: httpx.Client
) -> None:
    state.refs["refs/heads/main"] = MAIN
    state.files[MAIN, "x.txt"] = "one"
    wanted = {"ref": "refs/heads/tidy/up", "sha": MAIN}
    assert http.post("/git/refs", json=wanted).status_code == 201
    assert http.post("/git/refs", json=wanted).json()["message"] == "Reference already exists"
    assert http.post("/git/refs", json={"ref": "tidy", "sha": MAIN}).status_code == 422
    assert http.get("/git/ref/heads/tidy/up").json()["object"]["sha"] == MAIN
    blob = http.get("/contents/x.txt").json()["sha"]
    change = {"message": "m", "content": encoded("two"), "sha": blob, "branch": "tidy/up"}
    assert http.put("/contents/x.txt", json=change).status_code == 200
    assert http.get("/contents/x.txt", headers=RAW).text == "one"
    assert http.get("/contents/x.txt?ref=tidy/up", headers=RAW).text == "two"
    assert [b["name"] for b in http.get("/branches").json()] == ["main", "tidy/up"]
    branch = http.get("/branches/tidy/up").json()
    assert branch["commit"]["sha"] == state.refs["refs/heads/tidy/up"]
    assert http.get("/branches/none").status_code == http.get("/git/ref/heads/none").status_code
    assert http.put("/contents/x.txt", json=change | {"branch": "none"}).status_code == 404


def test_the_repository_tells_its_branch_and_what_the_token_may(
    state: GitHubState, root: httpx.Client
) -> None:
    state.default_branch = "trunk"
    assert root.get("/repos/acme/shop").json()["default_branch"] == "trunk"
    state.tokens["ghs_any"] = github_token(contents="read")
    assert root.get("/repos/acme/shop").json()["permissions"] == {
        "admin": False,
        "maintain": False,
        "push": False,
        "triage": False,
        "pull": True,
    }


def test_one_repository_is_not_another(state: GitHubState, root: httpx.Client) -> None:
    assert root.get("/repos/acme/shop").status_code == 200
    assert root.get("/repos/acme/shop/").status_code == 404
    state.repository = "acme/other"
    assert root.get("/repos/acme/shop").status_code == 404
    state.repository = REPOSITORY.upper()
    assert root.get("/repos/acme/shop").json()["full_name"] == REPOSITORY.upper()


def test_a_renamed_repository_redirects_reads_by_301_and_writes_by_307(
    state: GitHubState, http: httpx.Client
) -> None:
    state.moved[REPOSITORY] = "acme/store"
    first = http.get("/issues/7/comments?per_page=5")
    assert first.status_code == 301
    assert "/repositories/" in first.headers["location"]
    assert first.headers["location"].endswith("/issues/7/comments?per_page=5")
    assert first.json()["message"] == "Moved Permanently"
    made = http.post("/issues/7/comments", json={"body": "x"})
    assert made.status_code == 307
    assert state.comments_on(7) == []
    http.follow_redirects = True
    made = http.post("/issues/7/comments", json={"body": "x"})
    assert made.status_code == 201
    assert "/repos/acme/store/" in made.json()["url"]
    assert [c["body"] for c in http.get("/issues/7/comments").json()] == ["x"]
    changed = http.patch(f"/issues/comments/{made.json()['id']}", json={"body": "y"})
    assert changed.json()["body"] == "y"


def test_a_run_tells_its_attempt_head_and_pull_requests(
    state: GitHubState, http: httpx.Client
) -> None:
    state.runs["900"] = workflow_run(900, attempt=2, pulls=(7,))
    body = http.get("/actions/runs/900").json()
    assert (body["id"], body["run_attempt"], body["status"]) == (900, 2, "completed")
    assert body["pull_requests"][0]["number"] == 7
    assert body["pull_requests"][0]["head"]["sha"] == HEAD_SHA
    state.runs["901"] = workflow_run(901, head_repository="octo-fork/shop")
    fork = http.get("/actions/runs/901").json()
    assert (fork["head_repository"]["full_name"], fork["pull_requests"]) == ("octo-fork/shop", [])
    assert http.get("/actions/runs/999").status_code == 404


def test_runs_are_cut_by_branch_event_status_and_time(
    state: GitHubState, http: httpx.Client
) -> None:
    for days in range(4):
        state.runs[str(days)] = workflow_run(
            days,
            head_branch="main" if days else "topic",
            event="push" if days == 3 else "schedule",
            status="completed" if days else "in_progress",
            created=OPENED + timedelta(days=days),
        )

    def found(**query: str) -> list[int]:
        body = http.get("/actions/runs", params=query).json()
        assert body["total_count"] == len(body["workflow_runs"])
        return [run["id"] for run in body["workflow_runs"]]

    assert found() == [3, 2, 1, 0]
    assert found(branch="topic") == [0]
    assert found(event="push") == [3]
    assert found(status="success") == [3, 2, 1]
    assert found(status="in_progress") == [0]
    assert found(created=">=2026-11-03") == [3, 2]
    assert found(created="<2026-11-02") == [0]
    assert found(created="2026-11-02..2026-11-03") == [2, 1]
    assert found(created="2026-11-02") == [1]


def test_an_attempt_has_its_own_jobs(state: GitHubState, http: httpx.Client) -> None:
    state.runs["900"] = workflow_run(900, attempt=2)
    state.jobs["900", 1] = [{"name": "review (1)", "conclusion": "failure"}]
    state.jobs["900", 2] = [{"name": "review (1)"}, {"name": "review (2)"}]
    first = http.get("/actions/runs/900/attempts/1/jobs").json()
    assert (first["total_count"], first["jobs"][0]["status"]) == (1, "completed")
    for path in ("/actions/runs/900/attempts/2/jobs", "/actions/runs/900/jobs"):
        assert [j["name"] for j in http.get(path).json()["jobs"]] == ["review (1)", "review (2)"]


def test_a_check_is_made_by_an_app_finished_and_found_by_its_commit(
    state: GitHubState, http: httpx.Client
) -> None:
    wanted = {"name": "tokengate", "head_sha": HEAD_SHA, "status": "in_progress"}
    made = http.post("/check-runs", json=wanted)
    assert (made.status_code, made.json()["app"]["slug"]) == (201, "github-actions")
    assert made.json()["pull_requests"][0]["number"] == 7
    at = f"/check-runs/{made.json()['id']}"
    assert http.patch(at, json={"status": "completed"}).status_code == 422
    output = {"title": "t", "summary": "s"}
    done = http.patch(at, json={"conclusion": "success", "output": output}).json()
    assert (done["status"], done["output"]["title"]) == ("completed", "t")
    assert done == http.get(at).json()
    listed = http.get(f"/commits/{HEAD_SHA}/check-runs?check_name=tokengate").json()
    assert (listed["total_count"], listed["check_runs"]) == (1, [done])
    state.tokens["ghs_any"] = Identity(login="octocat")
    assert http.post("/check-runs", json=wanted).status_code == 403
