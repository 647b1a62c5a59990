"""How a gate ended, told in the log, an annotation, the step summary and the outputs. Each returns the exit code."""

from __future__ import annotations

from collections.abc import Mapping

from ci_tokengate.action import TITLE
from ci_tokengate.action.inputs import Inputs
from ci_tokengate.action.notes import note_refused
from ci_tokengate.adapters.event import Job
from ci_tokengate.adapters.runner import GitHubRunner
from ci_tokengate.core.keys import JobKey
from ci_tokengate.core.policy import OnError
from ci_tokengate.errors import UndecidedError
from ci_tokengate.lifecycle.admit import Admission
from ci_tokengate.render.markdown import plain_summary
from ci_tokengate.render.outputs import refusal_outputs, verdict_outputs
from ci_tokengate.render.reasons import reason
from ci_tokengate.render.summary import gate_summary
from ci_tokengate.render.verdict import advice, fork_reason, key_line, lines, undecided


def tell_fork(inputs: Inputs, runner: GitHubRunner) -> int:
    failing = inputs.on_fork == "fail"
    write_outputs(runner, refusal_outputs("block", fork_reason()))
    runner.annotate("error" if failing else "notice", TITLE, fork_reason())
    runner.summary(plain_summary("✖", fork_reason()))
    return 1 if failing else 0


def tell_undecided(error: UndecidedError, on_error: OnError, runner: GitHubRunner) -> int:
    said = undecided(error.message, error.hint, on_error=on_error.value)
    write_outputs(runner, refusal_outputs("undecided", error.message))
    runner.summary(plain_summary("?", said[0][2:], said[1]))
    for line in said:
        runner.say(line)
    level = "error" if on_error is OnError.BLOCK else "warning"
    runner.annotate(level, TITLE, f"{error.message} {error.hint}".strip())
    return 3 if on_error is OnError.BLOCK else 0


def tell_verdict(
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
    write_outputs(runner, verdict_outputs(verdict, cap))
    about = key_line(key, tuple(admission.routing.models), admission.ttl) if key else ""
    for line in lines(verdict, key=about, notes=admission.notes):
        runner.say(line)
    notes = tuple(note for note in (policy_said, *admission.notes) if note)
    runner.summary(gate_summary(verdict, key=about, notes=notes))
    blocking = not verdict.allowed and inputs.on_hard_stop == "fail"
    level = "error" if blocking else "warning" if verdict.outcome.value != "allow" else "notice"
    runner.annotate(level, TITLE, " ".join([reason(verdict), *advice(verdict), *notes]))
    return 1 if blocking else 0


def write_outputs(runner: GitHubRunner, outputs: Mapping[str, str]) -> None:
    for name, value in outputs.items():
        runner.output(name, value)
