"""A small GitHub: files at commits, pull requests, runs. As much of the REST API as the gate reads.

Source: https://docs.github.com/rest (contents, pulls, actions/workflow-runs)
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from ci_tokengate.sandbox.serve import listener_on, serving


@dataclass
class GitHubState:
    """What the double knows. `files` is by (ref, path), `runs` by id; `asked` is what was read."""

    files: dict[tuple[str, str], str] = field(default_factory=dict)
    pulls: dict[int, dict[str, Any]] = field(default_factory=dict)
    runs: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


@contextmanager
def running_github(state: GitHubState) -> Iterator[str]:
    """The API's URL, until the end of the block."""
    with listener_on(0) as listener:
        port = listener.getsockname()[1]
        with serving(_app(state), listener, name="github"):
            yield f"http://127.0.0.1:{port}/api/v3"


def _app(state: GitHubState) -> Starlette:
    async def contents(request: Request) -> Response:
        path, ref = request.path_params["path"], request.query_params.get("ref", "")
        state.asked.append(f"{path}@{ref}")
        text = state.files.get((ref, path))
        return PlainTextResponse(text) if text is not None else _missing()

    async def pull(request: Request) -> Response:
        body = state.pulls.get(request.path_params["number"])
        return JSONResponse(body) if body else _missing()

    async def run(request: Request) -> Response:
        body = state.runs.get(request.path_params["run_id"])
        return JSONResponse(body) if body else _missing()

    base = "/api/v3/repos/{owner}/{name}"
    return Starlette(
        routes=[
            Route(f"{base}/contents/{{path:path}}", contents),
            Route(f"{base}/pulls/{{number:int}}", pull),
            Route(f"{base}/actions/runs/{{run_id}}", run),
        ]
    )


def _missing() -> Response:
    return JSONResponse({"message": "Not Found", "status": "404"}, status_code=404)
