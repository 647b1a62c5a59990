"""Pull requests, reviews, and how a fork's is found."""

from __future__ import annotations

import json
from datetime import timedelta

import httpx

from ci_tokengate.sandbox.github import GitHubState, pull_request
from ci_tokengate.sandbox.github.pullviews import BASE_SHA, HEAD_SHA
from tests.payloads import __file__ as payloads
from tests.sandbox.github.conftest import OPENED, REPOSITORY


def test_a_pull_request_is_whole_from_its_number_alone(
    state: GitHubState, http: httpx.Client
) -> None:
    state.pulls[9] = {"number": 9}
    body = http.get("/pulls/9").json()
    assert body["head"]["repo"]["full_name"] == body["base"]["repo"]["full_name"] == REPOSITORY
    assert (body["head"]["sha"], body["base"]["sha"]) == (HEAD_SHA, BASE_SHA)
    assert body["state"] == "open"


def test_a_payload_of_the_documentation_is_answered_as_it_is_with_our_addresses(
    state: GitHubState, http: httpx.Client
) -> None:
    file = payloads.replace("__init__.py", "pull_request.opened.json")
    with open(file, encoding="utf-8") as text:
        document = json.load(text)["pull_request"]
    state.pulls[document["number"]] = document
    body = http.get(f"/pulls/{document['number']}").json()
    assert body["title"] == document["title"]
    assert body["head"]["sha"] == document["head"]["sha"]
    assert body["head"]["repo"]["full_name"] == document["head"]["repo"]["full_name"]
    assert "https://api.github.com" not in json.dumps(body)


def test_a_list_lacks_what_github_leaves_out_of_lists(http: httpx.Client) -> None:
    alone, listed = http.get("/pulls/7").json(), http.get("/pulls").json()[0]
    assert {"merged", "comments", "mergeable", "additions"} <= alone.keys() - listed.keys()
    assert listed == {name: alone[name] for name in listed}


def test_a_list_is_cut_by_state_head_and_base(state: GitHubState, http: httpx.Client) -> None:
    state.pulls[8] = pull_request(8, closed=OPENED)
    state.pulls[9] = pull_request(9, head_repository="octo-fork/shop", head_ref="f")
    state.pulls[10] = pull_request(10, base_ref="release/1")

    def numbers(**query: str) -> list[int]:
        return sorted(p["number"] for p in http.get("/pulls", params=query).json())

    assert numbers() == [7, 9, 10]
    assert numbers(state="closed") == [8]
    assert numbers(state="all") == [7, 8, 9, 10]
    assert numbers(head="octo-fork:f") == [9]
    assert numbers(head="acme:f") == []
    assert numbers(head="f") == [7, 9, 10]  # passed over, as GitHub does
    assert numbers(base="release/1") == [10]


def test_a_list_is_sorted_newest_first_unless_asked(state: GitHubState, http: httpx.Client) -> None:
    state.pulls.clear()
    for number, hours in ((1, 2), (2, 0), (3, 1)):
        state.pulls[number] = pull_request(number, opened=OPENED + timedelta(hours=hours))
    assert [p["number"] for p in http.get("/pulls").json()] == [1, 3, 2]
    as_updated = http.get("/pulls", params={"sort": "updated"}).json()
    assert [p["number"] for p in as_updated] == [2, 3, 1]
    rising = http.get("/pulls", params={"sort": "created", "direction": "asc"}).json()
    assert [p["number"] for p in rising] == [2, 3, 1]
    assert len(http.get("/pulls", params={"per_page": 2, "page": 2}).json()) == 1


def test_a_forks_pull_request_has_a_foreign_head_and_one_without_its_fork_has_none(
    state: GitHubState, http: httpx.Client
) -> None:
    state.pulls[8] = pull_request(8, head_repository="octo-fork/shop")
    state.pulls[9] = pull_request(9, head_repository=None)
    fork = http.get("/pulls/8").json()["head"]
    assert (fork["label"], fork["repo"]["fork"]) == ("octo-fork:faster-checkout", True)
    assert http.get("/pulls/9").json()["head"]["repo"] is None


def test_a_commit_names_its_open_own_pull_request_and_its_merged_one(
    state: GitHubState, http: httpx.Client
) -> None:
    state.pulls[8] = pull_request(8, closed=OPENED)
    state.pulls[9] = pull_request(9, merged=OPENED) | {"merge_commit_sha": "e" * 40}
    state.pulls[10] = pull_request(10, head_repository="octo-fork/shop")

    def numbers(sha: str) -> list[int]:
        return [p["number"] for p in http.get(f"/commits/{sha}/pulls").json()]

    assert numbers(HEAD_SHA) == [7]
    assert numbers("e" * 40) == [9]
    assert numbers("f" * 40) == []


def test_merged_and_closed_are_told_apart(state: GitHubState, http: httpx.Client) -> None:
    state.pulls[8] = pull_request(8)
    state.close_pull(7, merged=True)
    state.close_pull(8, merged=False)
    merged, dropped = http.get("/pulls/7").json(), http.get("/pulls/8").json()
    assert (merged["state"], merged["merged"]) == (dropped["state"], True)
    assert merged["merged_at"]
    assert (dropped["merged"], dropped["merged_at"]) == (False, None)


def test_a_pull_request_is_opened_between_branches_that_exist_and_once(
    state: GitHubState, http: httpx.Client
) -> None:
    state.refs |= {"refs/heads/main": "a" * 40, "refs/heads/tidy": "b" * 40}
    wanted = {"title": "Tidy", "head": "tidy", "base": "main", "body": "why"}
    made = http.post("/pulls", json=wanted)
    assert (made.status_code, made.json()["number"]) == (201, 8)
    assert made.json()["head"]["sha"] == "b" * 40
    twice = http.post("/pulls", json=wanted)
    assert twice.status_code == 422
    said = "A pull request already exists for acme:tidy."
    assert twice.json()["errors"][0]["message"] == said
    nowhere = http.post("/pulls", json=wanted | {"head": "nowhere"})
    assert nowhere.json()["errors"][0]["field"] == "head"
    edited = http.patch("/pulls/8", json={"state": "closed", "title": "T"}).json()
    assert (edited["state"], edited["title"], edited["merged"]) == ("closed", "T", False)
    assert http.post("/pulls", json=wanted).status_code == 201


def test_reviews_are_made_and_listed(http: httpx.Client) -> None:
    made = http.post("/pulls/7/reviews", json={"event": "APPROVE", "body": "good"})
    assert (made.status_code, made.json()["state"]) == (200, "APPROVED")
    assert http.get("/pulls/7/reviews").json() == [made.json()]
    assert http.post("/pulls/7/reviews", json={"event": "NO"}).status_code == 422
