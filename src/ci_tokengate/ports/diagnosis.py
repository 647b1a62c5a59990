"""What `doctor` asks besides: of the proxy, and of the code host."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # post imports this page, and should not pay for types that it only names
    from ci_tokengate.core import diagnosis as seen
    from ci_tokengate.core.keys import KeyRequest
    from ci_tokengate.core.tools.dial import Dial


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
