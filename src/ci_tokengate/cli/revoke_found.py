"""`scan --revoke-found`: keys of the proxy that lie in the open are ended, after a question."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import click

from ci_tokengate.cli.session import open_bare_proxy
from ci_tokengate.commands import revoke as command
from ci_tokengate.errors import UsageError
from ci_tokengate.scan.report import Report

_PROXY_RULE = "TG002"


def revoke_found(env: Mapping[str, str], report: Report, options: Mapping[str, Any]) -> None:
    """Every found key of a proxy is tried: only the proxy knows which are its own. Its id is its SHA-256."""
    found = {
        sha256(f.secret).hexdigest(): f.finding
        for f in report.founds
        if f.finding.rule == _PROXY_RULE and f.finding.provider == "litellm" and f.secret
    }
    if not found:
        click.echo("No key of the proxy was found, so none is revoked.", err=True)
        return
    if not options["yes"] and not sys.stdin.isatty():
        raise UsageError(
            "--revoke-found asks first, and there is no terminal to ask on.", hint="Add --yes."
        )
    proxy = open_bare_proxy(env, {**options, "kind": "", "timeout": 30.0, "github_token": ""})
    for key_id, finding in found.items():
        where = f"{finding.path}:{finding.line}"
        if not options["yes"] and not click.confirm(f"Revoke the key at {where}?", err=True):
            continue
        existed = command.revoke(proxy, key_id=key_id, alias="")
        click.echo(f"{where}: {'revoked' if existed else 'the proxy has no such key'}.", err=True)
