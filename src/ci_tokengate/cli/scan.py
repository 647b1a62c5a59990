"""`scan`, and `scan baseline update`. Its own room: it imports no network code until a key is revoked."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

import click

from ci_tokengate.commands.scan import Wanted
from ci_tokengate.errors import UsageError
from ci_tokengate.scan.baseline import Baseline, read_baseline, write_baseline
from ci_tokengate.scan.report import Report
from ci_tokengate.scan.suppress import OTHERS
from ci_tokengate.wiring import scans
from ci_tokengate.wiring.engines import NAMES, choose

_POLICY = ".github/tokengate.yml"
_BASELINE = ".tokengate-baseline.json"


@click.command()
@click.argument("paths", nargs=-1)
@click.option("--staged", is_flag=True, help="What is about to be committed.")
@click.option("--diff", "base", default="", help="What came since BASE.", metavar="BASE")
@click.option(
    "--history",
    is_flag=False,
    flag_value="",
    default=None,
    metavar="[RANGE]",
    help="Every commit, or those of RANGE; keys only.",
)
@click.option(
    "--format",
    "fmt",
    type=click.Choice(["text", "json", "sarif", "github"]),
    default="text",
    show_default=True,
)
@click.option("--output", default="", help="Write the report to this file.", metavar="FILE")
@click.option("--baseline", default="", help="Tell only what is new.", metavar="FILE")
@click.option("--policy", default="", envvar="TOKENGATE_POLICY", help=f"Default: {_POLICY}.")
@click.option(
    "--honor", multiple=True, type=click.Choice([*OTHERS]), help="Inline allows of others."
)
@click.option("--engine", type=click.Choice(NAMES), default="auto", show_default=True)
@click.option("--fix", is_flag=True, help="Put workflows behind the gate; shows a diff first.")
@click.option("--diff-only", is_flag=True, help="Only show what --fix would change.")
@click.option("--revoke-found", is_flag=True, help="End keys that are the proxy's own.")
@click.option("--yes", is_flag=True, help="Ask nothing.")
@click.option("--proxy-url", envvar="TOKENGATE_PROXY_URL", default="", help="For --revoke-found.")
@click.option("--proxy-key", envvar="TOKENGATE_PROXY_KEY", default="", help="For --revoke-found.")
@click.pass_obj
def scan(env: Mapping[str, str], /, paths: tuple[str, ...], **options: Any) -> None:
    """Find keys of providers, and ways past the proxy, in files and changes.

    `scan baseline update [PATHS]` writes all that is found into the baseline. `-` is standard input.
    """
    updating = paths[:2] == ("baseline", "update")
    paths = paths[2:] if updating else paths
    baseline = _baseline(options["baseline"]) if not updating else None
    wanted = Wanted(
        engine=choose(options["engine"]),
        today=datetime.now(timezone.utc).date(),
        scope=scans.scope_of(options["policy"] or _POLICY, required=bool(options["policy"])),
        honor=options["honor"],
        baseline=baseline,
    )
    if options["fix"] or options["diff_only"]:
        _fix(paths, updating, wanted, options)
    report = _scanned(paths, wanted, options)
    if updating:
        _update(report, options["baseline"] or _BASELINE)
        return
    _write(_rendered(report, options["fmt"]), options["output"])
    if options["revoke_found"]:
        _revoke(env, report, options)
    sys.exit(1 if report.refused else 0)


def _fix(paths: Sequence[str], updating: bool, wanted: Wanted, options: Mapping[str, Any]) -> None:
    """Writes, and the scan goes on with what remains; or only shows, and ends here."""
    from ci_tokengate.cli import fix

    fix.check(paths, options, updating=updating)
    if not options["diff_only"]:
        fix.fix(paths, wanted, yes=options["yes"])
        return
    would_change = fix.show_fixes(paths, wanted)
    sys.exit(1 if would_change or scans.scan_paths(paths, wanted).refused else 0)


def _scanned(paths: Sequence[str], wanted: Wanted, options: Mapping[str, Any]) -> Report:
    chosen = [bool(options["staged"]), bool(options["base"]), options["history"] is not None]
    if sum(chosen) > 1 or (any(chosen) and paths):
        raise UsageError("Give one of: paths, --staged, --diff, --history.")
    if options["staged"]:
        return scans.scan_staged(wanted)
    if options["base"]:
        return scans.scan_since(options["base"], wanted)
    if options["history"] is not None:
        return scans.scan_history(options["history"], wanted)
    return scans.scan_paths(paths, wanted)


def _rendered(report: Report, fmt: str) -> str:
    if fmt == "json":
        from ci_tokengate.render.scan.jsons import as_json

        return as_json(report)
    if fmt == "sarif":
        from ci_tokengate.render.scan.sarif import as_sarif
        from ci_tokengate.scan.all_rules import all_rules

        return as_sarif(report, all_rules())
    if fmt == "github":
        from ci_tokengate.render.scan.annotations import commands

        return "\n".join(commands(report))
    from ci_tokengate.render.scan.text import text_lines

    return "\n".join(text_lines(report))


def _write(text: str, path: str) -> None:
    """Raises UsageError where the file cannot be written."""
    if not path:
        click.echo(text)
        return
    try:
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(text + "\n")
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror}).") from error


def _baseline(path: str) -> Baseline | None:
    if not path:
        return None
    from ci_tokengate.adapters.files import read_text

    return read_baseline(read_text(path, "The baseline"), path)


def _update(report: Report, path: str) -> None:
    """The salt stays, so that a baseline changes only where findings do."""
    salt = _baseline(path) if os.path.exists(path) else None
    kept = salt.salt if salt else os.urandom(16).hex()
    _write(write_baseline(report.findings, kept).rstrip("\n"), path)
    click.echo(f"✔ {path} holds {len(report.findings)} findings.")


def _revoke(env: Mapping[str, str], report: Report, options: Mapping[str, Any]) -> None:
    from ci_tokengate.cli.revoke_found import revoke_found

    revoke_found(env, report, options)
