"""Users and apps, as they stand in bodies."""

from __future__ import annotations

from typing import Any
from zlib import crc32

from ci_tokengate.sandbox.github.identity import ACTIONS, Identity
from ci_tokengate.sandbox.github.state import Json
from ci_tokengate.sandbox.github.web import API, WEB, laid_over

_KNOWN = {ACTIONS.login: 41898282, "github-actions": 15368}


def number_of(name: str) -> int:
    """An id that is the same in every run."""
    return _KNOWN.get(name, crc32(name.lower().encode()))


def user(login: str, kind: str = "User") -> Json:
    at = f"{API}/users/{login.replace('[', '%5B').replace(']', '%5D')}"
    page = f"{WEB}/apps/{login.removesuffix('[bot]')}" if kind == "Bot" else f"{WEB}/{login}"
    lists = ("followers", "subscriptions", "repos", "received_events")
    return {
        "login": login,
        "id": number_of(login),
        "node_id": f"{'BOT' if kind == 'Bot' else 'U'}_kgDO{number_of(login)}",
        "avatar_url": f"https://avatars.githubusercontent.com/u/{number_of(login)}?v=4",
        "gravatar_id": "",
        "url": at,
        "html_url": page,
        **{f"{name}_url": f"{at}/{name}" for name in lists},
        "following_url": f"{at}/following{{/other_user}}",
        "gists_url": f"{at}/gists{{/gist_id}}",
        "starred_url": f"{at}/starred{{/owner}}{{/repo}}",
        "organizations_url": f"{at}/orgs",
        "events_url": f"{at}/events{{/privacy}}",
        "type": kind,
        "user_view_type": "public",
        "site_admin": False,
    }


def user_of(document: Any, default: str = "octocat") -> Json | None:
    """The whole user of a document that names one; None where it says null: the account is gone."""
    if document is None:
        return None
    login = str(document.get("login", default))
    kind = "Bot" if login.endswith("[bot]") else "User"
    return dict(laid_over(user(login, str(document.get("type", kind))), document))


def as_document(identity: Identity) -> Json:
    return {"login": identity.login, "type": identity.type}


def app(slug: str | None, when: str) -> Json | None:
    """An app, as `performed_via_github_app` names it; None for a person's token."""
    if slug is None:
        return None
    return {
        "id": number_of(slug),
        "client_id": f"Iv1.{number_of(slug):016x}",
        "slug": slug,
        "node_id": f"A_kwDO{number_of(slug)}",
        "owner": user("github", "Organization"),
        "name": slug.replace("-", " ").title(),
        "description": "",
        "external_url": f"https://{slug}.example",
        "html_url": f"{WEB}/apps/{slug}",
        "created_at": when,
        "updated_at": when,
        "permissions": {"metadata": "read"},
        "events": [],
    }
