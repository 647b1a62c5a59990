"""Workflow runs, and who let their jobs into environments.

Source: https://docs.github.com/rest/actions/workflow-runs
"""

from __future__ import annotations

from ci_tokengate.sandbox.github.pullviews import HEAD_SHA, in_run
from ci_tokengate.sandbox.github.refusals import missing
from ci_tokengate.sandbox.github.repositories import minimal
from ci_tokengate.sandbox.github.state import Json, stamp
from ci_tokengate.sandbox.github.users import number_of, user_of
from ci_tokengate.sandbox.github.web import API, WEB, Call, Reply, laid_over, paged

_CONCLUSIONS = [
    "success",
    "failure",
    "neutral",
    "cancelled",
    "skipped",
    "timed_out",
    "action_required",
    "stale",
]


def get(call: Call) -> Reply:
    run_id = str(call.params["id"])
    if run_id not in call.state.runs:
        raise missing()
    return Reply(body=run_document(call, run_id))


def list_runs(call: Call) -> Reply:
    """Newest first. `status` may be a conclusion; `created` a time or a range of them."""
    found = [run_document(call, run_id) for run_id in call.state.runs]
    for name, field in (("branch", "head_branch"), ("event", "event"), ("head_sha", "head_sha")):
        if name in call.query:
            found = [run for run in found if run[field] == call.query[name]]
    if "status" in call.query:
        field = "conclusion" if call.query["status"] in _CONCLUSIONS else "status"
        found = [run for run in found if run[field] == call.query["status"]]
    if "created" in call.query:
        found = [run for run in found if _within(run["created_at"], call.query["created"])]
    found.sort(key=lambda run: (run["created_at"], run["id"]), reverse=True)
    return paged(call, found, within="workflow_runs")


def list_approvals(call: Call) -> Reply:
    """Who let the run's jobs into protected environments, or did not. No pages."""
    run_id = str(call.params["id"])
    if run_id not in call.state.runs:
        raise missing()
    return Reply(body=[_approval(call, each) for each in call.state.approvals.get(run_id, [])])


def _approval(call: Call, document: Json) -> Json:
    name, began = document.get("environment", "production"), stamp(call.state.started)
    environment: Json = {
        "id": number_of(name),
        "node_id": f"EN_kwDO{number_of(name)}",
        "name": name,
        "url": f"{API}/repos/{call.repository}/environments/{name}",
        "html_url": f"{WEB}/{call.repository}/deployments/activity_log?environments_filter={name}",
        "created_at": began,
        "updated_at": began,
    }
    return {
        "state": document.get("state", "approved"),
        "comment": document.get("comment", ""),
        "environments": [environment],
        "user": user_of(document.get("user", {})),
    }


def _within(moment: str, wanted: str) -> bool:
    """`>=2026-11-01`, `2026-11-01..2026-11-30`, `*..2026-11-30`, or a day. Compared as text."""
    if ".." in wanted:
        start, _, end = wanted.partition("..")
        return (start in ("*", "") or moment >= start) and (
            end in ("*", "") or moment[: len(end)] <= end
        )
    for sign in (">=", "<=", ">", "<"):
        if wanted.startswith(sign):
            edge = wanted[len(sign) :]
            cut = moment[: len(edge)]
            return {">=": cut >= edge, "<=": cut <= edge, ">": cut > edge, "<": cut < edge}[sign]
    return moment.startswith(wanted)


def run_document(call: Call, run_id: str) -> Json:
    document, began = call.state.runs[run_id], stamp(call.state.started)
    at = f"{API}/repos/{call.repository}/actions/runs/{run_id}"
    workflow = number_of(document.get("path", "ci.yml"))
    attempt = document.get("run_attempt", 1)
    later = ("jobs", "logs", "artifacts", "cancel", "rerun")
    head = (document.get("head_repository") or {}).get("full_name", call.repository)
    ordinary: Json = {
        "id": int(run_id),
        "name": "CI",
        "node_id": f"WFR_kwLO{run_id}",
        "check_suite_id": 1,
        "check_suite_node_id": "CS_kwDO1",
        "head_branch": call.state.default_branch,
        "head_sha": HEAD_SHA,
        "path": ".github/workflows/ci.yml",
        "display_title": "Amazing new feature",
        "run_number": 1,
        "event": "pull_request",
        "status": "completed" if document.get("conclusion") else "in_progress",
        "conclusion": None,
        "workflow_id": workflow,
        "url": at,
        "html_url": f"{WEB}/{call.repository}/actions/runs/{run_id}",
        "created_at": began,
        "updated_at": began,
        "run_started_at": began,
        "run_attempt": 1,
        "referenced_workflows": [],
        **{f"{name}_url": f"{at}/{name}" for name in later},
        "previous_attempt_url": f"{at}/attempts/{attempt - 1}" if attempt > 1 else None,
        "workflow_url": f"{API}/repos/{call.repository}/actions/workflows/{workflow}",
        "check_suite_url": f"{API}/repos/{call.repository}/check-suites/1",
        "head_commit": None,
        "repository": minimal(call.repository, private=call.state.private),
        "head_repository": minimal(head, fork=head.lower() != call.repository.lower()),
    }
    actor = user_of(document.get("actor", {}))
    whole = laid_over(ordinary | {"actor": actor, "triggering_actor": actor}, document)
    pulls = [_pull(call, each) for each in document.get("pull_requests", [])]
    return {**whole, "id": int(run_id), "pull_requests": pulls}


def _pull(call: Call, document: Json) -> Json:
    number = int(document["number"])
    known = in_run(call.state, call.repository, number) if number in call.state.pulls else {}
    return dict(laid_over(known, document))
