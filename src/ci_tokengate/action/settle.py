"""`mode: settle`: the final figure of a pull request, and of all whose figure was provisional.

On `pull_request: closed` that one; on `workflow_run` the one whose head the run had, found by the
API and never by anything that the run has left; on anything else all that had keys of late.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from ci_tokengate.action import TITLE
from ci_tokengate.action.inputs import Inputs, read_inputs
from ci_tokengate.action.ledger import write_to_ledger
from ci_tokengate.action.tell import Teller, plain_headline
from ci_tokengate.adapters.event import Job, github_job, payload_of
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.runner import GitHubRunner
from ci_tokengate.core.alias import PREFIX, parse_alias
from ci_tokengate.core.context import PullRequest
from ci_tokengate.core.keys import KeyRecord
from ci_tokengate.core.report import Report
from ci_tokengate.errors import UndecidedError
from ci_tokengate.lifecycle.history import merged_median
from ci_tokengate.lifecycle.report import Reporter
from ci_tokengate.ports import CodeHost, Proxy
from ci_tokengate.render.jobs import By
from ci_tokengate.render.outputs import cost_outputs
from ci_tokengate.wiring import policies, proxies

_SECONDS = 300.0
_PATIENCE = timedelta(seconds=60)
"""For a figure to settle: a proxy writes its rows within 15 s of the last key's end."""
_OF_LATE = timedelta(days=7)
_COMPARE = timedelta(seconds=15)


def settle(env: Mapping[str, str], runner: GitHubRunner) -> int:
    """0 also where nothing could be told: that is a warning. Raises UsageError for a bad input."""
    inputs = read_inputs(env)
    deadline = Deadline(_SECONDS)
    host = policies.open_code_host(env.get("GITHUB_API_URL", ""), inputs.github_token, deadline)
    job = github_job(env, host)
    if job.context.event.startswith("pull_request") and job.context.from_fork:
        runner.annotate("notice", TITLE, "A fork's event carries no secret: its companion tells.")
        return 0
    told: list[tuple[Report, str]] = []
    pulls: list[PullRequest] = []
    try:
        policy = policies.job_policy(job, host, inputs.policy)
        kind = proxies.proxy_kind(inputs.proxy, policy)
        url = proxies.proxy_url(inputs.proxy_url, policy)
        proxy = proxies.open_proxy(kind, url, inputs.proxy_key, deadline)
        teller = _teller(env, inputs, job, deadline, runner)
        for pull in _pulls(env, job, host, proxy):
            reporter = teller.reporter(proxy, policy, pull)
            reporter.patience = _PATIENCE
            reporter.median = _median(proxy, host, job.context.repository, pull)
            told.append(_told(teller, reporter, runner))
            pulls.append(pull)
        write_to_ledger(
            inputs,
            kind,
            url,
            proxy,
            job.context.repository,
            pulls,
            deadline=deadline,
            runner=runner,
        )
    except UndecidedError as error:
        runner.annotate("warning", TITLE, f"Not settled: {error.message} {error.hint}".strip())
    if not told:
        runner.say("There is no pull request to settle.")
    for name, value in cost_outputs(told).items():
        runner.output(name, value)
    return 0


def _told(teller: Teller, reporter: Reporter, runner: GitHubRunner) -> tuple[Report, str]:
    report, url = teller.tell(reporter)
    runner.say(f"#{report.number}: {plain_headline(report)}")
    return report, url


def _teller(
    env: Mapping[str, str], inputs: Inputs, job: Job, deadline: Deadline, runner: GitHubRunner
) -> Teller:
    return Teller(
        api_url=env.get("GITHUB_API_URL", ""),
        token=inputs.github_token,
        repository=job.context.repository,
        by=By(
            server_url=env.get("GITHUB_SERVER_URL", ""),
            run_id=job.context.run_id,
            attempt=job.context.run_attempt,
        ),
        behavior=inputs.comment,
        above=inputs.comment_above,
        deadline=deadline,
        runner=runner,
    )


def _pulls(env: Mapping[str, str], job: Job, host: CodeHost, proxy: Proxy) -> Iterator[PullRequest]:
    """Read from the API whatever the payload says: it may be minutes old."""
    repository = job.context.repository
    if job.context.event == "workflow_run":
        yield from _of_run(payload_of(env).get("workflow_run"), host, repository)
    elif job.context.pull_request is not None:
        yield host.pull_request(repository, job.context.pull_request.number)
    else:
        for number in _recent(proxy, repository):
            yield host.pull_request(repository, number)


def _of_run(run: Any, host: CodeHost, repository: str) -> list[PullRequest]:
    """`pull_requests` of the payload is empty for forks, so the head is looked up."""
    head = run.get("head_repository") if isinstance(run, dict) else None
    owner = (head or {}).get("owner") if isinstance(head, dict) else None
    login = owner.get("login") if isinstance(owner, dict) else None
    branch, sha = (
        (str(run.get(n) or "") for n in ("head_branch", "head_sha")) if login else ("", "")
    )
    if not (login and branch and sha):
        return []
    return host.pulls_of_head(repository, str(login), branch, sha)[:1]


def _recent(proxy: Proxy, repository: str) -> list[int]:
    """Pull requests that had a key alive within the last seven days, the newest first."""
    prefix, since = f"{PREFIX}{repository}#", proxies.clock().now() - _OF_LATE

    def late(key: KeyRecord) -> bool:
        return key.cap != 0 and (key.ends_at is None or key.ends_at >= since)

    found = [*proxy.keys(prefix=prefix), *proxy.revoked_keys(prefix=prefix)]
    scopes = {alias.scope for key in found if late(key) and (alias := parse_alias(key.alias))}
    return sorted((int(s) for s in scopes if s.isascii() and s.isdigit()), reverse=True)


def _median(proxy: Proxy, host: CodeHost, repository: str, pull: PullRequest) -> Any:
    return lambda team_ids: merged_median(
        proxy,
        host,
        repository,
        but=pull.number,
        team_ids=team_ids,
        clock=proxies.clock(),
        patience=_COMPARE,
    )
