"""Verdicts and keys on a terminal, and as JSON."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

import click

from ci_tokengate.cli.printing import print_json
from ci_tokengate.core.keys import JobKey
from ci_tokengate.lifecycle.admit import Admission
from ci_tokengate.render.outputs import as_json, key_outputs, verdict_outputs
from ci_tokengate.render.verdict import key_line, lines


def show_admission(admission: Admission, fmt: str, *, key: JobKey | None = None) -> None:
    """The verdict: on standard output, or on standard error beside a key."""
    if fmt == "json":
        cap = admission.cap.amount if admission.cap else None
        print_json(as_json(verdict_outputs(admission.verdict, cap)))
        return
    about = key_line(key, tuple(admission.routing.models), admission.ttl) if key else ""
    for line in lines(admission.verdict, key=about, notes=admission.notes):
        click.echo(line, err=key is not None)


def show_key(admission: Admission, key: JobKey, env: Mapping[str, str], fmt: str) -> None:
    """The one place where a key is printed: on standard output, to whoever asked for it."""
    if fmt == "json":
        about = as_json({**verdict_outputs(admission.verdict), **key_outputs(key)})
        print_json({**about, "key": key.key, "alias": key.alias, "env": dict(env)})
        return
    show_admission(admission, "text", key=key)
    if fmt == "shell":
        for name, value in env.items():
            click.echo(f"export {name}={shlex.quote(value)}")
    else:
        click.echo(f"  key id: {key.id}", err=True)
        click.echo(key.key)
