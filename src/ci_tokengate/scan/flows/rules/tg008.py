"""TG008: an agent whose runs nothing bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.flows.github.model import JobRun
from ci_tokengate.scan.flows.github.triggers import crons, events, has_paths, more_than_daily
from ci_tokengate.scan.flows.rules.context import Context
from ci_tokengate.scan.flows.yaml import Map, Node, Scalar, Seq

RULE = "TG008"
_PUSHES = ("push", "pull_request")
_FILTERS = re.compile(
    r"^(?:dorny/paths-filter|tj-actions/changed-files|step-security/(?:paths-filter|changed-files))(?:/|@|$)",
    re.IGNORECASE,
)
_OUTPUT = re.compile(r"\b(?:needs|steps)\.([\w-]+)\.outputs\b")


def find(context: Context) -> Iterator[Finding]:
    run = context.run
    if not context.uses and not any(_runs_agent(job) for job in run.callee):
        return
    for why, fix in _reasons(run, context):
        found = context.at(
            run.file,
            (run.key.line, run.key.column),
            RULE,
            Level.WARNING,
            f"Job {run.name!r} runs an agent {why}.",
            fix,
            why,
            width=len(run.name),
        )
        if found:
            yield found


def _runs_agent(run: JobRun) -> bool:
    from ci_tokengate.scan.flows.agents.actions import action_of

    return any((act.script and act.script.calls) or action_of(act.uses) for act in run.acts) or any(
        _runs_agent(job) for job in run.callee
    )


def _reasons(run: JobRun, context: Context) -> Iterator[tuple[str, str]]:
    triggers = events(run.root)
    loose = [
        name
        for name in _PUSHES
        if name in run.events
        and name in triggers
        and not has_paths(triggers[name])
        and _started_by(name, context)
    ]
    if loose and not _bounded(run) and not _filtered(run, context):
        yield (
            f"on every {' and '.join(loose)}, with neither a concurrency group nor a path filter nor a job timeout",
            "Give the job `timeout-minutes`, or the workflow a `concurrency` group.",
        )
    elif _in_matrix(run):
        yield (
            "in a matrix, once for each combination",
            "Run the agent in a job of its own without the matrix.",
        )
    elif (
        "schedule" in run.events
        and more_than_daily(crons(triggers.get("schedule")))
        and _started_by("schedule", context)
    ):
        yield "on a schedule more often than daily", "Schedule it once a day at most."


def _started_by(event: str, context: Context) -> bool:
    return not context.uses or any(context.runs_under(use.act, event) for use in context.uses)


def _in_matrix(run: JobRun) -> bool:
    inner = [job for job in run.callee if _runs_agent(job)]
    return any(job.matrix is not None and job.matrix.size != 1 for job in (run, *inner))


def _bounded(run: JobRun) -> bool:
    if _has_group(run.root.get("concurrency")) or _has_group(run.node.get("concurrency")):
        return True
    if _is_set(run.node.get("timeout-minutes")):
        return True
    inner = [job for job in run.callee if _runs_agent(job)]
    return bool(inner) and all(_bounded(job) for job in inner)


def _has_group(node: Node | None) -> bool:
    if isinstance(node, Map):
        return _is_set(node.get("group"))
    return _is_set(node)


def _is_set(node: Node | None) -> bool:
    return isinstance(node, Scalar) and node.text.strip() not in ("", "null", "~")


def _filtered(run: JobRun, context: Context) -> bool:
    """Whether the job, or each agent's step, runs only if a filter of paths says so."""
    job = run.node.get("if")
    if isinstance(job, Scalar) and _by_filter(run, job.text, needs=True):
        return True
    conditions = [use.act.node.get("if") for use in context.uses]
    return bool(conditions) and all(
        isinstance(c, Scalar) and _by_filter(run, c.text, needs=False) for c in conditions
    )


def _by_filter(run: JobRun, condition: str, *, needs: bool) -> bool:
    jobs = run.root.get("jobs")
    for name in _OUTPUT.findall(condition):
        if needs:
            other = jobs.get(name) if isinstance(jobs, Map) else None
            if isinstance(other, Map) and _has_filter(other):
                return True
        elif any(act.id == name.lower() and _FILTERS.match(act.uses) for act in run.acts):
            return True
    return False


def _has_filter(job: Map) -> bool:
    steps = job.get("steps")
    for step in steps.items if isinstance(steps, Seq) else ():
        uses = step.get("uses") if isinstance(step, Map) else None
        if isinstance(uses, Scalar) and _FILTERS.match(uses.text):
            return True
    return False
