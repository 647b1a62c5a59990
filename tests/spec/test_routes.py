"""Every route of the double, through Prism: a request that GitHub describes, an answer that it describes."""

from __future__ import annotations

import base64
from datetime import datetime, timezone
from typing import Any, NamedTuple

import httpx
import pytest

from ci_tokengate.sandbox.github import (
    GitHubState,
    Identity,
    Shelf,
    github_token,
    pull_request,
    rule,
    workflow_run,
)
from ci_tokengate.sandbox.github.pullviews import BASE_SHA, HEAD_SHA
from tests.spec.conftest import Spec
from tests.spec.description import form, rows
from tests.spec.relay import template_of

pytestmark = pytest.mark.spec

THEN = datetime(2026, 11, 1, 9, 30, tzinfo=timezone.utc)
HERE = "/repos/acme/shop"
TEXT = base64.b64encode(b"x").decode()
CHECK = {"name": "tokengate", "head_sha": HEAD_SHA}
PULL = {"title": "Tidy", "head": "tidy", "base": "main", "body": "why", "draft": True}
FORK_PULL = PULL | {"head": "octo-fork:tidy"}
ISSUE = {"title": "Budget", "body": "b", "labels": ["tokengate"]}


class Case(NamedTuple):
    method: str
    path: str
    status: int = 200
    body: Any = None
    token: str = "ghs_job"


CASES = [
    Case("GET", "/user", token="ghp_person"),
    Case("GET", "/user", 403),
    Case("GET", "/user", 401, token="unknown"),
    Case("GET", "/rate_limit"),
    Case("GET", "/orgs/acme/repos?per_page=1&sort=full_name"),
    Case("GET", "/orgs/nobody/repos", 404),
    Case("GET", "/repos/acme/books/git/trees/main?recursive=1"),
    Case("GET", "/repos/acme/books/git/trees/none", 404),
    Case("GET", "/repos/acme/empty/git/trees/main", 409),
    Case("GET", f"{HERE}/git/trees/main"),
    Case("GET", "/repos/acme/books/git/blobs/587be6b4c3f93f93c489c0111bba5596147a26cb"),
    Case("GET", f"{HERE}/git/blobs/{BASE_SHA}", 404),
    Case("GET", HERE),
    Case("GET", "/repos/acme/none", 404),
    Case("GET", f"{HERE}/pulls?state=all&sort=updated&direction=asc&per_page=2&page=1"),
    Case("GET", f"{HERE}/pulls?head=octo-fork:faster-checkout&base=main"),
    Case("POST", f"{HERE}/pulls", 201, PULL),
    Case("POST", f"{HERE}/pulls", 201, FORK_PULL),
    Case("POST", f"{HERE}/pulls", 422, PULL | {"head": "nowhere"}),
    Case("POST", f"{HERE}/pulls", 403, PULL, token="ghs_reader"),
    Case("GET", f"{HERE}/pulls/7"),
    Case("GET", f"{HERE}/pulls/8"),
    Case("GET", f"{HERE}/pulls/9"),
    Case("GET", f"{HERE}/pulls/11"),
    Case("GET", f"{HERE}/pulls/99", 404),
    Case("PATCH", f"{HERE}/pulls/7", 200, {"title": "T", "body": "B", "state": "closed"}),
    Case("PATCH", f"{HERE}/pulls/7", 403, {"title": "T"}, token="ghs_reader"),
    Case("GET", f"{HERE}/pulls/7/files"),
    Case("GET", f"{HERE}/pulls/7/commits"),
    Case("GET", f"{HERE}/pulls/7/reviews"),
    Case("POST", f"{HERE}/pulls/7/reviews", 200, {"event": "APPROVE", "body": "good"}),
    Case("POST", f"{HERE}/pulls/7/reviews", 200, {"body": "a draft"}),
    Case("GET", f"{HERE}/commits/{HEAD_SHA}/pulls"),
    Case("GET", f"{HERE}/commits/{HEAD_SHA}"),
    Case("GET", f"{HERE}/commits/nowhere", 422),
    Case("GET", f"{HERE}/issues?state=all&labels=tokengate&since=2026-01-01T00:00:00Z"),
    Case("GET", f"{HERE}/issues?creator=octocat&sort=comments&direction=desc"),
    Case("POST", f"{HERE}/issues", 201, ISSUE),
    Case("POST", f"{HERE}/issues", 403, ISSUE, token="ghs_reader"),
    Case("POST", f"{HERE}/issues", 422, ISSUE | {"body": "x" * 65_537}),
    Case("GET", f"{HERE}/issues/7"),
    Case("GET", f"{HERE}/issues/20"),
    Case("GET", f"{HERE}/issues/99", 404),
    Case("PATCH", f"{HERE}/issues/20", 200, {"state": "closed", "state_reason": "completed"}),
    Case("PATCH", f"{HERE}/issues/20", 403, {"state": "closed"}, token="ghs_reader"),
    Case("GET", f"{HERE}/issues/7/comments?per_page=1&page=2&since=2026-01-01T00:00:00Z"),
    Case("GET", f"{HERE}/issues/99/comments", 404),
    Case("POST", f"{HERE}/issues/7/comments", 201, {"body": "b"}),
    Case("POST", f"{HERE}/issues/20/comments", 201, {"body": "b"}, token="ghp_person"),
    Case("POST", f"{HERE}/issues/10/comments", 403, {"body": "b"}),
    Case("POST", f"{HERE}/issues/7/comments", 403, {"body": "b"}, token="ghs_reader"),
    Case("POST", f"{HERE}/issues/99/comments", 404, {"body": "b"}),
    Case("POST", f"{HERE}/issues/7/comments", 422, {"body": "x" * 65_537}),
    Case("GET", f"{HERE}/issues/comments/1"),
    Case("GET", f"{HERE}/issues/comments/2"),
    Case("GET", f"{HERE}/issues/comments/99", 404),
    Case("PATCH", f"{HERE}/issues/comments/1", 200, {"body": "b"}),
    Case("PATCH", f"{HERE}/issues/comments/1", 422, {"body": "x" * 65_537}),
    Case("DELETE", f"{HERE}/issues/comments/1", 204),
    Case("GET", f"{HERE}/contents/.github/tokengate.yml?ref=main"),
    Case("GET", f"{HERE}/contents/.github?ref=main"),
    Case("GET", f"{HERE}/contents/none", 404),
    Case("PUT", f"{HERE}/contents/a/b.txt", 201, {"message": "m", "content": TEXT}),
    Case("PUT", f"{HERE}/contents/a.txt", 201, {"message": "m", "content": "", "branch": "tidy"}),
    Case("PUT", f"{HERE}/contents/.github/tokengate.yml", 422, {"message": "m", "content": TEXT}),
    Case("PUT", f"{HERE}/contents/.github/tokengate.yml", 409, {"message": "m", "content": TEXT, "sha": "0" * 40}),
    Case("PUT", f"{HERE}/contents/a.txt", 404, {"message": "m", "content": TEXT, "branch": "none"}),
    Case("GET", f"{HERE}/git/ref/heads/main"),
    Case("GET", f"{HERE}/git/ref/heads/none", 404),
    Case("GET", f"{HERE}/commits?sha=main&path=.github/tokengate.yml&per_page=100"),
    Case("POST", f"{HERE}/git/refs", 201, {"ref": "refs/heads/a/b", "sha": BASE_SHA}),
    Case("POST", f"{HERE}/git/refs", 422, {"ref": "refs/heads/main", "sha": BASE_SHA}),
    Case("GET", f"{HERE}/branches?per_page=1"),
    Case("GET", f"{HERE}/branches/main"),
    Case("GET", f"{HERE}/branches/none", 404),
    Case("GET", f"{HERE}/rules/branches/release%2F1.x"),
    Case("GET", f"{HERE}/rules/branches/none?per_page=100&page=1", token="ghs_bare"),
    Case("POST", f"{HERE}/check-runs", 201, CHECK),
    Case("POST", f"{HERE}/check-runs", 201, CHECK | {"status": "completed", "conclusion": "success", "output": {"title": "t", "summary": "s"}}),
    Case("GET", f"{HERE}/check-runs/5"),
    Case("PATCH", f"{HERE}/check-runs/5", 200, {"conclusion": "neutral", "completed_at": "2026-11-01T10:00:00Z"}),
    Case("GET", f"{HERE}/commits/{HEAD_SHA}/check-runs?check_name=tokengate&filter=all"),
    Case("GET", f"{HERE}/commits/heads/main/check-runs"),
    Case("GET", f"{HERE}/actions/runs?branch=faster-checkout&event=pull_request&created=%3E%3D2026-01-01&status=success"),
    Case("GET", f"{HERE}/actions/runs/900"),
    Case("GET", f"{HERE}/actions/runs/901"),
    Case("GET", f"{HERE}/actions/runs/902"),
    Case("GET", f"{HERE}/actions/runs/900/jobs?filter=latest"),
    Case("GET", f"{HERE}/actions/runs/900/attempts/1/jobs?per_page=1"),
    Case("GET", f"{HERE}/actions/runs/900/approvals"),
]  # fmt: skip


def stocked() -> GitHubState:
    state = GitHubState(repository="acme/shop")
    state.approvals["900"] = [{"environment": "exemptions", "user": {"login": "boss"}}]
    state.tokens = {
        "ghs_job": github_token(
            contents="write",
            issues="write",
            pull_requests="write",
            checks="write",
            actions="read",
        ),
        "ghs_reader": github_token(contents="read"),
        "ghs_bare": github_token(),
        "ghp_person": Identity(login="octocat", association="OWNER"),
    }
    state.refs = {"refs/heads/main": BASE_SHA, "refs/heads/tidy": HEAD_SHA}
    state.files["main", ".github/tokengate.yml"] = "version: 1\n"
    state.rules["release/1.x"] = [rule(kind) for kind in ("creation", "update", "pull_request")]
    state.shelves["acme/books"] = Shelf(files={"a.txt": b"x\n"}, links={"b": "a.txt"})
    state.shelves["acme/empty"] = Shelf(archived=True)
    state.pulls[7] = pull_request(7, opened=THEN, labels=("agent",), body="b", draft=True)
    state.changed[7] = ["src/pay é.py", "README.md"]
    state.pulls[8] = pull_request(8, head_repository="octo-fork/shop", closed=THEN)
    state.pulls[9] = pull_request(9, merged=THEN, author="renovate[bot]")
    state.pulls[10] = pull_request(10, locked=True)
    state.pulls[11] = pull_request(11, head_repository=None)
    state.issues[20] = {"title": "Budget", "labels": ["tokengate"], "body": "b"}
    for number, by in ((1, state.tokens["ghs_job"]), (2, state.tokens["ghp_person"])):
        made = state.add_comment(7, "hello", by=by, created=THEN)
        state.comments[number] = state.comments.pop(made.id)
        state.comments[number].id = number
    state.reviews[7] = [{"id": 3, "state": "APPROVED"}]
    state.check_runs[5] = {"id": 5, **CHECK, "app_slug": "github-actions"}
    state.runs["900"] = workflow_run(900, attempt=2, pulls=(7,), created=THEN)
    state.runs["901"] = workflow_run(901, head_repository="octo-fork/shop", status="in_progress")
    state.runs["902"] = {"status": "queued"}
    state.jobs["900", 1] = [{"name": "a", "conclusion": "failure"}, {"name": "b"}]
    state.jobs["900", 2] = [{"name": "a", "status": "queued"}]
    return state


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.method} {c.path} {c.status} {c.token}")
def test_request_and_answer_are_as_github_describes_them(spec: Spec, case: Case) -> None:
    url = f"{spec.serve(stocked())}{case.path}"
    headers = {"authorization": f"Bearer {case.token}"}
    answer = httpx.request(case.method, url, json=case.body, headers=headers)
    assert spec.relay.violations == []
    assert answer.status_code == case.status, answer.text
    listed = (
        str(case.status)
        in spec.relay.operation(case.method, httpx.URL(case.path).path)["responses"]
    )
    assert (spec.relay.validated, len(spec.relay.warnings)) == ((1, 0) if listed else (0, 1))


def test_every_route_has_a_case_and_is_one_of_githubs(spec: Spec) -> None:
    described = spec.relay.description["paths"].items()
    ours = {(form(path), row.method.lower()) for path, row in rows()}
    assert ours == {(form(path), how) for path, methods in described for how in methods}
    good = [(c.method, httpx.URL(c.path).path) for c in CASES if c.status < 300]
    tried = {(form(template_of(*each) or ""), each[0].lower()) for each in good}
    assert tried == ours
