"""A report as Markdown, for the step summary: one line first, the rest folded."""

from __future__ import annotations

from ci_tokengate.render.markdown import escaped
from ci_tokengate.render.scan.words import left_out, printable, verdict
from ci_tokengate.scan.report import Report

_MOST = 200


def scan_summary(report: Report, note: str = "") -> str:
    lines = [f"### {'✖' if report.refused else '✔'} {verdict(report)}", ""]
    if note:
        lines += [escaped(note), ""]
    if report.findings:
        lines += ["| rule | level | place | finding |", "|---|---|---|---|"]
        lines += [
            f"| {f.rule} | {f.level.value} | `{_cell(printable(f.path))}:{f.line}` | {_cell(f.message)} {_cell(f.fix)} |"
            for f in report.findings[:_MOST]
        ]
        if len(report.findings) > _MOST:
            lines.append(f"| | | | and {len(report.findings) - _MOST} more |")
        lines.append("")
    if report.left_out:
        lines += [f"<details><summary>{len(report.left_out)} files were left out</summary>", ""]
        lines += [f"* {_cell(line)}" for line in left_out(report)]
        lines += ["", "</details>", ""]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("`", "'").replace("<", "&lt;").replace("\n", " ")
