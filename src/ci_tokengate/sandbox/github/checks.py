"""Check runs. Only an app may write them, and a job's GITHUB_TOKEN is one.

Source: https://docs.github.com/rest/checks/runs
"""

from __future__ import annotations

from ci_tokengate.sandbox.github.pullviews import in_run, pull
from ci_tokengate.sandbox.github.refs import sha_of
from ci_tokengate.sandbox.github.refusals import Refusal, invalid, missing
from ci_tokengate.sandbox.github.state import Json, stamp
from ci_tokengate.sandbox.github.users import app
from ci_tokengate.sandbox.github.web import API, WEB, Call, Reply, paged

_GIVEN = [
    "name",
    "head_sha",
    "details_url",
    "external_id",
    "status",
    "conclusion",
    "started_at",
    "completed_at",
]


def create(call: Call) -> Reply:
    _require(call)
    call.text("name"), call.text("head_sha")
    new = call.state.next_id()
    call.state.check_runs[new] = {"id": new, "status": "queued", "app_slug": call.who.app_slug}
    _take(call, call.state.check_runs[new])
    return Reply(body=_body(call, call.state.check_runs[new]), status=201)


def edit(call: Call) -> Reply:
    _require(call)
    known = _known(call)
    _take(call, known)
    return Reply(body=_body(call, known))


def get(call: Call) -> Reply:
    return Reply(body=_body(call, _known(call)))


def of_ref(call: Call) -> Reply:
    sha = sha_of(call.state, str(call.params["ref"]))
    found = [run for run in call.state.check_runs.values() if run.get("head_sha") == sha]
    for name, field in (("check_name", "name"), ("status", "status")):
        if name in call.query:
            found = [run for run in found if run.get(field) == call.query[name]]
    if call.query.get("filter", "latest") == "latest":
        found = list({run["name"]: run for run in found}.values())
    return paged(call, [_body(call, run) for run in reversed(found)], within="check_runs")


def _require(call: Call) -> None:
    if call.who.app_slug is None:
        raise Refusal(403, "You must authenticate via a GitHub App.")
    call.require("checks")


def _take(call: Call, known: Json) -> None:
    now = stamp(call.state.now())
    given = {name: call.body[name] for name in _GIVEN if name in call.body}
    if "conclusion" in given:
        given["status"] = "completed"
    if given.get("status") == "completed":
        if not given.get("conclusion", known.get("conclusion")):
            raise invalid("CheckRun", "missing_field", "conclusion")
        given.setdefault("completed_at", now)
    known.setdefault("started_at", now)
    known |= given
    known["output"] = {**known.get("output", {}), **(call.body.get("output") or {})}


def _known(call: Call) -> Json:
    found = call.state.check_runs.get(int(call.params["id"]))
    if found is None:
        raise missing()
    return found


def _body(call: Call, known: Json) -> Json:
    at = f"{API}/repos/{call.repository}/check-runs/{known['id']}"
    page = f"{WEB}/{call.repository}/runs/{known['id']}"
    output = known.get("output", {})
    pulls = [
        in_run(call.state, call.repository, number)
        for number in call.state.pulls
        if _has(pull(call.state, call.repository, number), known.get("head_sha"))
    ]
    return {
        "id": known["id"],
        "node_id": f"CR_kwDO{known['id']}",
        "name": known["name"],
        "head_sha": known["head_sha"],
        "external_id": known.get("external_id", ""),
        "url": at,
        "html_url": page,
        "details_url": known.get("details_url", page),
        "status": known.get("status", "queued"),
        "conclusion": known.get("conclusion"),
        "started_at": known.get("started_at"),
        "completed_at": known.get("completed_at"),
        "output": {
            **{name: output.get(name) for name in ("title", "summary", "text")},
            "annotations_count": len(output.get("annotations") or []),
            "annotations_url": f"{at}/annotations",
        },
        "check_suite": {"id": 1},
        "app": app(known.get("app_slug"), stamp(call.state.started)),
        "pull_requests": pulls,
    }


def _has(known: Json, sha: object) -> bool:
    return bool(known["state"] == "open" and known["head"]["sha"] == sha)
