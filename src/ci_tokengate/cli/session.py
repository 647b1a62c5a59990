"""What a command works with: the job's context, its policy, the opened proxy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import click

from ci_tokengate.adapters.event import Job, elsewhere_job, github_job, numbered
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.cli.options import Env, Options
from ci_tokengate.core.durations import parse_duration
from ci_tokengate.core.money import parse_cap
from ci_tokengate.core.policy import Policy
from ci_tokengate.core.policy_place import PolicyPlace
from ci_tokengate.core.quiet import for_log
from ci_tokengate.core.site import Site
from ci_tokengate.core.tools.registry import select
from ci_tokengate.core.tools.tool import Tool
from ci_tokengate.lifecycle.admit import Exemptions
from ci_tokengate.lifecycle.ask import Ask
from ci_tokengate.ports import CodeHost, Proxy
from ci_tokengate.wiring import exemptions, policies, proxies


@dataclass(frozen=True, kw_only=True)
class Session:
    """One command's view of the world."""

    policy: Policy
    proxy: Proxy
    site: Site
    job: Job
    deadline: Deadline
    exemptions: Exemptions


def asked(options: Options) -> Ask:
    """Raises UsageError for a bad amount or duration."""
    budget, ttl = options["max_budget"], options["ttl"]
    return Ask(
        team=options["team"],
        use_case=options["use_case"],
        max_budget=parse_cap(budget, "--max-budget") if budget else None,
        ttl=parse_duration(ttl, "--ttl") if ttl else None,
    )


def chosen_tools(text: str) -> tuple[Tool, ...]:
    """Raises UsageError for a tool there is not, or that cannot be proxied."""
    return select(text.replace(",", " ").split())


def open_session(env: Env, options: Options) -> Session:
    """Reads the policy and opens the proxy. Raises as `wiring` does."""
    deadline = Deadline(options["timeout"])
    host = policies.open_code_host(env.get("GITHUB_API_URL", ""), options["github_token"], deadline)
    job = job_of(env, options, host)
    bound = policies.job_policy(job, host, options["policy_path"])
    say_policy(bound, env)
    site = proxies.site(options["kind"], options["proxy_url"], bound.policy)
    proxy = proxies.open_proxy(site, options["proxy_key"], deadline)
    return Session(
        policy=bound.policy,
        proxy=proxy,
        site=site,
        job=job,
        deadline=deadline,
        exemptions=exemptions.beside(bound, host, job.context.repository, options["policy_path"]),
    )


def say_policy(bound: policies.JobPolicy, env: Env) -> None:
    """Which branch's policy counts, where that was a question: beside the answer, which `eval` may read."""
    if bound.said:
        click.echo(for_log(bound.said, env), err=True)


def open_bare_proxy(env: Env, options: Options) -> Proxy:
    """For commands that need no job; the policy on the disk, if there is one, names the proxy."""
    path = env.get("TOKENGATE_POLICY") or policies.DEFAULT_POLICY
    needed = not options["proxy_url"] and Path(path).exists()
    policy = policies.local_policy(path) if needed else None
    return proxies.open_proxy(
        proxies.site(options["kind"], options["proxy_url"], policy),
        options["proxy_key"],
        Deadline(options["timeout"]),
    )


def job_of(env: Env, options: Options, host: CodeHost) -> Job:
    """A job of GitHub's runner keeps its identity; flags describe a job anywhere else."""
    if env.get("GITHUB_ACTIONS") == "true":
        return github_job(env, host)
    found = elsewhere_job(env)
    pull = numbered(options["pr"], found.branch) if options["pr"] else found.pull_request
    context = replace(
        found,
        repository=options["repository"] or found.repository,
        run_id=options["run_id"] or found.run_id,
        job=options["job"] or found.job,
        pull_request=pull,
    )
    return Job(context=context, place=PolicyPlace(ref=None))
