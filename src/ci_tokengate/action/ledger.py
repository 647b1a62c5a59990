"""`mode: settle` with a ledger: what was told goes there too. A ledger's failure is a warning, never a job's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timezone
from zoneinfo import ZoneInfo

from ci_tokengate.action import TITLE
from ci_tokengate.action.inputs import Inputs
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.runner import GitHubRunner
from ci_tokengate.core.context import PullRequest
from ci_tokengate.core.ledger.records import Accepted
from ci_tokengate.core.scope import of_pull_request
from ci_tokengate.core.site import Site
from ci_tokengate.errors import TokengateError
from ci_tokengate.lifecycle.book import book
from ci_tokengate.ports import Proxy
from ci_tokengate.wiring import proxies
from ci_tokengate.wiring.ledgers import open_ledger
from ci_tokengate.wiring.spend_logs import open_spend_log


def write_to_ledger(
    inputs: Inputs,
    site: Site,
    proxy: Proxy,
    repository: str,
    pulls: Sequence[PullRequest],
    *,
    deadline: Deadline,
    runner: GitHubRunner,
) -> None:
    """Nothing where no ledger is named. Never raises."""
    if not inputs.ledger_url or not pulls:
        return
    try:
        log = open_spend_log(site, "", inputs.proxy_key, deadline)
        with open_ledger(inputs.ledger_url) as ledger:
            name = ledger.facts().zone
            zone = timezone.utc if name == "UTC" else ZoneInfo(name)
            for pull in pulls:
                done = book(
                    proxy,
                    log,
                    ledger,
                    of_pull_request(repository, pull.number),
                    opened_at=pull.opened_at,
                    zone=zone,
                    clock=proxies.clock(),
                )
                runner.say(f"#{pull.number}: {_said(done)}")
    except TokengateError as error:
        text = f"Not written to the ledger: {error.message} {error.hint}"
        runner.annotate("warning", TITLE, text.strip())
    except Exception as error:  # noqa: BLE001 - words fail open, and no traceback reaches a user
        text = f"Not written to the ledger ({type(error).__name__}): a bug."
        runner.annotate("warning", TITLE, text)


def _said(done: Accepted) -> str:
    changed = done.new + done.newer + done.corrections
    return f"{changed:,} written to the ledger, {done.same + done.older:,} there already."
