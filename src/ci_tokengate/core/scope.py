"""What a cost is asked for: a pull request, a branch or a run, as the aliases of its keys tell it."""

from __future__ import annotations

from dataclasses import dataclass

from ci_tokengate.core.alias import PREFIX, parse_alias, run_part, scope_prefix


@dataclass(frozen=True, kw_only=True)
class Scope:
    """All keys whose alias starts with `repository` (in any case of letters) and `rest` (to the
    letter), and of them one run's or all.

    GitHub takes Acme/Shop and acme/shop for the same, while branches differ by case.
    """

    repository: str
    rest: str = ""
    run_id: str = ""

    @property
    def prefix(self) -> str:
        """As it was asked for."""
        return self.repository + self.rest

    @property
    def part(self) -> str:
        """What to search a proxy's aliases for, which may look for it without regard to case."""
        return run_part(self.run_id) if self.run_id else self.prefix

    def holds(self, alias: str) -> bool:
        """The alias belongs to it."""
        same = alias[: len(self.repository)].lower() == self.repository.lower()
        if not same or not alias.startswith(self.rest, len(self.repository)):
            return False
        parsed = parse_alias(alias) if self.run_id else None
        return not self.run_id or (parsed is not None and parsed.run_id == self.run_id)

    def spelling(self, alias: str) -> str:
        """The prefix as this alias has it, for a log that is searched to the letter."""
        return alias[: len(self.prefix)]


def of_pull_request(repository: str, number: int) -> Scope:
    return _of(repository, str(number))


def of_branch(repository: str, branch: str) -> Scope:
    """`branch` is a name or a full ref; jobs of its pull request are not among them."""
    return _of(repository, branch if branch.startswith("refs/") else f"refs/heads/{branch}")


def of_repository(repository: str) -> Scope:
    """All its pull requests, branches and runs."""
    return Scope(repository=scope_prefix(repository, "").removesuffix(":"))


def of_run(repository: str, run_id: str) -> Scope:
    """All attempts of the run, whatever it ran for."""
    head = scope_prefix(repository, "").removesuffix(":") if repository else PREFIX
    return Scope(repository=head, run_id=run_id)


def _of(repository: str, scope: str) -> Scope:
    head = scope_prefix(repository, "").removesuffix(":")
    return Scope(repository=head, rest=scope_prefix(repository, scope).removeprefix(head))
