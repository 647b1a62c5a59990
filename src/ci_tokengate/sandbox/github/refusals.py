"""GitHub's ways of saying no. `documentation_url` is that of the route.

Source: https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api, and the
recorded answers of npm's @octokit/fixtures.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

REST = "https://docs.github.com/rest"


class Refusal(Exception):  # noqa: N818 (an answer, not a fault)
    """Ends a request. `documentation` is a whole address, or what comes after REST, or None for the route's."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        documentation: str | None = None,
        errors: list[dict[str, Any]] | None = None,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(status, message)
        self.status, self.message = status, message
        self.documentation, self.errors = documentation, errors
        self.headers, self.more = dict(headers or {}), dict(more or {})

    def body(self, route: str) -> dict[str, Any]:
        said: dict[str, Any] = {"message": self.message}
        if self.errors is not None:
            said["errors"] = self.errors
        where = f"{REST}/{route}" if route else REST
        return {
            **said,
            **self.more,
            "documentation_url": self.documentation or where,
            "status": str(self.status),
        }


def bad_credentials() -> Refusal:
    return Refusal(401, "Bad credentials", documentation=REST)


def no_credentials() -> Refusal:
    return Refusal(401, "Requires authentication")


def missing() -> Refusal:
    return Refusal(404, "Not Found")


def forbidden(*, integration: bool) -> Refusal:
    who = "integration" if integration else "personal access token"
    return Refusal(403, f"Resource not accessible by {who}")


def locked() -> Refusal:
    return Refusal(
        403,
        "Unable to create comment because issue is locked.",
        documentation="https://docs.github.com/articles/locking-conversations/",
    )


def not_json() -> Refusal:
    return Refusal(400, "Problems parsing JSON")


def not_supplied(name: str) -> Refusal:
    return Refusal(422, f'Invalid request.\n\n"{name}" wasn\'t supplied.')


def wrong_type(name: str, value: Any) -> Refusal:
    return Refusal(422, f"Invalid request.\n\nFor 'properties/{name}', {value!r} is not a string.")


def invalid(resource: str, code: str, field: str, message: str | None = None) -> Refusal:
    error = {"resource": resource, "code": code, "field": field}
    if message is not None:
        error["message"] = message
    return Refusal(422, "Validation Failed", errors=[error])


def moved(location: str, *, safe: bool) -> Refusal:
    """A renamed repository: 301 for reads, 307 for all else, so that the method stays."""
    return Refusal(
        301 if safe else 307,
        "Moved Permanently",
        documentation=f"{REST}/guides/best-practices-for-using-the-rest-api#follow-redirects",
        headers={"location": location},
        more={"url": location},
    )
