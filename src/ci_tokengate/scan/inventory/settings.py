"""Agents' settings, devcontainers and .env files: where each base URL in them leads."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ci_tokengate.scan.flows.files import Kind
from ci_tokengate.scan.flows.names import base_of
from ci_tokengate.scan.flows.pipelines.settings import check_settings
from ci_tokengate.scan.flows.place import File
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.source import check_source
from ci_tokengate.scan.inventory.model import Call, Verdict
from ci_tokengate.scan.inventory.sdks import judged_url

_SETTING = re.compile(
    r"(?:^|[{,\s])(?:export\s+)?[\"']?(?P<name>[A-Za-z][\w.-]*)[\"']?\s*[:=]\s*[\"']?(?P<url>https?://[^\s\"',}]+)"
)
_COMMENT = re.compile(r"\s*(?://|#|\*|/\*)")


def in_settings(repo: Repository, file: File, kind: Kind) -> Iterator[Call]:
    where = "settings" if kind is not Kind.DOTENV else ".env file"
    told = set()
    find = check_source(file, repo.allowed) if kind is Kind.DOTENV else check_settings(repo, file)
    for finding in find:
        told.add(finding.line)
        yield Call(
            path=file.path, line=finding.line, what=finding.provider, where=where, verdict=Verdict.DIRECT,
            why=finding.message.rstrip("."),
        )  # fmt: skip
    for number, line in enumerate(file.lines, 1):
        if number in told or _COMMENT.match(line):
            continue
        for match in _SETTING.finditer(line):
            whose = base_of(match["name"].rpartition(".")[2])
            if whose:
                verdict, why = judged_url(repo, match["url"])
                what = match["name"] if whose == "*" else whose
                yield Call(
                    path=file.path, line=number, what=what, where=where, verdict=verdict, why=why
                )
