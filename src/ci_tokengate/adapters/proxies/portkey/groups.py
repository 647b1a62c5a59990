"""Job keys as analytics know them: by the scope and the tail of their alias, which are metadata of their calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ci_tokengate.adapters.proxies.portkey import analytics, bodies, labels
from ci_tokengate.adapters.proxies.portkey.analytics import Query
from ci_tokengate.adapters.proxies.rest import Rest
from ci_tokengate.core.alias import PREFIX


@dataclass(frozen=True, kw_only=True)
class Key:
    """`label` is its metadata's value; cap in USD, cents as its group tells them."""

    alias: str
    label: str
    cap: Decimal | None
    requests: int
    cents: Decimal
    last_seen: datetime | None


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Keys of one pull request or ref in one workspace; `whole`: none of those that `query` finds is left out."""

    query: Query
    keys: tuple[Key, ...]
    whole: bool

    def of(self, key: Key) -> Query:
        return self.query.having(**{labels.KEY: key.label})


def scopes(calls: Rest, prefix: str, part: str, query: Query) -> Iterator[Scope]:
    """With the keys whose alias starts with `prefix` and has `part` in it, in any case of letters."""
    if part.startswith(":") and part.endswith("."):
        query = query.having(**{labels.RUN: labels.cut(part[1:-1])})
    for name in _names(calls, prefix, query):
        its = query.having(**{labels.SCOPE: labels.cut(name)})
        every = [_key(name, g) for g in analytics.by_metadata(calls, labels.KEY, its)]
        kept = tuple(
            key
            for key in every
            if key.alias.startswith(prefix) and part.lower() in key.alias.lower()
        )
        if kept:
            yield Scope(query=its, keys=kept, whole=len(kept) == len(every))


def _names(calls: Rest, prefix: str, query: Query) -> Iterable[str]:
    """One where the prefix is of one; else those that analytics know."""
    rest = prefix.removeprefix(PREFIX)
    scope, colon, _ = rest.partition(":")
    if colon:
        return [scope]
    known = (g.metadata_value or "" for g in analytics.by_metadata(calls, labels.SCOPE, query))
    return [name for name in known if name.startswith(rest)]


def _key(scope: str, group: bodies.Group) -> Key:
    label = group.metadata_value or ""
    tail, cap = labels.read_key_label(label)
    return Key(
        alias=f"{PREFIX}{scope}:{tail}",
        label=label,
        cap=cap,
        requests=int(group.requests or 0),
        cents=group.cost or Decimal(0),
        last_seen=group.last_seen,
    )
