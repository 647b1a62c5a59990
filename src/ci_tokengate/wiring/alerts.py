"""Where alerts are told, and which issues remember them. Every secret comes from the environment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.runner import GitHubRunner
from ci_tokengate.core.watch.alert import Alert
from ci_tokengate.errors import UsageError
from ci_tokengate.lifecycle.deliver import Sink
from ci_tokengate.ports.watch import IncidentBoard
from ci_tokengate.render.watch import as_json, slack
from ci_tokengate.wiring.proxies import clock, one_line_secret

SLACK, WEBHOOK, ISSUE, SUMMARY = PLACES = ("slack", "webhook", "github-issue", "summary")
SECRETS = (
    *("TOKENGATE_SLACK_WEBHOOK", "TOKENGATE_WEBHOOK_URL", "TOKENGATE_WEBHOOK_SECRET"),
    "GITHUB_TOKEN",
)
_AGAIN = "It is told again by the next run."


def open_sinks(
    places: Sequence[str], env: Mapping[str, str], link: str, deadline: Deadline
) -> list[Sink]:
    """Those of `places` that are told once. Raises UsageError where an address or a secret is missing."""
    found: list[Sink] = []
    if SLACK in places:
        found.append(_slack(env, link, deadline))
    if WEBHOOK in places:
        found.append(_webhook(env, deadline))
    return found


def _slack(env: Mapping[str, str], link: str, deadline: Deadline) -> Sink:
    from ci_tokengate.adapters.slack import SlackWebhook

    url = env.get("TOKENGATE_SLACK_WEBHOOK", "")
    if not url.strip():
        raise UsageError(
            "There is no webhook for --send slack.",
            hint="Set TOKENGATE_SLACK_WEBHOOK to https://hooks.slack.com/services/…",
        )
    channel = SlackWebhook(url, deadline=deadline, clock=clock(), what="alert", later=_AGAIN)

    def message(alerts: Sequence[Alert]) -> Mapping[str, object]:
        return slack.message(alerts, link=link)

    return Sink(name=SLACK, channel=channel, message=message, at_once=slack.AT_ONCE)


def _webhook(env: Mapping[str, str], deadline: Deadline) -> Sink:
    from ci_tokengate.adapters.webhook import SignedWebhook

    url, secret = (env.get(f"TOKENGATE_WEBHOOK_{name}", "") for name in ("URL", "SECRET"))
    if not url.strip():
        raise UsageError(
            "There is no address for --send webhook.",
            hint="Set TOKENGATE_WEBHOOK_URL, and TOKENGATE_WEBHOOK_SECRET to sign with.",
        )
    channel = SignedWebhook(url, secret, deadline=deadline, clock=clock())
    return Sink(name=WEBHOOK, channel=channel, message=lambda alerts: as_json.alert_json(alerts[0]))


def open_incidents(env: Mapping[str, str], repository: str, deadline: Deadline) -> IncidentBoard:
    """Raises UsageError where there is no token."""
    from ci_tokengate.adapters.github_incidents import GitHubIncidents

    secret = one_line_secret(env.get("GITHUB_TOKEN", ""), "GITHUB_TOKEN")
    if not secret:
        raise UsageError(
            "There is no token for --send github-issue.",
            hint="Set GITHUB_TOKEN; the job needs `permissions: issues: write`.",
        )
    url = env.get("GITHUB_API_URL") or "https://api.github.com"
    return GitHubIncidents(url, secret, repository, deadline=deadline, clock=clock())


def open_summary(env: Mapping[str, str]) -> GitHubRunner:
    """Raises UsageError outside of a job."""
    if not env.get("GITHUB_STEP_SUMMARY"):
        raise UsageError(
            "There is no step summary for --send summary.",
            hint="GitHub's runner sets GITHUB_STEP_SUMMARY; elsewhere use --format md.",
        )
    return GitHubRunner(env)
