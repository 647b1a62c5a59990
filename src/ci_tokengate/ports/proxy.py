"""The attribution proxy, as gate, mint, reckoning and sweep see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # post imports this page, and should not pay for types that it only names
    from ci_tokengate.core.budget import TeamBudget
    from ci_tokengate.core.capabilities import Capabilities
    from ci_tokengate.core.keys import Credential, Handle, JobKey, KeyRecord, KeyRequest
    from ci_tokengate.core.usage import UsageRow


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
