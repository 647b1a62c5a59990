"""mode `scan`: annotations on the lines, a summary, a SARIF file. It needs no secret, so forks are scanned too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timezone

from ci_tokengate.action.inputs import Inputs, read_inputs
from ci_tokengate.adapters.event import github_job
from ci_tokengate.adapters.files import read_text
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.policy.load_scan import load_scan
from ci_tokengate.adapters.runner import GitHubRunner
from ci_tokengate.adapters.whole_files import write_named
from ci_tokengate.commands.scan import Wanted
from ci_tokengate.render.scan.annotations import annotation
from ci_tokengate.render.scan.sarif import as_sarif
from ci_tokengate.render.scan.summary import scan_summary
from ci_tokengate.render.scan.words import left_out, printable, verdict
from ci_tokengate.scan.all_rules import all_rules
from ci_tokengate.scan.baseline import read_baseline
from ci_tokengate.scan.finding import Level
from ci_tokengate.scan.report import Report
from ci_tokengate.scan.scope import Scope
from ci_tokengate.wiring import policies, proxies, scans, scopes
from ci_tokengate.wiring.engines import choose
from ci_tokengate.wiring.policies import PolicyText

_SECONDS = 30.0
_SHOWN = 10
"""GitHub shows no more annotations of one level a step; the log and the summary have all."""


def scan(env: Mapping[str, str], runner: GitHubRunner) -> int:
    """1 where a finding is an error. Raises UsageError and UndecidedError as the gate does."""
    inputs = read_inputs(env)
    known = read_text(inputs.baseline, "The baseline") if inputs.baseline else ""
    policy = _policy(env, inputs)
    if policy.said:
        runner.say(policy.said)
    wanted = Wanted(
        engine=choose(),
        today=proxies.clock().now().astimezone(timezone.utc).date(),
        scope=_scope(policy),
        honor=inputs.honor,
        baseline=read_baseline(known, inputs.baseline) if known else None,
    )
    report = scans.scan_paths((".",), wanted)
    tell(report, runner, policy.said)
    if inputs.sarif:
        write_named(inputs.sarif, as_sarif(report, all_rules()))
    runner.output("findings", str(len(report.findings)))
    runner.output("verdict", "block" if report.refused else "allow")
    return 1 if report.refused else 0


def _policy(env: Mapping[str, str], inputs: Inputs) -> PolicyText:
    """The one at the base, never at the head of a pull request (DESIGN D7)."""
    host = policies.open_code_host(
        env.get("GITHUB_API_URL", ""), inputs.github_token, Deadline(_SECONDS)
    )
    return policies.policy_text(github_job(env, host), host, inputs.policy)


def _scope(found: PolicyText) -> Scope:
    """No policy is no error."""
    if found.text is None:
        return Scope()
    return scopes.scope_from(load_scan(found.text, found.path))


def tell(report: Report, runner: GitHubRunner, policy_said: str = "") -> None:
    shown = dict.fromkeys(Level, 0)
    for finding in report.findings:
        shown[finding.level] += 1
        if shown[finding.level] <= _SHOWN:
            runner.command(annotation(finding))
        else:
            runner.say(
                f"{printable(finding.path)}:{finding.line}: {finding.rule} {finding.message}"
            )
    for line in (*left_out(report), verdict(report)):
        runner.say(line)
    runner.summary(scan_summary(report, policy_said))
