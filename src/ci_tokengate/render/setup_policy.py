"""The policy that `init` writes."""

from __future__ import annotations

from decimal import Decimal

from ci_tokengate.core.capabilities import Capabilities, in_steps
from ci_tokengate.core.model_tier import ModelTier
from ci_tokengate.core.money import MICRO, plain
from ci_tokengate.core.policy import Mode, Routing
from ci_tokengate.core.setup import Setup
from ci_tokengate.core.starter import StarterCase, starter_cases
from ci_tokengate.render.scalar import scalar

_SCHEMA = "https://raw.githubusercontent.com/org/ci-tokengate/v1/schema/tokengate.schema.json"

_POLICY = """\
# yaml-language-server: $schema={schema}
# Who may spend how much on AI in CI, on which models, for what.
# A pull request is held to the file of its base commit, so a change counts once it is merged.
version: 1
proxy:
  kind: {kind}
  url: {url}
{mode}
defaults: {{team: {team}, use-case: {use_case}}}
teams:
  {team}: {{{team_keys}}}{team_note}
{tasks}
# Caps are USD: of one job's key (cap-per-run), and of all runs of one pull request (cap-per-pr).
models: {{{models}}}
use-cases:
{cases}"""
_ROUTED = """\
# Each task on the least model that does it well; a stronger one that is asked for is served, and billed,
# as the one that `route` names. As the budget is spent, amber and red route further down."""
_UNROUTED = """\
# Each task on the least model that does it well. As the budget is spent, amber and red go further down."""
_CASE = """\
  {name}: # {about}
    tier: {tier}
{routing}    cap-per-run: {run}
    cap-per-pr: {pr}
    ttl: 30m
{lower}"""
_OBSERVE = """\
# Blocks nothing, and says what it would have blocked. After some 60 days: mode: enforce
mode: observe
since: {since}"""
_PLAN_OF = {
    True: "its plan is what the proxy says",
    False: "give it a plan (plan: 800, USD a month): this kind of proxy has no budget of a team",
}


def policy_text(setup: Setup) -> str:
    keys = {
        **({"id": scalar(setup.team_id)} if setup.team_id not in ("", setup.team) else {}),
        **({"plan": plain(setup.plan)} if setup.plan is not None else {}),
    }
    note = "USD per budget period" if setup.plan is not None else _PLAN_OF[setup.able.stops_teams]
    observe = _OBSERVE.format(since=setup.since.isoformat())
    return _POLICY.format(
        schema=_SCHEMA,
        kind=setup.proxy_kind,
        url=scalar(setup.proxy_url),
        mode=observe if setup.mode is Mode.OBSERVE else "mode: enforce",
        team=scalar(setup.team),
        team_keys=", ".join(f"{key}: {value}" for key, value in keys.items()),
        team_note=f" # {note}",
        use_case=scalar(setup.use_case),
        models=", ".join(
            f"{scalar(model)}: {tier.value}" for tier in ModelTier for model in setup.models[tier]
        ),
        tasks=_ROUTED if setup.able.routes_models else _UNROUTED,
        cases="".join(_case(case, setup.able) for case in _cases(setup)),
    )


def _cases(setup: Setup) -> list[StarterCase]:
    return starter_cases(
        setup.models, setup.use_case, setup.cap_per_run, setup.cap_per_pr, setup.plan
    )


def _case(case: StarterCase, able: Capabilities) -> str:
    lower = (("when-amber", case.when_amber), ("when-red", case.when_red))
    return _CASE.format(
        name=scalar(case.task.name),
        about=case.task.about,
        tier=case.task.tier.value,
        routing="".join(f"    {part}\n" for part in _parts(case.routing, able)),
        run=_cents(_whole(case.cap_per_run, able)),
        pr=_cents(_whole(case.cap_per_pr, able)),
        lower="".join(
            f"    {name}: {{{', '.join(_parts(routing, able))}}}\n"
            for name, routing in lower
            if routing
        ),
    )


def _whole(cap: Decimal, able: Capabilities) -> Decimal:
    """What the proxy makes of it."""
    return cap if able.cap_step <= MICRO else in_steps(cap, able.cap_step)


def _parts(routing: Routing, able: Capabilities) -> list[str]:
    models = ", ".join(map(scalar, routing.models))
    route = ", ".join(f"{scalar(a)}: {scalar(b)}" for a, b in routing.route.items())
    return [
        f"models: [{models}]",
        *([f"route: {{{route}}}"] if route and able.routes_models else []),
    ]


def _cents(amount: Decimal) -> str:
    """All its digits, and cents where it has none."""
    text = plain(amount)
    return f"{amount:.2f}" if len(text.partition(".")[2]) < 2 else text
