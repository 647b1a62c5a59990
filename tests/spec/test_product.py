"""What the product itself asks of GitHub, through Prism."""

from __future__ import annotations

from collections.abc import Callable

import github
import pytest

from ci_tokengate.adapters.clock import SystemClock
from ci_tokengate.adapters.github import GitHub
from ci_tokengate.adapters.github_doctor import GitHubRights
from ci_tokengate.adapters.github_org import GitHubOrganisation
from ci_tokengate.adapters.github_pulls import GitHubPulls
from ci_tokengate.adapters.github_reviews import GitHubReviews
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.core.diagnosis import Comment
from ci_tokengate.core.governance.approval import Stand
from ci_tokengate.core.policy_place import guarded
from ci_tokengate.ports import RunState
from ci_tokengate.ports.reviews import Proposal
from ci_tokengate.sandbox.github import GitHubState, Shelf, pull_request, rule, workflow_run
from ci_tokengate.sandbox.github.refs import commit, file_at
from tests.spec.conftest import Spec

pytestmark = pytest.mark.spec
Serve = Callable[[GitHubState], str]


def host(api_url: str) -> GitHub:
    return GitHub(api_url, "ghs_job", deadline=Deadline(30))


def test_the_policy_is_read_at_a_commit(spec: Spec, spec_github: Serve) -> None:
    state = GitHubState(files={("a" * 40, ".github/tokengate.yml"): "version: 1\n"})
    code_host = host(spec_github(state))
    assert code_host.file_at("acme/shop", ".github/tokengate.yml", "a" * 40) == "version: 1\n"
    assert code_host.file_at("acme/shop", "none.yml", "a" * 40) is None
    assert spec.relay.validated == 2


def test_a_folder_is_listed_at_a_commit(spec: Spec, spec_github: Serve) -> None:
    sha = "a" * 40
    state = GitHubState(
        files={
            (sha, ".github/exemptions/b.yml"): "b",
            (sha, ".github/exemptions/a.yml"): "a",
            (sha, ".github/exemptions/old/c.yml"): "c",
        }
    )
    code_host = host(spec_github(state))
    found = code_host.files_in("acme/shop", ".github/exemptions", sha)
    assert found == [".github/exemptions/a.yml", ".github/exemptions/b.yml"]
    assert code_host.files_in("acme/shop", "none", sha) == []
    assert spec.relay.validated == 2


def test_the_rules_of_a_branch_are_read(spec: Spec, spec_github: Serve) -> None:
    state = GitHubState()
    state.rules["release/1.x"] = [rule("creation"), rule("pull_request"), rule("deletion")]
    code_host = host(spec_github(state))
    assert guarded(code_host.branch_rules("acme/shop", "release/1.x"))
    assert code_host.branch_rules("acme/shop", "none") == []
    assert spec.relay.validated == 2
    assert spec.relay.unvalidated == []


def test_a_pull_request_is_read(spec: Spec, spec_github: Serve) -> None:
    state = GitHubState()
    state.pulls[7] = pull_request(7, head_repository="octo-fork/shop")
    found = host(spec_github(state)).pull_request("acme/shop", 7)
    assert (found.number, found.head_ref, found.from_fork) == (7, "faster-checkout", True)
    assert spec.relay.validated == 1


def test_the_state_of_a_run_is_read(spec: Spec, spec_github: Serve) -> None:
    state = GitHubState()
    state.runs["900"] = workflow_run(900, status="in_progress")
    code_host = host(spec_github(state))
    assert code_host.run_state("acme/shop", "900", 1) is RunState.RUNNING
    state.runs["900"] = workflow_run(900, status="completed")
    assert code_host.run_state("acme/shop", "900", 1) is RunState.FINISHED
    assert spec.relay.validated == 2


def test_pygithub_lists_makes_edits_and_deletes_comments_in_described_ways(
    spec: Spec, spec_github: Serve
) -> None:
    state = GitHubState()
    state.pulls[7] = pull_request(7)
    for n in range(3):
        state.add_comment(7, str(n))
    client = github.Github(
        auth=github.Auth.Token("ghs_job"),
        base_url=spec_github(state),
        per_page=2,
        retry=None,
        seconds_between_requests=0,
        seconds_between_writes=0,
    )
    with client:
        issue = client.get_repo("acme/shop").get_pull(7).as_issue()
        assert [comment.body for comment in issue.get_comments()] == ["0", "1", "2"]
        made = issue.create_comment("new")
        made.edit("newer")
        made.delete()
    assert spec.relay.validated == 8
    assert spec.relay.unvalidated == []


def test_a_repository_is_asked_what_the_token_may(spec: Spec, spec_github: Serve) -> None:
    rights = GitHubRights(spec_github(GitHubState()), "ghs_job", deadline=Deadline(30))
    assert rights.comment_right("acme/shop").answer is Comment.UNTOLD
    assert spec.relay.validated == 1
    assert spec.relay.unvalidated == []


def test_an_organisation_is_read(spec: Spec, spec_github: Serve) -> None:
    state = GitHubState()
    state.shelves["acme/books"] = Shelf(files={"a/b.py": b"x"}, links={"c": "a/b.py"})
    state.shelves["acme/old"] = Shelf(archived=True)
    org = GitHubOrganisation(spec_github(state), "ghs_job", "acme", deadline=Deadline(30))
    books, old = org.repositories()
    assert (books.name, books.archived, old.archived) == ("acme/books", False, True)
    tree = org.tree(books)
    assert [*tree.blobs] == ["a/b.py"]
    assert org.blob(books, tree.blobs["a/b.py"].sha) == b"x"
    assert [*org.tree(old).blobs] == []
    assert spec.relay.validated == 4
    assert spec.relay.unvalidated == []


def test_who_agreed_to_a_file_is_found_out(spec: Spec, spec_github: Serve) -> None:
    state = GitHubState()
    state.refs["refs/heads/main"] = "a" * 40
    state.protected.add("main")
    path, head = ".github/exemptions/release.yml", "b" * 40
    commit(state, "main", "c" * 40, path, "team: t\n")
    state.pulls[7] = pull_request(7) | {
        "merged": True,
        "merged_at": "2026-11-23T10:00:00Z",
        "state": "closed",
        "closed_at": "2026-11-23T10:00:00Z",
        "merge_commit_sha": "c" * 40,
        "user": {"login": "octocat"},
    }
    state.pulls[7]["head"]["sha"] = head
    state.reviews[7] = [{"user": {"login": "boss"}, "state": "APPROVED", "commit_id": head}]
    reviews = reviews_of(spec_github(state))
    found = reviews.last_change(path)
    assert found is not None
    assert (found.number, found.author, found.head) == (7, "octocat", head)
    assert [(r.login, r.stand, r.commit) for r in found.reviews] == [("boss", Stand.APPROVED, head)]
    assert reviews.last_change("none.yml") is None
    assert reviews.protected()


def test_who_let_a_job_of_that_head_into_the_environment_has_agreed_too(
    spec: Spec, spec_github: Serve
) -> None:
    state = GitHubState()
    state.refs["refs/heads/main"] = "a" * 40
    path, head = ".github/exemptions/release.yml", "b" * 40
    commit(state, "main", "c" * 40, path, "team: t\n")
    state.pulls[7] = pull_request(7) | {
        "merged": True,
        "merged_at": "2026-11-23T10:00:00Z",
        "state": "closed",
        "closed_at": "2026-11-23T10:00:00Z",
        "merge_commit_sha": "c" * 40,
    }
    state.pulls[7]["head"]["sha"] = head
    state.runs["70"] = {"event": "pull_request", "head_sha": head}
    state.runs["71"] = {"event": "pull_request", "head_sha": "d" * 40}
    state.approvals["70"] = [
        {"environment": "exemptions", "user": {"login": "boss"}},
        {"environment": "exemptions", "user": {"login": "chief"}, "state": "rejected"},
        {"environment": "production", "user": {"login": "deployer"}},
    ]
    state.approvals["71"] = [{"environment": "exemptions", "user": {"login": "early"}}]
    found = reviews_of(spec_github(state), environment="exemptions").last_change(path)
    assert found is not None
    assert [(r.login, r.stand, r.commit) for r in found.reviews] == [
        ("boss", Stand.APPROVED, head),
        ("chief", Stand.REFUSED, head),
    ]
    assert spec.relay.unvalidated == []
    without = reviews_of(spec_github(state)).last_change(path)
    assert without is not None
    assert without.reviews == ()


def test_an_exemption_is_proposed_once(spec: Spec, spec_github: Serve) -> None:
    state = GitHubState(files={("main", "README.md"): "# Shop"})
    state.refs["refs/heads/main"] = "a" * 40
    reviews = reviews_of(spec_github(state))
    proposal = Proposal(
        branch="tokengate/release",
        path=".github/exemptions/release.yml",
        text="team: t\n",
        title="An exemption",
        body="Because.",
    )
    url = reviews.propose(proposal)
    assert reviews.propose(proposal) == url
    [pull] = state.pulls.values()
    assert (pull["title"], pull["head"]["ref"]) == ("An exemption", "tokengate/release")
    assert file_at(state, "tokengate/release", proposal.path) == "team: t\n"


def reviews_of(api_url: str, *, environment: str = "") -> GitHubReviews:
    return GitHubReviews(
        api_url,
        "ghs_job",
        "acme/shop",
        deadline=Deadline(30),
        clock=SystemClock(),
        environment=environment,
    )


def test_pull_requests_for_the_ledger_are_read_in_described_ways(
    spec: Spec, spec_github: Serve
) -> None:
    state = GitHubState()
    state.pulls[7] = pull_request(7)
    state.changed[7] = ["services/pay/main.py", "README.md"]
    state.moved["acme/old"] = "acme/shop"
    pulls = GitHubPulls(spec_github(state), "ghs_any", deadline=Deadline(30))
    assert pulls.name_of("acme/old") == "acme/shop"
    assert [pull.number for pull in pulls.pulls_since("acme/shop", None)] == [7]
    assert list(pulls.changed_files("acme/shop", 7)) == state.changed[7]
    assert spec.relay.validated == 3  # where a redirect leads is in no description
