"""What `init` needs to know: by flags, by questions on a terminal, or from what is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import click

from ci_tokengate.cli.catalogue import models_by_tier
from ci_tokengate.core.agents import AGENTS, BY_NAME
from ci_tokengate.core.money import parse_cap, parse_usd
from ci_tokengate.core.policy import Mode
from ci_tokengate.core.setup import Setup
from ci_tokengate.core.urls import bare_url
from ci_tokengate.errors import TokengateError, UsageError
from ci_tokengate.wiring import proxies
from ci_tokengate.wiring.capabilities import CAPABILITIES


@dataclass(frozen=True, kw_only=True)
class Question:
    """`flag` without its dashes. needed: there is no good guess, so it must be said."""

    flag: str
    text: str
    needed: bool = False
    choices: tuple[str, ...] = ()


_QUESTIONS = (
    Question(flag="proxy-url", text="Address of the LiteLLM proxy, without /v1", needed=True),
    Question(flag="team", text="Team that pays: its team_id at the proxy", needed=True),
    Question(flag="plan", text="Its plan in USD per budget period (empty: as the proxy says)"),
    Question(flag="agent", text="Agent", choices=tuple(agent.name for agent in AGENTS)),
    Question(
        flag="model",
        text="Models, by their names at the proxy (fast=a, middle=b, strong=c where a name does not tell)",
        needed=True,
    ),
    Question(flag="use-case", text="What it is used for, as one word"),
    Question(flag="cap-per-run", text="At most for one job, in USD"),
    Question(flag="cap-per-pr", text="At most for one pull request, in USD"),
    Question(
        flag="mode", text="Only observe, or block at the hard stop", choices=("observe", "enforce")
    ),
)


def answers(
    told: Mapping[str, str],
    repository: str,
    used: Mapping[str, Sequence[str]],
    models: Callable[[str], Sequence[str]],
    *,
    ask: bool,
) -> dict[str, str]:
    """By flag. `models` tells those of the proxy at an address, none where it cannot be asked.

    Raises UsageError that names every flag that is missing.
    """
    guesses, found = _guesses(repository, used), dict(told)
    for question in _QUESTIONS if ask else ():
        flag = question.flag
        if flag == "model" and not told[flag]:
            guesses[flag] = ",".join(models(found["proxy-url"]))
        found[flag] = told[flag] or _asked(question, guesses.get(flag, ""))
    if ask:
        return {q.flag: found[q.flag] for q in _QUESTIONS}
    if told["proxy-url"] and not told["model"]:
        told = {**told, "model": ",".join(models(bare_url(told["proxy-url"], "--proxy-url")))}
    missing = [f"--{q.flag}" for q in _QUESTIONS if q.needed and not told[q.flag]]
    if missing:
        raise UsageError(
            f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing.",
            hint="Give them, or run `ci-tokengate init` on a terminal, which asks.",
        )
    return {q.flag: told[q.flag] or guesses.get(q.flag, "") for q in _QUESTIONS}


def _guesses(repository: str, used: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The agent that the workflows run already, and for the rest what the examples have."""
    return {
        "team": repository.partition("/")[0],
        "agent": next((agents[0] for agents in used.values()), AGENTS[0].name),
        "use-case": "code-review",
        "cap-per-run": "2.00",
        "cap-per-pr": "10.00",
        "mode": "observe",
    }


def _asked(question: Question, guess: str) -> str:
    """Asks again until the answer can be used."""
    while True:
        default = guess if guess or not question.needed else None
        kind = click.Choice(question.choices) if question.choices else None
        text = str(
            click.prompt(question.text, default=default, type=kind, show_default=bool(guess))
        )
        try:
            _check(question.flag, text.strip())
        except TokengateError as error:
            click.echo(f"✖ {error.message} {error.hint}".rstrip(), err=True)
            continue
        return text.strip()


def _check(flag: str, text: str) -> None:
    """Raises UsageError for what `setup_of` would not take."""
    if flag == "proxy-url":
        bare_url(text, "--proxy-url")
    elif flag.startswith("cap-"):
        parse_cap(text, f"--{flag}")
    elif flag == "plan" and text:
        parse_usd(text, "--plan")
    elif flag == "model":
        models_by_tier(text, {})


def setup_of(
    found: Mapping[str, str],
    *,
    kind: str,
    team_id: str,
    today: date,
    prices: Mapping[str, Decimal],
) -> Setup:
    """`prices` are USD a token. Raises UsageError that names the flag. Names are judged by the policy's form, later."""
    for flag, text in found.items():
        _check(flag, text)
    for flag, known in (("agent", tuple(BY_NAME)), ("mode", ("observe", "enforce"))):
        if found[flag] not in known:
            raise UsageError(
                f"--{flag} is {found[flag][:40]!r}.", hint=f"Set it to one of: {', '.join(known)}."
            )
    kind = proxies.proxy_kind(kind, None)
    return Setup(
        proxy_kind=kind,
        able=CAPABILITIES[kind],
        proxy_url=bare_url(found["proxy-url"], "--proxy-url"),
        team=found["team"],
        team_id=team_id,
        plan=parse_usd(found["plan"], "--plan") if found["plan"] else None,
        use_case=found["use-case"],
        models=models_by_tier(found["model"], prices),
        cap_per_run=parse_cap(found["cap-per-run"], "--cap-per-run"),
        cap_per_pr=parse_cap(found["cap-per-pr"], "--cap-per-pr"),
        agent=BY_NAME[found["agent"]],
        mode=Mode(found["mode"]),
        since=today,
    )
