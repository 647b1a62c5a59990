"""GitHub behind the CodeHost port.

The gate's reads are a few plain requests on the path of every job, made with the same client as the
proxy's; PyGithub, whose import alone takes a quarter of a second, is loaded where its paging and
rate limits are of use.
Source: https://docs.github.com/rest/repos/contents, …/repos/rules, …/pulls/pulls, …/actions/workflow-runs
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import count
from urllib.parse import quote

from ci_tokengate.adapters.github_answers import broken, check, rule_of
from ci_tokengate.adapters.http import Deadline, JsonClient
from ci_tokengate.core.context import PullRequest, pull_request_from
from ci_tokengate.core.policy_place import BranchRule
from ci_tokengate.ports import RunState

_RAW = "application/vnd.github.raw+json"


class GitHub:
    """Implements ports.CodeHost. `api_url` is GITHUB_API_URL; the token needs `contents: read`."""

    def __init__(self, api_url: str, token: str, *, deadline: Deadline) -> None:
        self._api_url = api_url.rstrip("/")
        self._token = token
        self._deadline = deadline
        headers = {"x-github-api-version": "2022-11-28", "user-agent": "ci-tokengate"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        self._http = JsonClient(
            self._api_url, name=self._api_url, headers=headers, deadline=deadline
        )

    def file_at(self, repository: str, path: str, ref: str) -> str | None:
        answer = self._http.call(
            "GET",
            f"/repos/{repository}/contents/{quote(path)}",
            params={"ref": ref},
            headers={"accept": _RAW},
        )
        if answer.status == 404:
            return None
        check(answer, self._api_url, f"reading {path} at {ref[:12]}")
        return answer.text

    def files_in(self, repository: str, folder: str, ref: str) -> list[str]:
        """GitHub lists a thousand entries of a folder at the most."""
        answer = self._http.call(
            "GET", f"/repos/{repository}/contents/{quote(folder)}", params={"ref": ref}
        )
        if answer.status == 404:
            return []
        check(answer, self._api_url, f"listing {folder} at {ref[:12]}")
        entries = answer.body if isinstance(answer.body, list) else []
        found = (e for e in entries if isinstance(e, dict) and e.get("type") == "file")
        return sorted(str(entry.get("path")) for entry in found)

    def branch_rules(self, repository: str, branch: str) -> list[BranchRule]:
        """A hundred at the most: what is beyond guards nothing here. `metadata: read` is enough, which every token has."""
        doing = f"reading the rules of {branch}"
        answer = self._http.call(
            "GET",
            f"/repos/{repository}/rules/branches/{quote(branch, safe='')}",
            params={"per_page": "100"},
        )
        check(answer, self._api_url, doing)
        if not isinstance(answer.body, list):
            raise broken(self._api_url, doing)
        return [rule_of(entry) for entry in answer.body if isinstance(entry, dict)]

    def pull_request(self, repository: str, number: int) -> PullRequest:
        answer = self._http.call("GET", f"/repos/{repository}/pulls/{number}")
        check(answer, self._api_url, f"reading pull request {number}")
        if not isinstance(answer.body, dict):
            raise broken(self._api_url, f"reading pull request {number}")
        return pull_request_from(answer.body, repository)

    def pulls_of_head(
        self, repository: str, owner: str, branch: str, sha: str
    ) -> list[PullRequest]:
        """A branch can have had several; `sha` tells which of them a run was for."""
        found = self._pulls(repository, {"head": f"{owner}:{branch}", "sort": "created"})
        return [pull for pull in found if pull.head_sha == sha]

    def pulls_since(self, repository: str, since: datetime) -> Iterator[PullRequest]:
        for pull in self._pulls(repository, {"sort": "updated"}):
            if pull.updated_at is not None and pull.updated_at < since:
                return
            yield pull

    def _pulls(self, repository: str, query: Mapping[str, str]) -> Iterator[PullRequest]:
        """All pages, the latest first."""
        for page in count(1):
            paged = {"state": "all", "direction": "desc", "per_page": "100", "page": str(page)}
            answer = self._http.call("GET", f"/repos/{repository}/pulls", params={**query, **paged})
            check(answer, self._api_url, "listing pull requests")
            bodies = answer.body if isinstance(answer.body, list) else []
            yield from (pull_request_from(body, repository) for body in bodies)
            if len(bodies) < 100:
                return

    def run_state(self, repository: str, run_id: str, attempt: int) -> RunState:
        """Finished too when a newer attempt has begun. UNKNOWN where GitHub has no such run."""
        import github
        import requests

        client = github.Github(
            auth=github.Auth.Token(self._token) if self._token else None,
            base_url=self._api_url,
            timeout=int(max(1, min(10, self._deadline.remaining()))),
            retry=None,  # its own waits until a rate limit is over, which can be an hour
            lazy=True,
        )
        try:
            run = client.get_repo(repository).get_workflow_run(int(run_id))
            if run.run_attempt > attempt or run.status == "completed":
                return RunState.FINISHED
        except (github.GithubException, requests.RequestException, ValueError):
            return RunState.UNKNOWN
        return RunState.RUNNING
