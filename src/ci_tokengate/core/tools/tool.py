"""One entry of the table of tools: how a job key reaches it, in variables and files. Values only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ci_tokengate.core.tools.model import Access, Wiring

KEY_VARIABLE = "TOKENGATE_KEY"
"""Where a config file says the key is: files never hold it."""


def nothing(_: Access) -> Mapping[str, str]:
    """The files of a tool that needs none."""
    return {}


@dataclass(frozen=True, kw_only=True)
class Tool:
    """How one coding agent or library is pointed at the proxy.

    about: one sentence for people who choose it.
    source: where its variables and settings are documented.
    env: the variables that point it at the proxy under the job key.
    files: path below `Access.folder` → text.
    blanks: variables that would lead it past the proxy; set to the empty value, which it takes as unset.
    sends_headers: it can be told to send a proxy's own headers.
    needs: what cannot be done by variables and files, for the workflow's author to do.
    """

    name: str
    about: str
    source: str
    env: Callable[[Access], Mapping[str, str]]
    files: Callable[[Access], Mapping[str, str]] = nothing
    aliases: tuple[str, ...] = ()
    blanks: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    sends_headers: bool = True

    def wiring(self, access: Access) -> Wiring:
        """What to set for this tool alone."""
        blanked = dict.fromkeys(self.blanks, "")
        return Wiring(env={**blanked, **self.env(access)}, files=dict(self.files(access)))
