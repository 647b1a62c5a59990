"""main of the action: the verdict, and in mode `key` the job key for later steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256

from ci_tokengate.action.inputs import Inputs, read_inputs
from ci_tokengate.action.notes import note, note_site
from ci_tokengate.action.outcome import tell_fork, tell_undecided, tell_verdict, write_outputs
from ci_tokengate.adapters.event import Job, github_job
from ci_tokengate.adapters.files import private_folder, write_files
from ci_tokengate.adapters.http import Deadline, NeverSentError
from ci_tokengate.adapters.runner import GitHubRunner
from ci_tokengate.commands.gate import gate
from ci_tokengate.commands.mint import mint
from ci_tokengate.core.keys import Handle, JobKey
from ci_tokengate.core.policy import OnError
from ci_tokengate.core.site import Entrance, Site
from ci_tokengate.core.tools.model import access
from ci_tokengate.core.tools.registry import wire
from ci_tokengate.errors import UndecidedError, UsageError
from ci_tokengate.lifecycle.admit import Exemptions
from ci_tokengate.ports import Proxy
from ci_tokengate.render.markdown import plain_summary
from ci_tokengate.render.outputs import key_outputs
from ci_tokengate.wiring import exemptions, policies, proxies
from ci_tokengate.wiring.policies import JobPolicy

_SECONDS = 30.0


def gate_or_key(env: Mapping[str, str], runner: GitHubRunner) -> int:
    inputs = read_inputs(env)
    on_error = inputs.on_error or OnError.BLOCK
    runner.output("allowed", "false")
    try:
        deadline = Deadline(_SECONDS)
        host = policies.open_code_host(env.get("GITHUB_API_URL", ""), inputs.github_token, deadline)
        job = github_job(env, host)
        if job.context.from_fork:
            return tell_fork(inputs, runner)
        bound = policies.job_policy(job, host, inputs.policy)
        if bound.said:
            runner.say(bound.said)
        on_error = inputs.on_error or bound.policy.on_error
        site = proxies.site(inputs.proxy, inputs.proxy_url, bound.policy)
        proxy = proxies.open_proxy(site, inputs.proxy_key, deadline)
        note(runner, env, inputs, job, site.url, bound.ref)
        note_site(runner, site)
        granted = exemptions.beside(bound, host, job.context.repository, inputs.policy)
        if inputs.mode == "gate":
            return _gate(proxy, bound, job, inputs, runner, granted)
        return _key(proxy, bound, job, inputs, runner, site, env.get("RUNNER_TEMP"), granted)
    except UndecidedError as error:
        return tell_undecided(error, on_error, runner)
    except UsageError as error:
        runner.summary(plain_summary("✖", error.message, error.hint))
        raise


def _gate(
    proxy: Proxy,
    bound: JobPolicy,
    job: Job,
    inputs: Inputs,
    runner: GitHubRunner,
    granted: Exemptions,
) -> int:
    admission = gate(
        proxy, bound.policy, job.context, inputs.ask, clock=proxies.clock(), exemptions=granted
    )
    return tell_verdict(admission, None, job, inputs, runner, bound.said)


def _key(
    proxy: Proxy,
    bound: JobPolicy,
    job: Job,
    inputs: Inputs,
    runner: GitHubRunner,
    site: Site,
    temp: str | None,
    granted: Exemptions,
) -> int:
    """The alias is in the state before the mint (DESIGN D6)."""
    try:
        issued = mint(
            proxy,
            bound.policy,
            job.context,
            inputs.ask,
            clock=proxies.clock(),
            nonce=proxies.nonce,
            announce=lambda handle: _announce(handle, runner),
            exemptions=granted,
        )
    except (UsageError, NeverSentError):
        runner.state("phase", "none")  # refused, or never sent: post has nothing to look for
        raise
    if issued.key is None:
        runner.state("phase", "none")
        return tell_verdict(issued.admission, None, job, inputs, runner, bound.said)
    models = issued.admission.routing.models
    _hand_over(issued.key, models, proxies.entrance(site, issued.key), inputs, runner, temp)
    return tell_verdict(issued.admission, issued.key, job, inputs, runner, bound.said)


def _hand_over(
    key: JobKey,
    models: Sequence[str],
    way: Entrance,
    inputs: Inputs,
    runner: GitHubRunner,
    temp: str | None,
) -> None:
    """Mask, then state, then outputs, then environment."""
    runner.mask(key.key)
    runner.state("phase", "minted")
    runner.state("cap-usd", key_outputs(key)["cap-usd"])
    runner.state("expires-at", key_outputs(key)["expires-at"])
    runner.state("on-cap", inputs.on_cap)
    digest = sha256(key.key.encode()).hexdigest()
    if digest != key.id:
        runner.state("key-sha256", digest)  # by which post finds the key in the environment
    urls = {"base-url": way.root, "openai-base-url": f"{way.root}/v1"}
    write_outputs(runner, {**urls, **key_outputs(key)})
    if inputs.export in ("output", "both"):
        runner.output("key", key.key)
    if inputs.export in ("env", "both"):
        folder = private_folder(temp)
        runner.state("folder", folder)
        wired = wire(inputs.tools, access(way, key=key.key, models=models, folder=folder))
        write_files(folder, wired.files)
        runner.export(wired.env)


def _announce(handle: Handle, runner: GitHubRunner) -> None:
    runner.state("phase", "minting")
    runner.state("alias", handle.alias)
    runner.state("team-id", handle.team_id)
    runner.state("user-id", handle.user_id or "")
    runner.state("key-id", handle.key_id or "")
