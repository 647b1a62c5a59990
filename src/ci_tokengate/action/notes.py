"""What main notes for the comment at the job's end, in the state that no later step can change."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict

from ci_tokengate.action import TITLE
from ci_tokengate.action.inputs import OFF, Inputs
from ci_tokengate.adapters.event import Job
from ci_tokengate.adapters.runner import GitHubRunner
from ci_tokengate.core.address import unencrypted
from ci_tokengate.core.money import plain
from ci_tokengate.core.report import Refused
from ci_tokengate.core.site import Site
from ci_tokengate.core.verdict import Verdict
from ci_tokengate.wiring import policies, proxies


def note(
    runner: GitHubRunner,
    env: Mapping[str, str],
    inputs: Inputs,
    job: Job,
    url: str,
    policy_ref: str | None,
) -> None:
    """What the comment needs. Nothing where there is no pull request to comment on."""
    pull = job.context.pull_request
    if pull is None or not pull.number or inputs.comment == OFF:
        return
    about = {
        "repository": job.context.repository,
        "number": pull.number,
        "opened_at": pull.opened_at.isoformat() if pull.opened_at else None,
        "policy": inputs.policy or policies.DEFAULT_POLICY,
        "ref": policy_ref,
        "proxy_url": url,
        "api_url": env.get("GITHUB_API_URL", ""),
        "server_url": env.get("GITHUB_SERVER_URL", ""),
        "run_id": job.context.run_id,
        "attempt": job.context.run_attempt,
        "behavior": inputs.comment,
        "above": plain(inputs.comment_above),
    }
    runner.state("report", json.dumps(about))


def note_site(runner: GitHubRunner, site: Site) -> None:
    """Where post finds the proxy, and a warning where the way there is open to others."""
    for url in filter(None, (site.url, site.control_url)):
        for check in unencrypted(url, "proxy-url"):
            runner.annotate("warning", TITLE, f"{check.sentence} To mend it: {check.change}.")
    runner.state("proxy-url", site.url)
    runner.state("proxy-kind", site.kind)
    if site.control_url:
        runner.state("control-url", site.control_url)


def site_in(state: Mapping[str, str]) -> Site:
    """What `note_site` wrote. Raises UsageError for a kind that there is no adapter for."""
    return Site(
        kind=proxies.proxy_kind(state.get("proxy-kind", ""), None),
        url=state.get("proxy-url", ""),
        control_url=state.get("control-url", ""),
    )


def note_refused(runner: GitHubRunner, job: Job, verdict: Verdict) -> None:
    """A job that the gate refused leaves nothing at the proxy: the comment alone remembers it."""
    refused = Refused(
        run_id=job.context.run_id,
        attempt=job.context.run_attempt,
        job=job.context.job,
        use_case=verdict.use_case,
        team=verdict.team,
        cause=verdict.cause.value,
    )
    runner.state("refused", json.dumps(asdict(refused)))
