"""What an operator of LiteLLM changes, for each thing that `doctor` can find undone.

Source: https://docs.litellm.ai/docs/proxy/virtual_keys and the README's "Setting up LiteLLM".
"""

from __future__ import annotations

from collections.abc import Mapping

from ci_tokengate.core.diagnosis import Ceiling, Lack

_UPPER = "litellm_settings.upperbound_key_generate_params"
_TEAM_KEYS = "litellm_settings.key_generation_settings.team_key_generation"
_ROUTES = (
    '["/key/generate", "/key/delete", "/key/info", "/key/list", "/team/info", "/spend/logs/v2"]'
)

_REMEDIES: Mapping[Lack | Ceiling, str] = {
    Lack.DATABASE: "start the database of DATABASE_URL (general_settings.database_url): without it "
    "LiteLLM knows no keys and no budgets",
    Lack.UPGRADE: "upgrade LiteLLM to 1.106 or newer",
    Lack.LEAST_PRIVILEGE: 'make a minting key with {{"user_id": "ci-minter", "models": '
    '["no-default-models"], "allowed_routes": ' + _ROUTES + "}} and use that "
    "(README, Setting up LiteLLM)",
    Lack.OWNER: 'mint it anew with {{"user_id": "ci-minter"}}: keys without a user can be neither '
    "listed nor deleted",
    Lack.RIGHTS: 'as admin: POST /key/update {{"key": "{key}", "allowed_routes": ' + _ROUTES + "}}",
    Lack.EXPIRY: "rotate it before then: mint a new one and set the secret that proxy-key comes from",
    Lack.MEMBERSHIP: 'as admin: POST /team/member_add {{"team_id": "{team}", '
    '"member": {{"role": "user", "user_id": "{user}"}}}}',
    Lack.PERMISSION: 'as admin: POST /team/permissions_update {{"team_id": "{team}", '
    '"team_member_permissions": ["/key/generate", "/key/delete", "/key/info", "/key/list"]}}',
    Lack.TEAM: "set the team's `id` in the policy to its team_id at the proxy, "
    'or as admin: POST /team/new {{"team_id": "{team}"}}',
    Lack.TEAM_BUDGET: 'as admin: POST /team/update {{"team_id": "{team}", "max_budget": {amount}}}',
    Lack.BLOCKED: 'as admin: POST /team/unblock {{"team_id": "{team}"}}',
    Lack.RESET: 'as admin: POST /team/update {{"team_id": "{team}", "budget_duration": "30d"}}',
    Lack.SERVED: "add it to the proxy's model_list, or use a name that is there",
    Ceiling.LIFETIME: f'set {_UPPER}.duration: "1h"',
    Ceiling.EXPIRY: f"set {_TEAM_KEYS}.required_params: "
    f'[duration, max_budget], and {_UPPER}.duration: "1h"',
    Ceiling.CAP: f"set {_UPPER}.max_budget: 20.0",
    Ceiling.CAPPED: f"set {_TEAM_KEYS}.required_params: "
    f"[duration, max_budget], and {_UPPER}.max_budget: 20.0",
    Ceiling.PARALLEL: f"set {_UPPER}.max_parallel_requests: 8",
    Ceiling.TEAM: "set litellm_settings.key_generation_settings.personal_key_generation: "
    "{{allowed_user_roles: [proxy_admin]}}",
}


def remedy(lack: Lack | Ceiling, **about: str) -> str:
    return _REMEDIES[lack].format_map(about)
