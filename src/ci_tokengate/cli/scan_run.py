"""What `scan` does once its options are known. It knows no click, so that a plain scan does not wait for it."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from ci_tokengate.commands.scan import Wanted
from ci_tokengate.errors import UsageError
from ci_tokengate.wiring import scans, scopes
from ci_tokengate.wiring.engines import choose

if TYPE_CHECKING:
    from ci_tokengate.scan.baseline import Baseline
    from ci_tokengate.scan.report import Report
    from ci_tokengate.scan.scope import Scope

POLICY = ".github/tokengate.yml"
_BASELINE = ".tokengate-baseline.json"
DEFAULTS: Mapping[str, Any] = {
    "staged": False,
    "base": "",
    "history": None,
    "fmt": "text",
    "output": "",
    "baseline": "",
    "policy": "",
    "honor": (),
    "engine": "auto",
    "only": None,
    "fix": False,
    "diff_only": False,
    "revoke_found": False,
}


def run(env: Mapping[str, str], paths: tuple[str, ...], options: Mapping[str, Any]) -> None:
    """Prints the report, and exits."""
    updating = paths[:2] == ("baseline", "update")
    paths = paths[2:] if updating else paths
    begun = scans.begin_paths(paths) if _of_a_tree(options) else None
    baseline = _baseline(options["baseline"]) if not updating else None
    wanted = Wanted(
        engine=choose(options["engine"]),
        today=datetime.now(timezone.utc).date(),
        scope=_scope(options),
        honor=options["honor"],
        baseline=baseline,
        keys=options["only"] != "flows",
        flows=options["only"] != "keys",
    )
    if options["fix"] or options["diff_only"]:
        _fix(paths, updating, wanted, options)
    report = _scanned(paths, wanted, options, begun)
    if updating:
        _update(report, options["baseline"] or _BASELINE)
        return
    _write(_rendered(report, options["fmt"], env), options["output"])
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


def _scope(options: Mapping[str, Any]) -> Scope:
    """For `--diff` the policy of the base counts, unless a file is named."""
    if options["base"] and not options["policy"]:
        return scopes.scope_at(options["base"], POLICY)
    return scopes.scope_of(options["policy"] or POLICY, required=bool(options["policy"]))


def _of_a_tree(options: Mapping[str, Any]) -> bool:
    others = ("staged", "base", "fix", "diff_only")
    return options["history"] is None and not any(options[name] for name in others)


def _scanned(
    paths: Sequence[str], wanted: Wanted, options: Mapping[str, Any], begun: scans.Begun | None
) -> Report:
    chosen = [bool(options["staged"]), bool(options["base"]), options["history"] is not None]
    if sum(chosen) > 1 or (any(chosen) and paths):
        raise UsageError("Give one of: paths, --staged, --diff, --history.")
    if any(chosen):
        return _of_changes(wanted, options)
    with _no_collector():
        return scans.scan_paths(paths, wanted, begun)


def _of_changes(wanted: Wanted, options: Mapping[str, Any]) -> Report:
    from ci_tokengate.wiring import changed  # a tree waits for none of it

    if options["staged"]:
        return changed.scan_staged(wanted)
    if options["base"]:
        return changed.scan_since(options["base"], wanted)
    return changed.scan_history(options["history"], wanted)


@contextmanager
def _no_collector() -> Iterator[None]:
    """What a scan makes of files holds no cycles; a collector would walk all of it, for a third of the time.

    Not for a history, which may be of any length.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _rendered(report: Report, fmt: str, env: Mapping[str, str]) -> str:
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
    from ci_tokengate.core.quiet import for_log
    from ci_tokengate.render.scan.text import text_lines

    return for_log("\n".join(text_lines(report)), env)


def _write(text: str, path: str) -> None:
    """Raises UsageError where the file cannot be written."""
    if not path:
        sys.stdout.write(text + "\n")
        return
    from ci_tokengate.adapters.whole_files import write_named

    write_named(path, text)


def _baseline(path: str) -> Baseline | None:
    if not path:
        return None
    from ci_tokengate.adapters.files import read_text
    from ci_tokengate.scan.baseline import read_baseline

    return read_baseline(read_text(path, "The baseline"), path)


def _update(report: Report, path: str) -> None:
    """The salt stays, so that a baseline changes only where findings do."""
    salt = _baseline(path) if os.path.exists(path) else None
    from ci_tokengate.scan.baseline import write_baseline

    kept = salt.salt if salt else os.urandom(16).hex()
    _write(write_baseline(report.findings, kept).rstrip("\n"), path)
    sys.stdout.write(f"✔ {path} holds {len(report.findings)} findings.\n")


def _revoke(env: Mapping[str, str], report: Report, options: Mapping[str, Any]) -> None:
    from ci_tokengate.cli.revoke_found import revoke_found

    revoke_found(env, report, options)
