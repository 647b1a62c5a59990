"""A request and its answer, as the handlers see them; pages; and whose addresses are in a body."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from ci_tokengate.sandbox.github.identity import Identity
from ci_tokengate.sandbox.github.refusals import forbidden, not_supplied, wrong_type
from ci_tokengate.sandbox.github.state import GitHubState, Json

API = "https://api.github.com"
WEB = "https://github.com"


@dataclass(frozen=True, kw_only=True)
class Call:
    """`path` is as asked, without the base; `repository` the full name it is about."""

    state: GitHubState
    path: str
    params: Mapping[str, Any]
    query: Mapping[str, str]
    identity: Identity | None
    repository: str = ""
    accept: str = ""
    body: Json = field(default_factory=dict)

    @property
    def number(self) -> int:
        return int(self.params["number"])

    @property
    def who(self) -> Identity:
        """Routes that write are closed to anonymous callers, so there is one."""
        assert self.identity is not None
        return self.identity

    def require(self, *any_of: str) -> None:
        """Raises Refusal where the token may write none of these."""
        if not any(self.who.may(what, "write") for what in any_of):
            raise forbidden(integration=self.who.app_slug is not None)

    def text(self, name: str) -> str:
        """A text that the body must have."""
        if self.body.get(name) is None:
            raise not_supplied(name)
        if not isinstance(self.body[name], str):
            raise wrong_type(name, self.body[name])
        return str(self.body[name])


@dataclass(frozen=True, kw_only=True)
class Reply:
    """`body` as bytes is sent as it is, anything else as JSON."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    media: str = "application/json; charset=utf-8"


def paged(call: Call, items: Sequence[Json], *, within: str = "") -> Reply:
    """One page, with the Link header. `within`: the list stands under this name, beside `total_count`."""
    size = min(_number(call, "per_page", 30), 100)
    page = _number(call, "page", 1)
    last = max(1, -(-len(items) // size))
    shown = list(items[(page - 1) * size : page * size])
    link = _link(call, page, last)
    body = {"total_count": len(items), within: shown} if within else shown
    return Reply(body=body, headers={"link": link} if link else {})


def _number(call: Call, name: str, default: int) -> int:
    """GitHub reads nonsense as if it were not there."""
    text = call.query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and int(text) > 0 else default


def _link(call: Call, page: int, last: int) -> str:
    relations = {}
    if page > 1:
        relations["prev"] = min(page - 1, last)
    if page < last:
        relations |= {"next": page + 1, "last": last}
    if page > 1:
        relations["first"] = 1
    return ", ".join(
        f'<{API}{call.path}?{urlencode({**call.query, "page": at})}>; rel="{name}"'
        for name, at in relations.items()
    )


def laid_over(ordinary: Any, document: Any) -> Any:
    """`document` over `ordinary`: tables are merged, all else is the document's."""
    if isinstance(ordinary, dict) and isinstance(document, dict):
        both = {k: laid_over(ordinary[k], document[k]) for k in ordinary.keys() & document.keys()}
        return {**ordinary, **document, **both}
    return document


def at_home(body: Any, api: str, web: str, name: str = "") -> Any:
    """GitHub's addresses become the double's, in fields that hold addresses and in no text."""
    if isinstance(body, dict):
        links = name == "_links"
        return {k: at_home(v, api, web, "href" if links else k) for k, v in body.items()}
    if isinstance(body, list):
        return [at_home(each, api, web, name) for each in body]
    if isinstance(body, str) and (name in ("url", "href") or name.endswith("_url")):
        return home_of(body, api, web) if name != "details_url" else body
    return body


def home_of(address: str, api: str, web: str) -> str:
    for theirs, ours in ((API, api), (WEB, web)):
        if address == theirs or address.startswith((f"{theirs}/", f"{theirs}{{")):
            return ours + address[len(theirs) :]
    return address
