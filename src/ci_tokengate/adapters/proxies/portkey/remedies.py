"""What an operator of Portkey changes, for each thing that `doctor` can find undone."""

from __future__ import annotations

from collections.abc import Mapping

from ci_tokengate.core.diagnosis import Ceiling, Lack

_SCOPES = (
    "workspace_service_api_keys.create, .read, .list, .delete, analytics.view, workspaces.read"
)
_MAKE = f"make a service key in the team's workspace with the scopes {_SCOPES} (docs/portkey.md)"

_REMEDIES: Mapping[Lack | Ceiling, str] = {
    Lack.DATABASE: "see Portkey's status page, or whoever hosts its control plane",
    Lack.UPGRADE: "upgrade the self-hosted gateway to 1.10.20 or newer",
    Lack.LEAST_PRIVILEGE: _MAKE,
    Lack.OWNER: _MAKE,
    Lack.RIGHTS: "in Portkey, API Keys: add them to the minting key's scopes",
    Lack.EXPIRY: "rotate it before then: make a new one and set the secret that proxy-key comes from",
    Lack.MEMBERSHIP: "make the minting key in workspace {team}: a workspace's key mints for no other",
    Lack.PERMISSION: "add workspace_service_api_keys.create to the minting key's scopes",
    Lack.TEAM: "set the team's `id` in the policy to its workspace's slug (ws-…), or create the workspace",
    Lack.TEAM_BUDGET: "in Portkey, Workspaces: give {team} a usage limit of ${amount}",
    Lack.BLOCKED: "unarchive workspace {team} in Portkey",
    Lack.RESET: "in Portkey, Workspaces: let the usage limit of {team} reset monthly",
    Lack.SERVED: "add it to the workspace's model catalogue, or use a name that is there",
    Ceiling.LIFETIME: "in Portkey, organisation or workspace settings: set a maximum TTL of API keys",
    Ceiling.EXPIRY: "in Portkey, organisation or workspace settings: set a maximum TTL of API keys",
    Ceiling.CAP: "in Portkey, Workspaces: give it a usage limit, which ends what a leaked key could spend",
    Ceiling.CAPPED: "in Portkey, Workspaces: give it a usage limit, which ends what a leaked key could spend",
    Ceiling.PARALLEL: "in Portkey, Workspaces: give it a rate limit",
    Ceiling.TEAM: _MAKE,
}


def remedy(lack: Lack | Ceiling, **about: str) -> str:
    return _REMEDIES[lack].format_map(about)
