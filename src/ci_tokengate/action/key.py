"""main of the action: the verdict, and in mode `key` the job key for later steps."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from ci_tokengate.action import TITLE
from ci_tokengate.action.inputs import Inputs, read_inputs
from ci_tokengate.action.notes import note, note_refused, note_site
from ci_tokengate.adapters.event import Job, github_job
from ci_tokengate.adapters.files import private_folder, write_files
from ci_tokengate.adapters.http import Deadline, NeverSentError
from ci_tokengate.adapters.runner import GitHubRunner
from ci_tokengate.commands.gate import gate
from ci_tokengate.commands.mint import mint
from ci_tokengate.core.keys import Handle, JobKey
from ci_tokengate.core.policy import OnError
from ci_tokengate.core.site import Site
from ci_tokengate.core.tools.model import access
from ci_tokengate.core.tools.registry import wire
from ci_tokengate.errors import UndecidedError, UsageError
from ci_tokengate.lifecycle.admit import Admission, Exemptions
from ci_tokengate.ports import Proxy
from ci_tokengate.render.markdown import plain_summary
from ci_tokengate.render.outputs import key_outputs, refusal_outputs, verdict_outputs
from ci_tokengate.render.summary import gate_summary
from ci_tokengate.render.verdict import advice, fork_reason, key_line, lines, reason, undecided
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
            return _fork(inputs, runner)
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
        return _undecided(error, on_error, runner)
    except UsageError as error:
        runner.summary(plain_summary("✖", error.message, error.hint))
        raise


def _fork(inputs: Inputs, runner: GitHubRunner) -> int:
    failing = inputs.on_fork == "fail"
    _outputs(runner, refusal_outputs("block", fork_reason()))
    runner.annotate("error" if failing else "notice", TITLE, fork_reason())
    runner.summary(plain_summary("✖", fork_reason()))
    return 1 if failing else 0


def _undecided(error: UndecidedError, on_error: OnError, runner: GitHubRunner) -> int:
    said = undecided(error.message, error.hint, on_error=on_error.value)
    _outputs(runner, refusal_outputs("undecided", error.message))
    runner.summary(plain_summary("?", said[0][2:], said[1]))
    for line in said:
        runner.say(line)
    level = "error" if on_error is OnError.BLOCK else "warning"
    runner.annotate(level, TITLE, f"{error.message} {error.hint}".strip())
    return 3 if on_error is OnError.BLOCK else 0


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
    return _tell(admission, None, job, inputs, runner, bound.said)


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
    """Mask, then outputs, then environment; the alias is in the state before the mint (D6)."""
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
        return _tell(issued.admission, None, job, inputs, runner, bound.said)
    key = issued.key
    runner.mask(key.key)
    runner.state("phase", "minted")
    runner.state("cap-usd", key_outputs(key)["cap-usd"])
    runner.state("expires-at", key_outputs(key)["expires-at"])
    runner.state("on-cap", inputs.on_cap)
    digest = sha256(key.key.encode()).hexdigest()
    if digest != key.id:
        runner.state("key-sha256", digest)  # by which post finds the key in the environment
    way = proxies.entrance(site, key)
    urls = {"base-url": way.root, "openai-base-url": f"{way.root}/v1"}
    _outputs(runner, {**urls, **key_outputs(key)})
    if inputs.export in ("output", "both"):
        runner.output("key", key.key)
    if inputs.export in ("env", "both"):
        folder = private_folder(temp)
        runner.state("folder", folder)
        models = issued.admission.routing.models
        wired = wire(inputs.tools, access(way, key=key.key, models=models, folder=folder))
        write_files(folder, wired.files)
        runner.export(wired.env)
    return _tell(issued.admission, key, job, inputs, runner, bound.said)


def _announce(handle: Handle, runner: GitHubRunner) -> None:
    runner.state("phase", "minting")
    runner.state("alias", handle.alias)
    runner.state("team-id", handle.team_id)
    runner.state("user-id", handle.user_id or "")
    runner.state("key-id", handle.key_id or "")


def _tell(
    admission: Admission,
    key: JobKey | None,
    job: Job,
    inputs: Inputs,
    runner: GitHubRunner,
    policy_said: str,
) -> int:
    """The same reason to the log, an annotation, the step summary and the outputs.

    `policy_said` is in the log already: what the policy refuses must be understood, too.
    """
    verdict = admission.verdict
    if not verdict.allowed:
        note_refused(runner, job, verdict)
    cap = key.cap if key else (admission.cap.amount if admission.cap else None)
    _outputs(runner, verdict_outputs(verdict, cap))
    about = key_line(key, tuple(admission.routing.models), admission.ttl) if key else ""
    for line in lines(verdict, key=about, notes=admission.notes):
        runner.say(line)
    notes = tuple(note for note in (policy_said, *admission.notes) if note)
    runner.summary(gate_summary(verdict, key=about, notes=notes))
    blocking = not verdict.allowed and inputs.on_hard_stop == "fail"
    level = "error" if blocking else "warning" if verdict.outcome.value != "allow" else "notice"
    runner.annotate(level, TITLE, " ".join([reason(verdict), *advice(verdict), *notes]))
    return 1 if blocking else 0


def _outputs(runner: GitHubRunner, outputs: Mapping[str, str]) -> None:
    for name, value in outputs.items():
        runner.output(name, value)
