"""TG004 in agents' settings and devcontainers: JSON with comments, TOML and YAML, line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.flows.hosts import before, endpoints
from ci_tokengate.scan.flows.place import File
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.rules.tg004 import NO_SETTING

_COMMENT = re.compile(r"^\s*(?://|#|\*|/\*)")
_NAME = re.compile(r"[\"']?([\w.$-]+)[\"']?\s*[:=]\s*[^:=]*$")
_PERMISSION = re.compile(r"(?:WebFetch|WebSearch|Bash|Read|Fetch)\(|domain:")
_SAYS = re.compile(r"\becho\b|\bprintf\b")
_HOST = re.compile(r"host|base|endpoint|url|server|uri", re.IGNORECASE)


def check_settings(repo: Repository, file: File) -> Iterator[Finding]:
    for number, line in enumerate(file.lines, 1):
        if _COMMENT.match(line):
            continue
        for hit in endpoints(line, repo.allowed):
            text = before(line, hit.start)
            own = re.split(r"&&|[;|]", text[text.rfind('"') + 1 :])[-1]
            """What stands before the host in its own string and command: a whole file may be one line."""
            if _PERMISSION.search(own) or _SAYS.search(own):
                continue
            if re.search(r"(?:^|\s)(?://|#)", text.replace("://", "")):
                continue
            name = _NAME.search(text)
            if (name and NO_SETTING.search(name[1])) or not (
                hit.is_url or (name and _HOST.search(name[1]))
            ):
                continue
            found = file.finding(
                "TG004", Level.ERROR, (number, hit.start + 1), hit.end - hit.start,
                f"This setting leads to {hit.host}, past the proxy.", evidence=f"{name[1] if name else ''}|{hit.host}",
                fix="Take it out, so that the environment's base URL counts, or let it be the proxy's.", provider=hit.provider,
            )  # fmt: skip
            if found:
                yield found
