"""The outside world on one page. Adapters implement these; fakes in the tests do too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # post imports this page, and should not pay for types that it only names
    from ci_tokengate.core import diagnosis as seen
    from ci_tokengate.core.budget import TeamBudget
    from ci_tokengate.core.capabilities import Capabilities
    from ci_tokengate.core.comments import Comment
    from ci_tokengate.core.context import PullRequest
    from ci_tokengate.core.cost import Unpriced
    from ci_tokengate.core.keys import (
        Credential,
        Handle,
        JobKey,
        KeyRecord,
        KeyRequest,
    )
    from ci_tokengate.core.postings import Posted
    from ci_tokengate.core.tools.dial import Dial
    from ci_tokengate.core.usage import UsageRow
    from ci_tokengate.scan.inventory.census import Hosted, Tree


class LostAnswer(Exception):  # noqa: N818 - not an error: an outcome of `mint` that is neither yes nor no
    """A mint was sent and its answer never came: a key may exist under the alias."""


class Proxy(Protocol):
    """An attribution proxy, seen with the minting credential. Money is USD, times are UTC.

    Every call may raise ProxyUnavailableError, DeadlineError or CredentialError.
    """

    @property
    def capabilities(self) -> Capabilities: ...

    def credential(self) -> Credential: ...

    def team_budget(self, team_id: str) -> TeamBudget:
        """Raises UsageError for an unknown team, UndecidedError where spend is null or NaN."""
        ...

    def live_keys(self, *, prefix: str, team_id: str | None = None) -> list[KeyRecord]:
        """Keys that could still spend, whose alias starts with `prefix`; at once after a mint."""
        ...

    def keys(
        self, *, prefix: str, part: str = "", since: datetime | None = None
    ) -> list[KeyRecord]:
        """The same, expired keys included. `part` stands anywhere in the alias, in any case of letters.

        With `since`, only what was minted then or later has to be among them.
        """
        ...

    def revoked_keys(
        self, *, prefix: str, part: str = "", since: datetime | None = None
    ) -> list[KeyRecord]:
        """Keys that were revoked, as far back as the proxy remembers them."""
        ...

    def usage_by_alias(self, prefix: str, *, since: datetime, part: str = "") -> Iterable[UsageRow]:
        """All rows, oldest first, of keys whose alias starts with `prefix`; read as it is consumed.

        `part` stands anywhere in the alias, to the letter.
        """
        ...

    def spent_by_alias(self, prefix: str, *, since: datetime) -> Mapping[str, Decimal]:
        """What `usage_by_alias` adds up to for each alias (USD), in as few questions as the proxy allows:
        the gate has half a minute, however many jobs a pull request has had."""
        ...

    def log_size(self, prefix: str, *, since: datetime, part: str = "") -> int:
        """A number that each new row of these keys makes larger: tells without a reading that none came."""
        ...

    def log_begins(self, *, since: datetime) -> datetime | None:
        """When the oldest row begins that the log has of any of our keys, or None where it has none."""
        ...

    def usage_of(self, key_id: str, *, since: datetime | None = None) -> Iterable[UsageRow]:
        """All rows of one key; without `since`, of as long as a job key can have lived."""
        ...

    def mint(self, request: KeyRequest) -> JobKey:
        """Raises LostAnswer when the key may exist all the same; never repeats by itself."""
        ...

    def missing_models(self, job_key: str, models: Iterable[str]) -> list[str]:
        """Those of `models` that the proxy does not serve to this key."""
        ...

    def budget_spent(self, handle: Handle, job_key: str) -> bool | None:
        """Whether the proxy refuses the key for its budget right now; None where it cannot say."""
        ...

    def revoke(self, handle: Handle) -> bool:
        """The key is dead when this returns: True if it was there, False if it never was or is gone.

        With an alias only, the alias is taken as well, so that a mint in flight fails.
        """
        ...


class Diagnosis(Protocol):
    """What `doctor` asks of a proxy besides. Nothing but a `knock` that is paid for can spend.

    Every call may raise ProxyUnavailableError, DeadlineError, UsageError or CredentialError.
    """

    def health(self) -> seen.Health: ...

    def minter(self, model: str) -> seen.Minter:
        """`model` is one that a job may use, and the minting credential must not."""
        ...

    def trial(self, request: KeyRequest) -> seen.Trial:
        """Tries to mint a key of cap 0. Whatever comes of it, `forget` its alias afterwards."""
        ...

    def bounds(self, request: KeyRequest) -> Iterable[seen.Bound]:
        """The ceilings, asked for under the alias of a `trial` that lives: none of it is minted."""
        ...

    def forget(self, alias: str) -> None:
        """No key has this alias when this returns, whatever time the command has left."""
        ...

    def knock(
        self, dial: Dial, *, paid: bool = False, headers: Mapping[str, str] | None = None
    ) -> seen.Knock:
        """Makes a tool's request: whole if `paid`, else without a question in it; with `headers` besides."""
        ...

    def forgery(self) -> Mapping[str, str]:
        """Headers by which a job would have its calls counted as another's."""
        ...

    def remedy(self, lack: seen.Lack | seen.Ceiling, **about: str) -> str:
        """What an operator changes at this kind of proxy. Also takes a Ceiling that is missing."""
        ...


class CommentRights(Protocol):
    def comment_right(self, repository: str) -> seen.CommentRight:
        """May the token comment there? Nothing is written. Raises UndecidedError."""
        ...


class PriceBook(Protocol):
    """What providers ask for by their lists."""

    def __call__(self, calls: Unpriced, /) -> Decimal | None:
        """USD for these calls, or None where the book does not know the model."""
        ...


class RunState(Enum):
    """What the code host says of one attempt of a run."""

    RUNNING = "running"
    FINISHED = "finished"
    UNKNOWN = "unknown"


class CodeHost(Protocol):
    """GitHub, or a GitHub Enterprise server."""

    def file_at(self, repository: str, path: str, ref: str) -> str | None:
        """The file's text at that commit, or None where there is none."""
        ...

    def files_in(self, repository: str, folder: str, ref: str) -> list[str]:
        """Paths of the files in that folder at that commit, sorted; none where there is no such folder."""
        ...

    def pull_request(self, repository: str, number: int) -> PullRequest: ...

    def run_state(self, repository: str, run_id: str, attempt: int) -> RunState: ...

    def pulls_of_head(
        self, repository: str, owner: str, branch: str, sha: str
    ) -> list[PullRequest]:
        """Pull requests, open or not, whose head is `owner:branch` at `sha`; newest first."""
        ...

    def pulls_since(self, repository: str, since: datetime) -> Iterable[PullRequest]:
        """Pull requests that were updated after `since`, the latest first."""
        ...


class Comments(Protocol):
    """The comments on one pull request, seen with the token that writes them.

    Every call may raise UsageError (no such pull request, locked, no permission) or UndecidedError
    (limits, outages); after an UndecidedError a write may have taken effect all the same.
    """

    def mine(self, marker: str) -> list[Comment]:
        """Comments by this token's own author that bear `marker` (core.postings), oldest first; all pages."""
        ...

    def create(self, body: str) -> Comment: ...

    def edit(self, comment: Comment, body: str) -> Comment | None:
        """None where it is gone."""
        ...

    def delete(self, comment: Comment) -> None:
        """No error where it is gone."""
        ...

    def hide(self, comment: Comment) -> None:
        """Folded away as outdated."""
        ...


class Board(Protocol):
    """Where a report stands and is brought up to date: issues, discussions.

    Every call may raise UsageError (no permission, no such place) or UndecidedError.
    """

    def put(self, title: str, body: str, marker: str, since: datetime) -> Posted:
        """The one of this token's own author that bears `marker`, made after `since`; else a new one."""
        ...


class Channel(Protocol):
    """Where a report is told once."""

    def post(self, message: Mapping[str, object]) -> Posted:
        """Raises UsageError where the address is refused, UndecidedError where it cannot be now."""
        ...


class Organisation(Protocol):
    """An organisation's repositories at the code host.

    Every call may raise UsageError (this one cannot be read) or UndecidedError (none can: limits, outages).
    """

    def repositories(self) -> Iterable[Hosted]: ...

    def tree(self, one: Hosted) -> Tree:
        """Of its default branch."""
        ...

    def blob(self, one: Hosted, sha: str) -> bytes: ...


class Runner(Protocol):
    """The CI runner's files and commands."""

    def mask(self, secret: str) -> None: ...

    def state(self, name: str, value: str) -> None: ...

    def output(self, name: str, value: str) -> None: ...

    def export(self, env: Mapping[str, str]) -> None: ...

    def annotate(self, level: str, title: str, text: str) -> None: ...

    def summary(self, markdown: str) -> None: ...


class Clock(Protocol):
    def now(self) -> datetime:
        """The time in UTC."""
        ...

    def sleep(self, seconds: float) -> None: ...


def total(rows: Iterable[UsageRow]) -> Decimal:
    """The rows' spend, added exactly (USD)."""
    return sum((row.spend for row in rows), Decimal(0))
