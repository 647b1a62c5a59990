"""The inventory as a table, JSON, CSV or Markdown."""

from __future__ import annotations

import csv
import io
import json

from ci_tokengate.render.cells import cell
from ci_tokengate.render.data import code
from ci_tokengate.render.scan.words import printable
from ci_tokengate.scan.inventory import Call, Inventory, Verdict

_COLUMNS = ("repository", "path", "line", "what", "where", "verdict", "why")
_LONGEST = 300


def sentence(found: Inventory) -> str:
    """The coverage in words; an empty inventory has none, which is not 100 %."""
    if found.coverage is None:
        return "No place that calls a model was found."
    counts = {verdict: found.count(verdict) for verdict in Verdict}
    return (
        f"{counts[Verdict.PROXIED]} of {len(found.calls)} places that call a model are proxied ({found.coverage:.1%});"
        f" {counts[Verdict.DIRECT]} direct, {counts[Verdict.UNKNOWN]} unknown."
    )


def table(found: Inventory) -> str:
    told = ((c.verdict.value, _place(c), c.what, c.where, c.why) for c in found.calls)
    rows = [tuple(map(printable, each)) for each in told]
    widths = [max((len(row[i]) for row in rows), default=0) for i in range(4)]
    lines = [
        "  ".join([*(text.ljust(w) for text, w in zip(row, widths, strict=False)), row[4]]).rstrip()
        for row in rows
    ]
    return "\n".join([*lines, sentence(found)])


def as_json(found: Inventory) -> str:
    counts = {verdict.value: found.count(verdict) for verdict in Verdict}
    calls = [dict(zip(_COLUMNS, _cells(c), strict=True)) for c in found.calls]
    return json.dumps(
        {"version": 1, "coverage": found.coverage, "counts": counts, "calls": calls}, indent=2
    )


def as_csv(found: Inventory) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for call in found.calls:
        writer.writerow([cell(printable(str(text))) for text in _cells(call)])
    return out.getvalue().rstrip("\n")


def markdown(found: Inventory) -> str:
    lines = [
        sentence(found),
        "",
        "| verdict | place | what | where | why |",
        "|---|---|---|---|---|",
    ]
    lines += [
        "| "
        + " | ".join((c.verdict.value, *(_code(x) for x in (_place(c), c.what, c.where, c.why))))
        + " |"
        for c in found.calls
    ]
    return "\n".join(lines if found.calls else lines[:1])


def _code(text: str) -> str:
    """In `code` GitHub links no one who is mentioned; files, jobs and steps are named by anybody."""
    return code(text, _LONGEST)


def _cells(call: Call) -> tuple[str | int, ...]:
    return (
        call.repository,
        call.path,
        call.line,
        call.what,
        call.where,
        call.verdict.value,
        call.why,
    )


def _place(call: Call) -> str:
    return f"{call.repository + ':' if call.repository else ''}{call.path}:{call.line}"
