"""What has to be so before a key may be: of the credential, the team and the proxy. Each raises where it is not."""

from __future__ import annotations

from ci_tokengate.core.budget import TeamBudget
from ci_tokengate.core.capabilities import Capabilities
from ci_tokengate.core.keys import Credential
from ci_tokengate.core.policy import Routing, Team, UseCase
from ci_tokengate.errors import CredentialError, UsageError


def check_not_admin(credential: Credential, *, allowed: bool) -> None:
    """No budget binds an admin's key (DESIGN D10). Raises CredentialError."""
    if credential.is_admin and not allowed:
        raise CredentialError(
            "proxy-key is a master or admin key of the proxy, and such a key never mints job keys.",
            hint="Set up a least-privileged minting key as the README shows. No budget binds an "
            "admin key; `allow-admin-key: true` in the policy accepts one all the same.",
        )


def check_models(routing: Routing, budget: TeamBudget, team: Team, use_case: UseCase) -> None:
    """A team without a list of models may use all; the proxy's mint checks nothing of it."""
    if not budget.models or "all-proxy-models" in budget.models:
        return
    unknown = [m for m in routing.models if m not in budget.models]
    if unknown:
        raise UsageError(
            f"Team {team.name} may not use {', '.join(unknown)} at the proxy, "
            f"which use case {use_case.name} names.",
            hint=f"The team's models there: {', '.join(sorted(budget.models))}.",
        )


def check_route(routing: Routing, able: Capabilities, use_case: UseCase) -> None:
    """A route that the proxy cannot take would be left out in silence, and the dearer model billed."""
    if routing.route and not able.routes_models:
        raise UsageError(
            f"Use case {use_case.name} routes {', '.join(routing.route)}, which a key of {able.product} cannot do.",
            hint="Take `route` out, and name in `models` what may be called"
            " (where the proxy has configs, one can route: pin it with `config`).",
        )
