"""`ci-tokengate inventory --org`, on the GitHub double."""

from __future__ import annotations

import csv
import io
import json

import pytest

from ci_tokengate.sandbox.github import GitHubState, Shelf
from ci_tokengate.sandbox.github.faults import delayed, primary_limit, server_error
from tests.stage.doubles import github_double
from tests.stage.entries import Done, run_cli

__all__ = ["github_double"]

TOKEN = "ghp_CanaryOfAnOrganisationsToken"
WORKFLOW = ".github/workflows/w.yml"
PAST = b"on: push\njobs: {j: {runs-on: x, timeout-minutes: 5, steps: [{run: claude -p hi}]}}\n"
GATED = b"""\
on: push
jobs:
  j:
    runs-on: ubuntu-latest
    steps:
      - {uses: org/ci-tokengate@v1, with: {proxy-key: "${{ secrets.K }}", tools: claude-code}}
      - run: claude -p hi
"""
SDK = b"from openai import OpenAI\nclient = OpenAI()\n"


@pytest.fixture
def state(github_double: tuple[GitHubState, str]) -> GitHubState:
    state = github_double[0]
    state.reset()
    state.shelves["acme/apples"] = Shelf(files={WORKFLOW: GATED, "README.md": b"OpenAI()"})
    state.shelves["acme/books"] = Shelf(files={WORKFLOW: PAST, "src/a.py": SDK})
    state.shelves["acme/old"] = Shelf(files={WORKFLOW: PAST}, archived=True)
    state.shelves["acme/forked"] = Shelf(files={WORKFLOW: PAST}, fork=True)
    state.shelves["acme/empty"] = Shelf()
    return state


@pytest.fixture
def api(github_double: tuple[GitHubState, str]) -> str:
    return github_double[1]


def inventory(api: str, *args: str) -> Done:
    env = {"GITHUB_API_URL": api, "GITHUB_TOKEN": TOKEN, "LC_ALL": "C.UTF-8"}
    return run_cli(env, "inventory", "--org", "acme", *args)


def read_of(api: str, *args: str) -> dict[str, tuple[dict[str, int], str]]:
    """Repository → its counts and why it was not read; all is 0 but what is named."""
    body = json.loads(inventory(api, "--format", "json", *args).out)
    return {
        one["repository"]: ({k: v for k, v in one["counts"].items() if v}, one["unread"])
        for one in body["repositories"]
    }


def test_a_row_for_each_repository_and_the_total(state: GitHubState, api: str) -> None:
    done = inventory(api)
    assert done.code == 0, done.err
    lines = [line.split() for line in done.out.splitlines()]
    assert lines[:5] == [
        ["repository", "proxied", "direct", "unknown", "coverage", "note"],
        ["acme/apples", "1", "0", "0", "100.0%"],
        ["acme/books", "0", "1", "1", "0.0%"],
        ["acme/empty", "0", "0", "0"],
        ["(total)", "1", "1", "1", "33.3%"],
    ]
    assert "3 repositories of acme; left out: archived 1, forks 1." in done.out


def test_every_form_tells_the_same(state: GitHubState, api: str) -> None:
    body = json.loads(inventory(api, "--format", "json").out)
    assert (body["partial"], body["archived"], body["forks"]) == (False, 1, 1)
    assert body["counts"] == {"proxied": 1, "direct": 1, "unknown": 1}
    assert {(c["repository"], c["path"]) for c in body["calls"]} == {
        ("acme/apples", WORKFLOW),
        ("acme/books", WORKFLOW),
        ("acme/books", "src/a.py"),
    }
    rows = list(csv.reader(io.StringIO(inventory(api, "--format", "csv").out)))
    assert rows[2] == ["acme/books", "0", "1", "1", "0.0%", ""]
    assert "| acme/books | 0 | 1 | 1 | 0.0% |  |" in inventory(api, "--format", "markdown").out


def test_only_candidates_are_read_and_the_same_content_once(state: GitHubState, api: str) -> None:
    state.shelves["acme/books"].files |= {"b.py": SDK, "x.txt": b"x", "node_modules/y.js": b"y"}
    assert inventory(api).code == 0
    paths = [one.path for one in state.log]
    assert sum("/git/blobs/" in path for path in paths) == 3
    assert not [path for path in paths if "acme/old" in path or "acme/forked" in path]
    state.log.clear()
    done = inventory(api, "--no-code")
    assert sum("/git/blobs/" in one.path for one in state.log) == 2
    assert "Code was not read" in done.out
    assert "left out: built or other people's code 1" in inventory(api).out


def test_a_composite_action_that_is_called_is_read_too(state: GitHubState, api: str) -> None:
    action = b"runs: {using: composite, steps: [{run: claude -p hi, shell: bash}]}\n"
    calls = PAST.replace(b"run: claude -p hi", b"uses: ./.github/actions/review")
    files = {WORKFLOW: calls, ".github/actions/review/action.yml": action}
    state.shelves = {"acme/one": Shelf(files=files)}
    assert sum(read_of(api)["acme/one"][0].values()) == 1


def test_without_code_other_ci_and_settings_are_read_all_the_same(
    state: GitHubState, api: str
) -> None:
    files = {
        "Jenkinsfile": b"sh 'curl https://api.openai.com/v1/responses -d @x'\n",
        ".env": b"ANTHROPIC_BASE_URL=https://api.anthropic.com\n",
        ".gitlab-ci.yml": b"r:\n  script:\n    - claude -p hi\n",
        "src/a.py": SDK,
    }
    state.shelves = {"acme/one": Shelf(files=files)}
    assert read_of(api, "--no-code")["acme/one"][0] == {"direct": 2, "unknown": 1}
    assert read_of(api)["acme/one"][0] == {"direct": 2, "unknown": 2}


def test_more_repositories_than_a_page_has_are_all_counted(state: GitHubState, api: str) -> None:
    state.shelves |= {f"acme/r{n}": Shelf() for n in range(120)}
    assert len(read_of(api)) == 123


def test_a_tree_that_is_told_in_part_makes_the_result_partial(state: GitHubState, api: str) -> None:
    state.shelves["acme/books"].truncated = True
    done = inventory(api)
    assert done.code == 3
    assert "PARTIAL: 1 of them could not be read, or not whole." in done.out
    assert "its tree is too large to be listed whole" in done.out


def test_a_rate_limit_ends_it_at_once_and_what_was_read_is_told(
    state: GitHubState, api: str
) -> None:
    state.faults.plan("GET", "/acme/books/git/blobs/", primary_limit(), times=9)
    done = inventory(api)
    assert done.code == 3
    assert ["acme/apples", "1", "0", "0", "100.0%"] in [x.split() for x in done.out.splitlines()]
    assert "GitHub limits the rate of requests for" in done.out
    unread = {name: why for name, (_, why) in read_of(api).items() if why}
    assert set(unread) == {"acme/books", "acme/empty"}
    assert unread["acme/empty"].startswith("not read: GitHub limits the rate")
    assert TOKEN not in done.out + done.err


def test_a_machine_readable_partial_result_says_so_beside_it(state: GitHubState, api: str) -> None:
    state.faults.plan("GET", "/acme/books/git/trees/", primary_limit())
    done = inventory(api, "--format", "csv")
    assert done.code == 3
    assert "? PARTIAL: 2 of them could not be read, or not whole." in done.err
    assert "PARTIAL" not in done.out


def test_a_list_that_breaks_off_is_partial_and_one_that_never_came_is_undecided(
    state: GitHubState, api: str
) -> None:
    state.shelves |= {f"acme/r{n}": Shelf() for n in range(120)}
    state.faults.plan("GET", "/orgs/acme/repos", delayed(0))
    state.faults.plan("GET", "/orgs/acme/repos", primary_limit())
    done = inventory(api)
    assert done.code == 3
    assert "PARTIAL: there may be more repositories. GitHub limits" in done.out
    assert "98 repositories of acme; left out: archived 1, forks 1." in done.out
    assert "acme/books" in done.out
    state.faults.plan("GET", "/orgs/acme/repos", primary_limit())
    done = inventory(api)
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith("? GitHub limits the rate of requests")


def test_a_repository_that_is_forbidden_does_not_end_the_others(
    state: GitHubState, api: str
) -> None:
    del state.shelves["acme/apples"].files[WORKFLOW]
    state.faults.plan("GET", "/acme/apples/git/trees/", server_error(404))
    found = read_of(api)
    assert found["acme/apples"][1].startswith("GitHub finds nothing")
    assert found["acme/books"] == ({"direct": 1, "unknown": 1}, "")


def test_the_deadline_is_told(state: GitHubState, api: str) -> None:
    done = inventory(api, "--timeout", "0")
    assert done.code == 3
    assert "? Gave up after 0 s, while listing the repositories of acme." in done.err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--org", "none-such"), "GitHub finds nothing"),
        (("--org", "a/b"), "is no name of an organisation"),
        ((".",), "Give --org or paths"),
    ],
)
def test_what_cannot_be_asked_is_said(
    state: GitHubState, api: str, args: tuple[str, ...], said: str
) -> None:
    done = inventory(api, *args)
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err
