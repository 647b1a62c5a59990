"""What no single field of the policy shows."""

from __future__ import annotations

from collections.abc import Collection

from ci_tokengate.adapters.policy.model import PolicyFile, UseCaseSection
from ci_tokengate.adapters.policy.yaml_tree import Path, Tree


def check_whole(file: PolicyFile, tree: Tree) -> None:
    """Raises PolicyError."""
    tiers = file.tiers
    if not tiers.amber < tiers.red < tiers.hard_stop:
        raise tree.error(tree.at(("tiers",)), "tiers must rise: amber < red < hard-stop.")
    if file.mode == "observe" and file.since is None:
        raise tree.error(
            tree.at(("mode",)),
            "mode: observe needs `since`, the day the observation began.",
            "Add `since: 2026-10-01`.",
        )
    _check_named(file, tree)
    _check_ids(file, tree)
    for name, use_case in file.use_cases.items():
        _check_use_case(name, use_case, tree)


def _check_named(file: PolicyFile, tree: Tree) -> None:
    """Teams and use cases that defaults and mapping name must be declared."""
    named: list[tuple[Path, str | None, Collection[str]]] = [
        (("defaults", "team"), file.defaults.team, file.teams),
        (("defaults", "use-case"), file.defaults.use_case, file.use_cases),
    ]
    for i, assignment in enumerate(file.mapping):
        named.append((("mapping", i, "team"), assignment.team, file.teams))
        named.append((("mapping", i, "use-case"), assignment.use_case, file.use_cases))
    for path, name, there in named:
        if name is not None and name not in there:
            place = ".".join(map(str, path))
            raise tree.error(
                tree.at(path),
                f"{place} names {name!r}, which is not declared.",
                f"There are: {', '.join(there)}.",
            )


def _check_ids(file: PolicyFile, tree: Tree) -> None:
    """A team at the proxy has one budget: of two names for it, each would undo what the other sets."""
    names: dict[str, str] = {}
    for name, team in file.teams.items():
        first = names.setdefault(team.id or name, name)
        if first != name:
            raise tree.error(
                tree.at(("teams", name, "id") if team.id else ("teams", name)),
                f"{name} and {first} are the same team at the proxy, {team.id or name!r}.",
                "A team there has one plan. Give each an id of its own, or make them one here.",
            )


def _check_use_case(name: str, use_case: UseCaseSection, tree: Tree) -> None:
    for key, routing in (
        ("", use_case),
        ("when-amber", use_case.when_amber),
        ("when-red", use_case.when_red),
    ):
        if routing is None:
            continue
        base: Path = ("use-cases", name, key) if key else ("use-cases", name)
        for asked, served in routing.route.items():
            if served not in routing.models:
                raise tree.error(
                    tree.at((*base, "route", asked)),
                    f"{asked} is routed to {served!r}, which is not among the models.",
                    f"Add it to models, or route to one of: {', '.join(routing.models)}.",
                )
    if use_case.cap_per_pr is not None and use_case.cap_per_pr < use_case.cap_per_run:
        raise tree.error(
            tree.at(("use-cases", name, "cap-per-run")),
            f"cap-per-run of {name} is above its cap-per-pr, so it can never be reached.",
        )
