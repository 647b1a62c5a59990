"""What goes wrong by order, and the rate limit's headers."""

from __future__ import annotations

import time
from datetime import timedelta
from threading import Event, Thread

import httpx
import pytest

from ci_tokengate.sandbox.github import GitHubState, faults

WHERE = r"/issues/\d+/comments$"


def post(http: httpx.Client) -> httpx.Response:
    return http.post("/issues/7/comments", json={"body": "x"})


def test_a_rate_limit_stands_on_every_answer_and_falls(
    state: GitHubState, http: httpx.Client, root: httpx.Client
) -> None:
    first, second = http.get("/pulls/7").headers, http.get("/pulls/99").headers
    assert (first["x-ratelimit-limit"], first["x-ratelimit-resource"]) == ("5000", "core")
    assert (first["x-ratelimit-remaining"], second["x-ratelimit-remaining"]) == ("4999", "4998")
    assert int(first["x-ratelimit-reset"]) > time.time()
    assert root.get("/rate_limit").json()["rate"]["remaining"] == 4998


def test_the_primary_limit_is_403_with_nothing_left_for_an_hour(
    state: GitHubState, http: httpx.Client
) -> None:
    state.faults.plan("POST", WHERE, faults.primary_limit(timedelta(hours=1)))
    answer = post(http)
    assert (answer.status_code, answer.headers["x-ratelimit-remaining"]) == (403, "0")
    wait = int(answer.headers["x-ratelimit-reset"]) - time.time()
    assert 3500 < wait <= 3600
    assert answer.json()["message"].startswith("API rate limit exceeded for installation ID")
    assert "retry-after" not in answer.headers
    assert state.comments == {}
    assert post(http).status_code == 201


@pytest.mark.parametrize(
    ("fault", "status", "words"),
    [
        (faults.secondary_limit(7), 403, "You have exceeded a secondary rate limit."),
        (faults.too_many_requests(7), 429, "API rate limit exceeded."),
    ],
)
def test_the_other_limits_say_when_to_come_back(
    state: GitHubState, http: httpx.Client, fault: faults.Fault, status: int, words: str
) -> None:
    state.faults.plan("*", WHERE, fault)
    answer = post(http)
    assert (answer.status_code, answer.headers["retry-after"]) == (status, "7")
    assert answer.json()["message"].startswith(words)
    assert answer.headers["x-ratelimit-remaining"] != "0"
    assert state.comments == {}


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    ("make", "media"),
    [(faults.server_error, "application/json"), (faults.html_page, "text/html")],
)
def test_a_server_error_comes_before_or_after_the_effect(
    state: GitHubState,
    http: httpx.Client,
    after: bool,
    make: type[faults.Fault],
    media: str,
) -> None:
    state.faults.plan("POST", WHERE, make(502, after=after))  # type: ignore[call-arg]
    answer = post(http)
    assert answer.status_code == 502
    assert answer.headers["content-type"].startswith(media)
    assert len(state.comments) == after


@pytest.mark.parametrize("after", [False, True])
def test_a_connection_is_dropped_before_or_after_the_effect(
    state: GitHubState, http: httpx.Client, after: bool
) -> None:
    state.faults.plan("POST", WHERE, faults.dropped(after=after))
    with pytest.raises(httpx.TransportError):
        post(http)
    assert len(state.comments) == after
    assert http.get("/pulls/7").status_code == 200
    assert state.log[0].status is None


def test_an_answer_can_be_no_json(state: GitHubState, http: httpx.Client) -> None:
    state.faults.plan("GET", "/pulls/7$", faults.not_json())
    answer = http.get("/pulls/7")
    assert answer.status_code == 200
    with pytest.raises(ValueError, match="Unterminated"):
        answer.json()


@pytest.mark.parametrize("after", [False, True])
def test_an_answer_is_held_until_it_is_let_go(
    state: GitHubState, http: httpx.Client, after: bool
) -> None:
    gate = Event()
    state.faults.plan("POST", WHERE, faults.held(gate, after=after))
    done: list[int] = []
    thread = Thread(target=lambda: done.append(post(http).status_code))
    thread.start()
    while not state.log:
        thread.join(0.002)
    if after:
        while not state.comments_on(7):
            thread.join(0.002)
    assert (done, len(state.comments)) == ([], after)
    gate.set()
    thread.join(10)
    assert (done, len(state.comments)) == ([201], 1)


def test_a_delay_is_waited_for(state: GitHubState, http: httpx.Client) -> None:
    state.faults.plan("GET", "/pulls/7$", faults.delayed(0.05))
    before = time.monotonic()
    assert http.get("/pulls/7").status_code == 200
    assert time.monotonic() - before >= 0.05


def test_a_fault_comes_as_often_as_planned_where_it_was_planned(
    state: GitHubState, http: httpx.Client
) -> None:
    state.faults.plan("GET", "/pulls/7$", faults.server_error(500), times=2)
    state.faults.plan("GET", "/pulls/7$", faults.server_error(503))
    assert http.get("/pulls").status_code == 200
    assert http.request("PATCH", "/pulls/7", json={}).status_code == 200
    assert state.faults.left == 3
    assert [http.get("/pulls/7").status_code for _ in range(4)] == [500, 500, 503, 200]
    assert state.faults.left == 0
