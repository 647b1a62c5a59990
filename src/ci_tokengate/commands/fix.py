"""`scan --fix`: findings in, rewritten workflows out. Writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ci_tokengate.scan.finding import Finding
from ci_tokengate.scan.fix import MENDED, Rewrite, rewrite_file
from ci_tokengate.scan.flows.files import Kind, kind_of
from ci_tokengate.scan.flows.options import Options


def plan_fixes(
    findings: Iterable[Finding], *, read: Callable[[str], bytes | None], options: Options
) -> list[Rewrite]:
    """One for each workflow with a finding that is told: what is suppressed or in the baseline is let be."""
    paths = dict.fromkeys(f.path for f in findings if f.rule in MENDED)
    plans = []
    for path in paths:
        data = read(path) if kind_of(path) is Kind.WORKFLOW else None
        if data is not None:
            plans.append(rewrite_file(path, data, read=read, options=options))
    return plans
