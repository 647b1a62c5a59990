"""Write the payloads beside this file anew from @octokit/webhooks-examples: python -m tests.payloads.refresh"""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
Payload = dict[str, Any]


def first(examples: list[Payload], **wanted: object) -> Payload:
    """The first example whose top-level fields are as wanted."""
    return next(e for e in examples if all(e.get(k) == v for k, v in wanted.items()))


def as_fork(pull: Payload) -> Payload:
    """The same pull request from a fork: another repository as its head, marked as a fork."""
    fork = copy.deepcopy(pull)
    head = fork["pull_request"]["head"]
    head["user"]["login"] = head["repo"]["owner"]["login"] = "mallory"
    head["user"]["id"] = head["repo"]["owner"]["id"] = 4242
    head["label"] = f"mallory:{head['ref']}"
    head["repo"] |= {"id": 424242, "full_name": "mallory/Hello-World", "fork": True}
    return fork


def with_deleted_fork(pull: Payload) -> Payload:
    """The fork was deleted: GitHub then sends `head.repo: null`."""
    orphan = as_fork(pull)
    orphan["pull_request"]["head"]["repo"] = None
    return orphan


def on_pull(comment: Payload) -> Payload:
    """The same comment on a pull request: to GitHub, that is an issue with a `pull_request`."""
    comment = copy.deepcopy(comment)
    url = f"{comment['repository']['url']}/pulls/{comment['issue']['number']}"
    comment["issue"]["pull_request"] = {"url": url}
    return comment


def payloads(events: dict[str, list[Payload]]) -> dict[str, Payload]:
    opened = first(events["pull_request"], action="opened")
    created = first(events["issue_comment"], action="created")
    return {
        "pull_request.opened": opened,
        "pull_request.opened.fork": as_fork(opened),
        "pull_request.opened.fork-deleted": with_deleted_fork(opened),
        "pull_request.closed": first(events["pull_request"], action="closed"),
        "push": next(e for e in events["push"] if e["ref"].startswith("refs/heads/")),
        "issue_comment.created.on-pull": on_pull(created),
        "workflow_run.completed": first(events["workflow_run"], action="completed"),
    }


def main() -> None:
    npm = shutil.which("npm") or sys.exit("npm is needed to refresh the payloads")
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(HERE / "package.json", folder)
        subprocess.run(
            [npm, "install", "--prefix", folder, "--silent", "--no-audit"], cwd=folder, check=True
        )
        package = Path(folder) / "node_modules" / "@octokit" / "webhooks-examples"
        listed = json.loads((package / "api.github.com" / "index.json").read_text())
    events = {event["name"]: event["examples"] for event in listed}
    for name, payload in payloads(events).items():
        (HERE / f"{name}.json").write_text(json.dumps(payload, indent=1) + "\n")


if __name__ == "__main__":
    main()
