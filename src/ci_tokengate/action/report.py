"""The comment at a job's end: run by post.mjs after the key is revoked, in a process of its own.

All that it knows is from the state that main wrote: the payload and the workspace may have been
changed by the steps in between.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from ci_tokengate.action import TITLE
from ci_tokengate.action.notes import site_in
from ci_tokengate.action.tell import Teller
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.policy.load import load_policy
from ci_tokengate.adapters.runner import GitHubRunner
from ci_tokengate.core.context import PullRequest
from ci_tokengate.core.report import Refused
from ci_tokengate.errors import TokengateError, UsageError
from ci_tokengate.render.jobs import By
from ci_tokengate.wiring import policies, proxies
from ci_tokengate.wiring.comparison import comparison

_SECONDS = 18.0
"""Below the 20 s that post.mjs gives."""
_COMPARE = timedelta(seconds=4)


def report(env: Mapping[str, str], runner: GitHubRunner) -> int:
    """Always 0: a comment never fails a job."""
    try:
        about = json.loads(env.get("STATE_report", ""))
        refused = json.loads(env.get("STATE_refused", "") or "null")
        if refused or env.get("STATE_key-id"):
            _tell(about, refused, env, runner)
    except TokengateError as error:
        text = f"What this pull request cost was not told: {error.message} {error.hint}"
        runner.annotate("warning", TITLE, text.strip())
    except Exception as error:  # noqa: BLE001 - words fail open, and no traceback reaches a user
        text = f"What this pull request cost was not told ({type(error).__name__}): a bug."
        runner.annotate("warning", TITLE, text)
    return 0


def _tell(
    about: Mapping[str, Any],
    refused: Mapping[str, Any] | None,
    env: Mapping[str, str],
    runner: GitHubRunner,
) -> None:
    deadline, token = Deadline(_SECONDS), env.get("INPUT_GITHUB-TOKEN", "")
    repository, ref, path = about["repository"], about["ref"], about["policy"]
    host = policies.open_code_host(about["api_url"], token, deadline)
    text = host.file_at(repository, path, ref)
    if text is None:
        raise UsageError(f"There is no policy at {path} any more.")
    state = {k.removeprefix("STATE_"): v for k, v in env.items() if k.startswith("STATE_")}
    site = replace(site_in(state), url=about["proxy_url"])
    proxy = proxies.open_proxy(site, env.get("INPUT_PROXY-KEY", ""), deadline)
    teller = Teller(
        api_url=about["api_url"],
        token=token,
        repository=repository,
        by=By(server_url=about["server_url"], run_id=about["run_id"], attempt=about["attempt"]),
        behavior=about["behavior"],
        above=Decimal(about["above"]),
        deadline=deadline,
        runner=runner,
    )
    opened = about["opened_at"]
    pull = PullRequest(
        number=about["number"],
        base_sha="",
        head_ref="",
        from_fork=False,
        opened_at=datetime.fromisoformat(opened) if opened else None,
    )
    items = (Refused(**refused),) if refused else ()
    reporter = teller.reporter(proxy, load_policy(text, path), pull, items)
    reporter.median = comparison(
        site=site,
        key=env.get("INPUT_PROXY-KEY", ""),
        api_url=about["api_url"],
        token=token,
        repository=repository,
        number=about["number"],
        patience=_COMPARE,
    )
    teller.tell(reporter)
