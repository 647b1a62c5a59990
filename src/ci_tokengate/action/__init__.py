"""The GitHub Action: what main.mjs and post.mjs run.

Exit codes (DESIGN D15): 0 passed · 1 refused · 2 usage or configuration · 3 undecided.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Callable, Mapping
from types import TracebackType

from ci_tokengate.adapters.runner import GitHubRunner
from ci_tokengate.errors import TokengateError

TITLE = "ci-tokengate"
_SECRETS = (
    *("INPUT_PROXY-KEY", "INPUT_GITHUB-TOKEN", "TOKENGATE_JOB_KEY"),
    *("INPUT_LEDGER-URL", "TOKENGATE_LEDGER_URL"),
)


def main(argv: list[str] | None = None) -> int:
    """Entry of both shims: `main`, `post` or `report`. A crash is 3, without a traceback.

    Raises ModuleNotFoundError, before anything is done, where the Python environment lacks a package: the
    shim builds it anew.
    """
    # At its end, Python looks through all there is for garbage: a fifth of a job's step, so all is set aside.
    atexit.register(gc.freeze)
    env = dict(os.environ)
    runner = GitHubRunner(env)
    runner.hide(env[name] for name in _SECRETS if name in env)
    work = _work(
        (argv if argv is not None else sys.argv[1:])[:1], env.get("INPUT_MODE", "").strip()
    )
    try:
        return work(env, runner)
    except TokengateError as error:
        runner.annotate("error", TITLE, f"{error.message} {error.hint}".strip())
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 - the last resort: no traceback reaches a user
        runner.annotate(
            "error",
            TITLE,
            f"ci-tokengate failed by itself ({type(error).__name__} in {_place(error.__traceback__)}). "
            "A key that it minted is revoked at the end of the job. "
            "This is a bug: please report it with this line.",
        )
        return 3


def _work(phase: list[str], mode: str) -> Callable[[Mapping[str, str], GitHubRunner], int]:
    """What is to be done. Each imports only what it needs itself: a job waits for it."""
    if phase == ["post"]:
        from ci_tokengate.action.post import post

        return post
    if phase == ["report"]:
        from ci_tokengate.action.report import report

        return report
    if mode == "settle":
        from ci_tokengate.action.settle import settle

        return settle
    if mode == "scan":
        from ci_tokengate.action.scan import scan

        return scan
    from ci_tokengate.action.key import gate_or_key

    return gate_or_key


def _place(trace: TracebackType | None) -> str:
    """Function and line of the failure: no values, so no secrets."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace else "?"
