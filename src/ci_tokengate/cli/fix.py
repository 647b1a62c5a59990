"""`scan --fix` and `--diff-only`: the difference first, then the files."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click

from ci_tokengate.commands.scan import Wanted
from ci_tokengate.errors import UsageError
from ci_tokengate.render.scan.diff import diff
from ci_tokengate.wiring import fixes


def show_fixes(paths: Sequence[str], wanted: Wanted) -> bool:
    """Whether something would change. Standard output is the diff, for `git apply`."""
    plans = fixes.planned(paths, wanted)
    return _show(plans, wanted, to_stderr=False)


def fix(paths: Sequence[str], wanted: Wanted, *, yes: bool) -> None:
    """All on standard error: standard output is the report of what remains. Asks only on a terminal."""
    plans = fixes.planned(paths, wanted)
    if not _show(plans, wanted, to_stderr=True):
        click.echo("· No workflow was changed.", err=True)
        return
    changed = [plan for plan in plans if plan.rewrite.changed]
    names = ", ".join(plan.rewrite.path for plan in changed)
    if not yes and sys.stdin.isatty() and not click.confirm(f"Write {names}?", err=True):
        click.echo("· No workflow was changed.", err=True)
        return
    fixes.write(changed)
    click.echo(f"✔ written: {names}", err=True)


def check(paths: Sequence[str], options: Mapping[str, Any], *, updating: bool) -> None:
    """Raises UsageError for what is no file of a working tree, and for a report beside a bare diff."""
    elsewhere = options["staged"] or options["base"] or options["history"] is not None
    if elsewhere or updating or "-" in paths:
        raise UsageError(
            "--fix and --diff-only take files and folders only.",
            hint="ci-tokengate scan --fix .github/workflows",
        )
    report = options["fmt"] != "text" or options["output"] or options["revoke_found"]
    if options["diff_only"] and (options["fix"] or report):
        raise UsageError(
            "--diff-only writes a diff, and no report.",
            hint="Leave out --fix, --format, --output and --revoke-found.",
        )


def _show(plans: Sequence[fixes.Planned], wanted: Wanted, *, to_stderr: bool) -> bool:
    for plan in plans:
        one = plan.rewrite
        before, after = (fixes.showable(data, wanted) for data in (one.before, one.after))
        click.echo(diff(one.path, before, after), nl=False, err=to_stderr)
    for plan in plans:
        for change in plan.rewrite.changes if plan.rewrite.changed else ():
            click.echo(f"+ {plan.rewrite.path}: {change}", err=True)
        for left in plan.rewrite.left:
            click.echo(f"! {plan.rewrite.path}: {left}", err=True)
    return any(plan.rewrite.changed for plan in plans)
