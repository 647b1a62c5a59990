"""`init`."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping, Sequence

import click

from ci_tokengate.adapters.policy.load import load_policy
from ci_tokengate.adapters.repository import Repository
from ci_tokengate.cli.answers import answers, setup_of
from ci_tokengate.cli.catalogue import Catalogue
from ci_tokengate.cli.options import format_option
from ci_tokengate.cli.printing import print_json
from ci_tokengate.commands import init as command
from ci_tokengate.core.agents import AGENTS
from ci_tokengate.core.policy import Mode
from ci_tokengate.core.setup import POLICY_PATH, Change, Fate, Setup
from ci_tokengate.errors import PolicyError, UsageError
from ci_tokengate.render.setup import SECRET, differences, model_lines
from ci_tokengate.wiring import proxies
from ci_tokengate.wiring.capabilities import CAPABILITIES

_MARKS = {Fate.NEW: "✔ written", Fate.SAME: "· unchanged", Fate.DIFFERENT: "✔ overwritten"}


@click.command()
@click.option("--proxy-url", envvar="TOKENGATE_PROXY_URL", default="", help="Bare address.")
@click.option(
    "--proxy",
    "kind",
    envvar="TOKENGATE_PROXY",
    default="",
    help=f"Kind of the proxy: {', '.join(proxies.KINDS)}.",
)
@click.option("--team", default="", help="Who pays: a name of letters, digits, . _ -")
@click.option("--team-id", default="", help="Its team_id at the proxy, if that is another.")
@click.option("--plan", default="", help="USD per budget period. Default: what the proxy says.")
@click.option("--agent", default="", help=f"{', '.join(agent.name for agent in AGENTS)}.")
@click.option(
    "--model",
    default="",
    help="Names at the proxy: a,b or fast=a,strong=b. Default: with a reading key, all it has.",
)
@click.option(
    "--reading-key",
    envvar="TOKENGATE_READING_KEY",
    default="",
    help="To ask the proxy for its models; better in the variable.",
)
@click.option("--use-case", default="", help="Default: code-review.")
@click.option("--cap-per-run", default="", help="USD. Default: 2.00.")
@click.option("--cap-per-pr", default="", help="USD. Default: 10.00.")
@click.option("--mode", default="", help="observe (the default) or enforce.")
@click.option("--repository", default="", help="owner/name. Default: from the git remote.")
@click.option("--yes", is_flag=True, help="Ask nothing.")
@click.option("--dry-run", is_flag=True, help="Only show the differences.")
@click.option("--force", is_flag=True, help="Overwrite files that are different.")
@format_option
def init(fmt: str, yes: bool, dry_run: bool, force: bool, **options: str) -> None:
    """Policy and workflows for this repository: asks on a terminal, by flags otherwise.

    Writes nothing at all where one of the files is there already and different.
    """
    repository = Repository(".", name=options["repository"])
    used = command.agents_used(repository.workflows())
    told = {name.replace("_", "-"): value.strip() for name, value in options.items()}
    catalogue = Catalogue(told["kind"], told.pop("reading-key"))
    ask = not yes and fmt == "text" and sys.stdin.isatty()
    setup = setup_of(
        answers(told, repository.name, used, catalogue.names, ask=ask),
        kind=told["kind"],
        team_id=told["team-id"],
        today=proxies.clock().now().date(),
        prices=catalogue.prices,
    )
    catalogue.check(setup)
    changes = command.changes_for(setup, repository.read)
    _check_policy(changes)
    if not dry_run:
        _check_overwriting(changes, force=force)
        repository.write({c.path: c.after for c in changes if c.fate is not Fate.SAME})
    if fmt == "json":
        print_json(
            [{"path": c.path, "fate": c.fate.value, "written": not dry_run} for c in changes]
        )
    elif dry_run:
        click.echo(differences(changes) or "· Nothing would change.")
    else:
        _tell(changes, setup, repository.name, used)


def _check_policy(changes: Sequence[Change]) -> None:
    """By the form that the gate reads it with. Raises UsageError."""
    text = next(change.after for change in changes if change.path == POLICY_PATH)
    try:
        load_policy(text, POLICY_PATH)
    except PolicyError as error:
        said = error.message.splitlines()[0].split(": ", 1)[-1]
        raise UsageError(
            f"That makes no policy: {said}", hint=error.hint or "Give another value."
        ) from error


def _check_overwriting(changes: Sequence[Change], *, force: bool) -> None:
    lost = [] if force else [c for c in changes if c.fate is Fate.DIFFERENT]
    if not lost:
        return
    click.echo(differences(lost))
    names = ", ".join(change.path for change in lost)
    raise UsageError(
        f"There already, and different: {names}. Nothing was written.",
        hint="--force overwrites what is there with what is shown above.",
    )


def _tell(
    changes: Sequence[Change], setup: Setup, repository: str, used: Mapping[str, Sequence[str]]
) -> None:
    for change in changes:
        click.echo(f"{_MARKS[change.fate]:13} {change.path}")
    for line in model_lines(setup):
        click.echo(line)
    for path, agents in used.items():
        click.echo(
            f"! {path} runs {', '.join(agents)} past the gate: give it the gate's step, too."
        )
    where = f" --repo {shlex.quote(repository)}" if repository else ""
    click.echo("\nNext:")
    steps = [
        f"gh secret set {SECRET}{where}    the minting key ({CAPABILITIES[setup.proxy_kind].guide})",
        "ci-tokengate policy check && ci-tokengate doctor    with the key in TOKENGATE_PROXY_KEY: is everything in place?",
        "Merge it: the policy counts from the base branch. Pin the actions to commits.",
    ]
    if setup.mode is Mode.OBSERVE:
        steps.append(
            f"It observes since {setup.since} and blocks nothing. After some 60 days, set plans "
            "from what was seen, and mode: enforce."
        )
    for number, step in enumerate(steps, 1):
        click.echo(f"  {number}. {step}")
