"""The jobs of runs' attempts.

Source: https://docs.github.com/rest/actions/workflow-jobs
"""

from __future__ import annotations

from ci_tokengate.sandbox.github.refusals import missing
from ci_tokengate.sandbox.github.runs import run_document
from ci_tokengate.sandbox.github.state import Json
from ci_tokengate.sandbox.github.web import API, Call, Reply, paged


def list_jobs(call: Call) -> Reply:
    run_id = str(call.params["id"])
    if run_id not in call.state.runs:
        raise missing()
    attempt = int(call.params.get("attempt", run_document(call, run_id)["run_attempt"]))
    found = call.state.jobs.get((run_id, attempt), [])
    bodies = [_job(call, run_id, attempt, place, each) for place, each in enumerate(found)]
    return paged(call, bodies, within="jobs")


def _job(call: Call, run_id: str, attempt: int, place: int, document: Json) -> Json:
    run = run_document(call, run_id)
    job_id = document.get("id", int(run_id) * 1000 + attempt * 100 + place)
    at = f"{API}/repos/{call.repository}"
    done = document.get("status") == "completed" or "conclusion" in document
    return {
        "id": job_id,
        "run_id": int(run_id),
        "run_url": run["url"],
        "run_attempt": attempt,
        "node_id": f"CR_kwDO{job_id}",
        "head_sha": run["head_sha"],
        "head_branch": run["head_branch"],
        "url": f"{at}/actions/jobs/{job_id}",
        "html_url": f"{run['html_url']}/job/{job_id}",
        "status": "completed" if done else "in_progress",
        "conclusion": None,
        "created_at": run["created_at"],
        "started_at": run["created_at"],
        "completed_at": run["updated_at"] if done else None,
        "name": "build",
        "steps": [],
        "check_run_url": f"{at}/check-runs/{job_id}",
        "labels": ["ubuntu-latest"],
        "runner_id": 1,
        "runner_name": "GitHub Actions 1",
        "runner_group_id": 0,
        "runner_group_name": "GitHub Actions",
        "workflow_name": run["name"],
        **document,
    }
