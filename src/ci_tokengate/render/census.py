"""The inventory of an organisation as a table, JSON, CSV or Markdown: a row for each repository, and the total."""

from __future__ import annotations

import csv
import io
import json

from ci_tokengate.render import inventory as render
from ci_tokengate.render.cells import cell
from ci_tokengate.render.markdown import escaped
from ci_tokengate.render.scan.words import printable
from ci_tokengate.scan.inventory import Inventory, Verdict
from ci_tokengate.scan.inventory.census import Census

_COLUMNS = ("repository", "proxied", "direct", "unknown", "coverage", "note")
_TOTAL = "(total)"


def sentences(census: Census) -> list[str]:
    """What was counted, and plainly what was not."""
    told = [
        render.sentence(census.whole),
        f"{len(census.repositories)} repositories of {census.organisation}; left out: "
        f"archived {census.archived}, forks {census.forks}.",
    ]
    if not census.code:
        told.append("Code was not read: CI and settings only.")
    return [*told, *gaps(census)]


def gaps(census: Census) -> list[str]:
    """Empty for a whole result."""
    unread = sum(bool(one.unread) for one in census.repositories)
    told = []
    if census.unlisted:
        told.append(f"PARTIAL: there may be more repositories. {census.unlisted}")
    if unread:
        told.append(f"PARTIAL: {unread} of them could not be read, or not whole.")
    return told


def table(census: Census) -> str:
    rows = [_COLUMNS, *(tuple(map(printable, row)) for row in _rows(census))]
    widths = [max(len(row[i]) for row in rows) for i in range(5)]
    lines = [
        "  ".join([*(text.ljust(w) for text, w in zip(row, widths, strict=False)), row[5]]).rstrip()
        for row in rows
    ]
    return "\n".join([*lines, *sentences(census)])


def as_json(census: Census) -> str:
    """The calls are those of `inventory`, with their repository's name."""
    calls = json.loads(render.as_json(census.whole))["calls"]
    body = {
        "version": 1,
        "organisation": census.organisation,
        "partial": census.partial,
        "unlisted": census.unlisted,
        "archived": census.archived,
        "forks": census.forks,
        "code": census.code,
        **_counts(census.whole),
        "repositories": [
            {
                "repository": one.name,
                **_counts(one.inventory),
                "unread": one.unread,
                "note": one.note,
            }
            for one in census.repositories
        ],
        "calls": calls,
    }
    return json.dumps(body, indent=2)


def as_csv(census: Census) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row in _rows(census):
        writer.writerow([cell(printable(text)) for text in row])
    return out.getvalue().rstrip("\n")


def markdown(census: Census) -> str:
    lines = [*sentences(census), "", f"| {' | '.join(_COLUMNS)} |", "|---|--:|--:|--:|--:|---|"]
    lines += [f"| {' | '.join(escaped(text) for text in row)} |" for row in _rows(census)]
    return "\n".join(lines)


def _rows(census: Census) -> list[tuple[str, ...]]:
    rows = [
        _row(one.name, one.inventory, "; ".join(filter(None, (one.unread, one.note))))
        for one in census.repositories
    ]
    return [*rows, _row(_TOTAL, census.whole, "partial" if census.partial else "")]


def _row(name: str, found: Inventory, note: str) -> tuple[str, ...]:
    coverage = "" if found.coverage is None else f"{found.coverage:.1%}"
    return (name, *(str(found.count(verdict)) for verdict in Verdict), coverage, note)


def _counts(found: Inventory) -> dict[str, object]:
    counts = {verdict.value: found.count(verdict) for verdict in Verdict}
    return {"coverage": found.coverage, "counts": counts}
