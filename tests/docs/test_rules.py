"""The pages of the rules are those of the rules."""

from __future__ import annotations

from ci_tokengate.scan.all_rules import all_rules
from tests.docs.rules import FOLDER, pages
from tests.docs.tables import ROOT


def test_each_rule_has_its_page_and_no_page_is_without_a_rule() -> None:
    written = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.md")}
    assert written == pages(), "run `python -m tests.docs.rules`"


def test_the_link_of_a_rule_leads_to_its_page_and_its_id_is_its_file() -> None:
    for rule_id, rule in all_rules().items():
        assert rule.link == f"docs/rules/{rule_id.lower()}.md"
        assert (ROOT / rule.link).exists()
        assert (ROOT / f"src/ci_tokengate/scan/rules/{rule_id.lower()}.py").exists()
