"""docs/scan.md, the migration notes and CONTRIBUTING's table are those of the code."""

from __future__ import annotations

import json
import re

import pytest

from ci_tokengate.cli.inventory import inventory
from ci_tokengate.cli.scan import scan
from ci_tokengate.scan.suppress import OTHERS
from tests.docs.tables import ROOT

TEXT = (ROOT / "docs" / "scan.md").read_text("utf-8")
SCHEMA = json.loads((ROOT / "schema" / "scan.schema.json").read_text("utf-8"))
OURS = re.compile(r"(?:ci-tokengate )?(?:scan|inventory)\b")
PAGES = ("scan.md", "migrating-from-gitleaks.md", "migrating-from-detect-secrets.md")


def test_every_field_of_the_json_is_explained() -> None:
    fields = [*SCHEMA["properties"], *SCHEMA["properties"]["summary"]["properties"]]
    fields += SCHEMA["properties"]["findings"]["items"]["required"]
    fields += SCHEMA["properties"]["left_out"]["items"]["required"]
    told = set(re.findall(r"`([a-z_]+)(?:\[\])?`", TEXT))
    assert set(fields) - told == set()


@pytest.mark.parametrize("page", PAGES)
def test_every_option_that_is_named_is_there(page: str) -> None:
    text = (ROOT / "docs" / page).read_text("utf-8")
    known = {name for command in (scan, inventory) for p in command.params for name in p.opts}
    ours = [part for part in re.findall(r"`([^`]*)`", text) if OURS.match(part)]
    named = {option for part in ours for option in re.findall(r"--[a-z-]+", part)}
    assert named
    assert named - known == set()


def test_every_scanner_that_is_honoured_on_request_can_be_asked_for() -> None:
    [honor] = [p for p in scan.params if "--honor" in p.opts]
    assert list(honor.type.choices) == list(OTHERS)  # type: ignore[attr-defined]


def test_every_dependency_has_a_row_that_says_why() -> None:
    rows = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("## Dependencies")[2].lower()
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    lists = re.findall(r"^(?:dependencies|sandbox|scan|dev) = \[(.*?)\]\s*$", project, re.M | re.S)
    names = set(re.findall(r'"([a-z][a-z0-9.-]+)', "".join(lists))) - {"ci-tokengate"}
    assert len(names) > 20
    assert {name for name in names if name not in rows} == set()
