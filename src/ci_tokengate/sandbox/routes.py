"""Which request is whose."""

from __future__ import annotations

from collections.abc import Callable

from ci_tokengate.sandbox import activity, keys, members, minting, models, spend, teams, users
from ci_tokengate.sandbox.state import State
from ci_tokengate.sandbox.web import Call, Reply

Handler = Callable[[State, Call], Reply]

MANAGEMENT: list[tuple[str, str, Handler]] = [
    ("POST", "/team/new", teams.new),
    ("GET", "/team/info", teams.info),
    ("GET", "/v2/team/list", teams.list_teams),
    ("GET", "/team/daily/activity", activity.of_teams),
    ("POST", "/team/update", teams.update),
    ("POST", "/team/member_add", members.add),
    ("POST", "/team/permissions_update", members.permit),
    ("POST", "/user/new", users.new),
    ("GET", "/user/list", users.list_users),
    ("POST", "/key/generate", minting.generate),
    ("GET", "/key/info", keys.info),
    ("GET", "/key/list", keys.list_keys),
    ("POST", "/key/delete", keys.delete),
    ("POST", "/key/block", keys.block),
    ("GET", "/v1/models", models.names),
    ("GET", "/models", models.names),
    ("GET", "/model_group/info", models.groups),
    ("GET", "/v2/model/info", models.catalogue),
    ("GET", "/spend/logs/v2", spend.page_of_logs),
    ("GET", "/spend/logs", spend.logs),
]
LLM = [
    "/v1/messages",
    "/v1/messages/count_tokens",
    "/v1/chat/completions",
    "/chat/completions",
    "/v1/responses",
    "/responses",
    "/v1beta/models/{target:path}",
    "/models/{target:path}",
]
