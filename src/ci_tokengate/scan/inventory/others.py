"""Places that call a model without an agent: a step with a provider's key, a curl, a job key in a script's hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.flows.github.gate import is_gate
from ci_tokengate.scan.flows.github.model import Act, JobRun
from ci_tokengate.scan.flows.place import File
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.rules import tg003, tg004
from ci_tokengate.scan.flows.rules.context import Context, step_name
from ci_tokengate.scan.flows.values import Kind
from ci_tokengate.scan.inventory.model import Call, Verdict

_VERDICTS = {
    Level.ERROR: Verdict.DIRECT,
    Level.WARNING: Verdict.PROXIED,
    Level.NOTE: Verdict.UNKNOWN,
}
"""TG003 is a warning where a proxy's base URL is in effect: it is proxied, if by a key for good."""
_WORST = (Verdict.PROXIED, Verdict.UNKNOWN, Verdict.DIRECT)


def in_steps(context: Context, agents: Iterable[Act]) -> Iterator[Call]:
    """One for each step without an agent that has a model's key or dials a provider, by the worst that is said of it."""
    run, busy = context.run, {id(act) for act in agents}
    quiet = [act for act in run.acts if id(act) not in busy and not is_gate(act.uses)]
    said = [f for f in (*tg003.find(context), *tg004.find(context)) if f.path == run.file.path]
    for act, until in _spans(run):
        if act not in quiet or act.inner:
            continue
        found = [f for f in said if act.at[1].line <= f.line < until]
        if found:
            worst = max(found, key=lambda f: _WORST.index(_VERDICTS[f.level]))
            yield _call(run, act, worst.line, _VERDICTS[worst.level], worst.message.rstrip("."))
        elif _has_job_key(context.repo, act):
            yield _call(run, act, act.at[1].line, Verdict.PROXIED, "by the job key")
    if run.uses:
        for finding in said:
            yield _of_job(run, finding)
    elif not busy and not any(act.at[1].line <= f.line for f in said for act in run.acts):
        yield from (_of_job(run, finding) for finding in said[:1])


def _spans(run: JobRun) -> Iterator[tuple[Act, int]]:
    """The job's own steps, with the line of the next one."""
    own = sorted(
        (a for a in run.acts if a.file is run.file and not a.inner), key=lambda a: a.at[1].line
    )
    for act, following in zip(own, [*own[1:], None], strict=True):
        yield act, following.at[1].line if following else 1 << 60


def _has_job_key(repo: Repository, act: Act) -> bool:
    return any(
        repo.sources.has(entry.value, Kind.JOB_KEY) for entry in (*act.own, *act.inputs.values())
    )


def _call(run: JobRun, act: Act, line: int, verdict: Verdict, why: str) -> Call:
    return Call(
        path=run.file.path, line=line, what=step_name(act), where=f"job {run.name}", verdict=verdict, why=why
    )  # fmt: skip


def _of_job(run: JobRun, finding: Finding) -> Call:
    return Call(
        path=run.file.path, line=finding.line, what=finding.provider or "a model", where=f"job {run.name}",
        verdict=_VERDICTS[finding.level], why=finding.message.rstrip("."),
    )  # fmt: skip


def in_findings(
    file: File, found: Iterable[Finding], where: str, known: Iterable[int]
) -> Iterator[Call]:
    """TG003 and TG004 elsewhere than in the lines that are counted already; a line once."""
    told = set(known)
    for finding in found:
        if finding.rule in ("TG003", "TG004") and finding.line not in told:
            told.add(finding.line)
            verdict = Verdict.DIRECT if finding.rule == "TG004" else _VERDICTS[finding.level]
            yield Call(
                path=file.path, line=finding.line, what=finding.provider or "a model", where=where, verdict=verdict,
                why=finding.message.rstrip("."),
            )  # fmt: skip
