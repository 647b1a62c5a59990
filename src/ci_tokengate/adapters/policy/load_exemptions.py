"""Exemptions from text, each complaint with its line and column."""

from __future__ import annotations

from collections.abc import Collection

from pydantic import ValidationError

from ci_tokengate.adapters.policy.complaints import complaints
from ci_tokengate.adapters.policy.exemptions import (
    ExemptionSection,
    ExemptionsSection,
    exemption_of,
)
from ci_tokengate.adapters.policy.model import PolicyFile
from ci_tokengate.adapters.policy.yaml_tree import Path, Tree, read_tree
from ci_tokengate.core.governance.exemption import Exemption
from ci_tokengate.core.nearest import nearest
from ci_tokengate.core.policy import Policy
from ci_tokengate.errors import UsageError


def load_exemption(text: str, source: str, name: str, policy: Policy) -> Exemption:
    """One file of the folder `exemptions`. Raises PolicyError with all complaints, one a line."""
    tree = read_tree(text, source)
    try:
        section = ExemptionSection.model_validate(tree.value)
    except ValidationError as error:
        raise complaints(ExemptionSection, tree, error) from error
    _check_known(tree, (), section, policy.teams, policy.use_cases)
    rules = policy.exemption_rules
    bounds = ExemptionsSection.model_validate(
        {"max-extra": rules.max_extra, "max-days": rules.max_days}
    )
    return _exemption(tree, (), section, bounds, policy.zone, name)


def granted(file: PolicyFile, tree: Tree) -> tuple[Exemption, ...]:
    """The exemptions that stand in the policy file itself."""
    found = []
    for i, section in enumerate(file.exemptions.granted):
        place: Path = ("exemptions", "granted", i)
        _check_known(tree, place, section, file.teams, file.use_cases)
        name = f"exemptions.granted.{i}"
        found.append(_exemption(tree, place, section, file.exemptions, file.zone, name))
    return tuple(found)


def _check_known(
    tree: Tree,
    place: Path,
    section: ExemptionSection,
    teams: Collection[str],
    use_cases: Collection[str],
) -> None:
    for key, name, there in (
        ("team", section.team, teams),
        ("use-case", section.use_case, use_cases),
    ):
        if name is not None and name not in there:
            near = nearest(name, list(there))
            raise tree.error(
                tree.at((*place, key)),
                f"there is no {key.replace('-', ' ')} {name!r}.",
                f"Did you mean {near}?" if near else f"There are: {', '.join(there)}.",
            )


def _exemption(
    tree: Tree,
    place: Path,
    section: ExemptionSection,
    rules: ExemptionsSection,
    zone: str,
    name: str,
) -> Exemption:
    try:
        return exemption_of(section, rules, zone, name=name, source=tree.source)
    except UsageError as error:
        raise tree.error(tree.at((*place, "until")), error.message, error.hint) from error
