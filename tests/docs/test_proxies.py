"""What docs/portkey.md and docs/openrouter.md say is so."""

from __future__ import annotations

import re

import pytest

from ci_tokengate.adapters.policy.load import load_policy
from ci_tokengate.adapters.proxies.openrouter.keys import _KEPT
from ci_tokengate.sandbox.portkey.keys import SCOPES
from ci_tokengate.wiring.capabilities import CAPABILITIES
from ci_tokengate.wiring.proxies import KINDS
from tests.docs.tables import PAGES, ROOT, with_tables
from tests.docs.test_readme import fenced

PORTKEY = (ROOT / "docs" / "portkey.md").read_text("utf-8")
OPENROUTER = (ROOT / "docs" / "openrouter.md").read_text("utf-8")


def test_the_tables_are_those_of_the_code() -> None:
    for page in PAGES:
        text = page.read_text("utf-8")
        assert with_tables(text) == text, "run `python -m tests.docs.tables`"


def test_each_kind_of_proxy_says_what_it_can_do_and_the_policy_takes_it() -> None:
    assert tuple(CAPABILITIES) == KINDS
    for kind in KINDS:
        text = (
            f"version: 1\nproxy: {{kind: {kind}}}\nteams: {{t: {{}}}}\n"
            "use-cases: {u: {models: [m], cap-per-run: 1}}\n"
        )
        assert load_policy(text, "p").proxy_kind == kind


@pytest.mark.parametrize(("text", "kind"), [(PORTKEY, "portkey"), (OPENROUTER, "openrouter")])
def test_the_policy_that_is_shown_is_right(text: str, kind: str) -> None:
    [shown] = [block for block in fenced("yaml", text=text) if "use-cases:" in block]
    policy = load_policy(shown, "docs")
    assert (policy.proxy_kind, policy.default_team) == (kind, "payments-squad")


def test_the_scopes_that_are_told_are_those_that_the_sandboxs_minting_key_has() -> None:
    [told] = re.findall(r"<!-- scopes -->\n *```\n(.*?)```", PORTKEY, re.DOTALL)
    assert {*told.split(), "workspaces.list"} == set(SCOPES)


def test_the_times_that_are_told_are_those_of_the_code() -> None:
    assert CAPABILITIES["portkey"].settles_after.total_seconds() == 120
    assert "two minutes after the last call or key" in PORTKEY
    assert f"more than {_KEPT.days} days ago" in OPENROUTER
