"""What an organisation has.

Source: https://docs.github.com/rest/repos/repos#list-organization-repositories
"""

from __future__ import annotations

from ci_tokengate.sandbox.github.refusals import missing
from ci_tokengate.sandbox.github.repositories import whole
from ci_tokengate.sandbox.github.web import Call, Reply, paged


def list_repositories(call: Call) -> Reply:
    """In the order they were laid down. An organisation with nothing on its shelves is none."""
    org = str(call.params["org"]).lower()
    mine = {name: s for name, s in call.state.shelves.items() if name.lower().startswith(f"{org}/")}
    if not mine:
        raise missing()
    bodies = [
        whole(call.state, name, fork=shelf.fork) | {"archived": shelf.archived}
        for name, shelf in mine.items()
    ]
    return paged(call, bodies)
