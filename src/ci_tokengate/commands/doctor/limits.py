"""What this kind of proxy does not do, and what of the policy that concerns."""

from __future__ import annotations

from collections.abc import Iterator

from ci_tokengate.core.capabilities import Capabilities, ModelList, in_steps, steps_words
from ci_tokengate.core.check import Check, fail, ok, warn
from ci_tokengate.core.features import lacking
from ci_tokengate.core.policy import Policy, UseCase
from ci_tokengate.render.money import usd

_SUBJECT = "limits"


def limit_checks(policy: Policy | None, able: Capabilities) -> Iterator[Check]:
    """Nothing for a proxy that does everything."""
    told = lacking(able)
    if told:
        yield ok(_SUBJECT, told)
    for case in policy.use_cases.values() if policy else ():
        yield from _concerned(case, able)


def _concerned(case: UseCase, able: Capabilities) -> Iterator[Check]:
    rounded = in_steps(case.cap_per_run, able.cap_step)
    if rounded > case.cap_per_run:
        yield warn(
            _SUBJECT,
            f"cap-per-run of {case.name} is {usd(case.cap_per_run)}, and {able.product} caps keys in "
            f"{steps_words(able.cap_step)}: they get {usd(rounded)}",
            f"write {rounded:f}, which is what holds",
        )
    if case.routing.route and not able.routes_models:
        yield fail(
            _SUBJECT,
            f"{case.name} routes models, which a key of {able.product} cannot do: it gets no key",
            "take `route` out of the use case",
        )
    if able.model_list is ModelList.CONFIG and not case.routing.config:
        yield warn(
            _SUBJECT,
            f"a key of {case.name} may call every model of its team: no config is pinned on it",
            f"set use-cases.{case.name}.config to a config that allows its models only",
        )
    if case.routing.config and able.model_list is not ModelList.CONFIG:
        sentence = f"config of {case.name} means nothing at {able.product}"
        yield warn(_SUBJECT, sentence, "take it out: there, `models` are on the key itself")
    if case.parallel_requests and not able.parallel_limit:
        sentence = f"parallel-requests of {case.name} holds nothing at {able.product}"
        yield warn(
            _SUBJECT, sentence, "use requests-per-minute" if able.rate_limit else "take it out"
        )
    if case.requests_per_minute and not able.rate_limit:
        sentence = f"requests-per-minute of {case.name} holds nothing at {able.product}"
        yield warn(_SUBJECT, sentence, "take it out")
