"""`mode: settle`: the final figure of a pull request, and of all whose figure was provisional.

On `pull_request: closed` that one; on `workflow_run` those whose head the run had, found by the
API and never by anything that the run has left; on anything else all that had keys of late.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from ci_tokengate.action import TITLE
from ci_tokengate.action.inputs import Inputs, read_inputs
from ci_tokengate.action.ledger import write_to_ledger
from ci_tokengate.action.pulls import numbers_of
from ci_tokengate.action.tell import Teller, plain_headline
from ci_tokengate.adapters.event import Job, github_job
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.runner import GitHubRunner
from ci_tokengate.core.context import PullRequest
from ci_tokengate.core.policy import Policy
from ci_tokengate.core.report import Report
from ci_tokengate.core.site import Site
from ci_tokengate.errors import DeadlineError, TokengateError, UndecidedError, UsageError
from ci_tokengate.ports import CodeHost, Proxy
from ci_tokengate.render.jobs import By
from ci_tokengate.render.outputs import cost_outputs
from ci_tokengate.render.words import count
from ci_tokengate.wiring import policies, proxies
from ci_tokengate.wiring.comparison import comparison

_SECONDS = 300.0
_PATIENCE = timedelta(seconds=60)
"""For a figure to settle: a proxy writes its rows within 15 s of the last key's end."""
_COMPARE = timedelta(seconds=15)
_FAILURES = 3
"""To get an answer, after which the trouble is not one pull request's."""


@dataclass(kw_only=True)
class _Errand:
    env: Mapping[str, str]
    inputs: Inputs
    job: Job
    host: CodeHost
    policy: Policy
    site: Site
    proxy: Proxy
    runner: GitHubRunner
    deadline: Deadline
    told: list[tuple[Report, str]] = field(default_factory=list)
    pulls: list[PullRequest] = field(default_factory=list)

    def tell(self, number: int) -> None:
        repository, api_url = self.job.context.repository, self.env.get("GITHUB_API_URL", "")
        teller = Teller(
            api_url=api_url,
            token=self.inputs.github_token,
            repository=repository,
            by=By(
                server_url=self.env.get("GITHUB_SERVER_URL", ""),
                run_id=self.job.context.run_id,
                attempt=self.job.context.run_attempt,
            ),
            behavior=self.inputs.comment,
            above=self.inputs.comment_above,
            deadline=self.deadline,
            runner=self.runner,
            idle=False,
        )
        # Read from the API whatever the payload says: it may be minutes old.
        pull = self.host.pull_request(repository, number)
        reporter = teller.reporter(self.proxy, self.policy, pull)
        reporter.patience = _PATIENCE
        reporter.median = comparison(
            site=self.site,
            key=self.inputs.proxy_key,
            api_url=api_url,
            token=self.inputs.github_token,
            repository=repository,
            number=number,
            patience=_COMPARE,
        )
        report, url = teller.tell(reporter)
        self.runner.say(f"#{report.number}: {plain_headline(report)}")
        self.told.append((report, url))
        self.pulls.append(pull)

    def tell_all(self, numbers: Sequence[int]) -> None:
        """What is wrong with one keeps none of the others from being told."""
        failures = 0
        for place, number in enumerate(numbers, 1):
            try:
                self.tell(number)
            except TokengateError as error:
                if len(numbers) == 1 and isinstance(error, UsageError):
                    raise
                _warn(self.runner, f"Not settled, #{number}", error)
                failures += isinstance(error, UndecidedError)
                left = len(numbers) - place
                if left and (failures == _FAILURES or isinstance(error, DeadlineError)):
                    said = f"{count(left, 'older pull request')} not looked at any more."
                    self.runner.annotate("warning", TITLE, f"Not settled: {said}")
                    return


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
    try:
        errand = _errand(env, inputs, job, host, runner, deadline)
        told = errand.told
        numbers = numbers_of(env, job, host, errand.proxy, proxies.clock().now())
        if not numbers:
            runner.say("There is no pull request to settle.")
        try:
            errand.tell_all(numbers)
        finally:  # what was told goes to the ledger, whatever became of the others
            about = (inputs, errand.site, errand.proxy, job.context.repository)
            write_to_ledger(*about, errand.pulls, deadline=deadline, runner=runner)
    except UndecidedError as error:
        _warn(runner, "Not settled", error)
    for name, value in cost_outputs(told).items():
        runner.output(name, value)
    return 0


def _errand(
    env: Mapping[str, str],
    inputs: Inputs,
    job: Job,
    host: CodeHost,
    runner: GitHubRunner,
    deadline: Deadline,
) -> _Errand:
    bound = policies.job_policy(job, host, inputs.policy)
    if bound.said:
        runner.say(bound.said)
    site = proxies.site(inputs.proxy, inputs.proxy_url, bound.policy)
    return _Errand(
        env=env,
        inputs=inputs,
        job=job,
        host=host,
        policy=bound.policy,
        site=site,
        proxy=proxies.open_proxy(site, inputs.proxy_key, deadline),
        runner=runner,
        deadline=deadline,
    )


def _warn(runner: GitHubRunner, what: str, error: TokengateError) -> None:
    runner.annotate("warning", TITLE, f"{what}: {error.message} {error.hint}".strip())
