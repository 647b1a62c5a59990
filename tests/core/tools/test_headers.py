"""A proxy's own headers: every tool that can send some does, and the key is in no file. `TOKENGATE_WRITE_GOLDEN=1`."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_tokengate.adapters.proxies.portkey.entrance import entrance
from ci_tokengate.core.keys import JobKey
from ci_tokengate.core.site import Site
from ci_tokengate.core.tools.dial import dials
from ci_tokengate.core.tools.model import Access, access
from ci_tokengate.core.tools.registry import TOOLS, select, wire
from ci_tokengate.core.tools.tool import Tool
from tests.fakes import NOW

GOLDEN = Path(__file__).parent / "golden_headers"
ALIAS = "tokengate:acme/shop#42:9001.1:review:code-review:d36d580f"
WITHOUT = {"google-genai"}
"""Takes headers in code only."""


@pytest.fixture
def portkey(access: Access) -> Access:
    return _portkey(access)


def _portkey(plain: Access) -> Access:
    from decimal import Decimal

    site = Site(kind="portkey", url="https://api.portkey.ai", provider="@anthropic-prod")
    job = JobKey(key=plain.key, id=ALIAS, alias=ALIAS, cap=Decimal(2), expires_at=NOW)
    return access(entrance(site, job), key=plain.key, models=plain.models, folder=plain.folder)


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_a_tool_is_wired_to_portkey_as_written_down(tool: Tool, portkey: Access) -> None:
    wiring = tool.wiring(portkey)
    files = "".join(f"\n--- {path}\n{text}" for path, text in wiring.files.items())
    text = json.dumps(dict(wiring.env), indent=2, sort_keys=True) + "\n" + files
    path = GOLDEN / f"{tool.name}.txt"
    if os.environ.get("TOKENGATE_WRITE_GOLDEN"):
        path.write_text(text)
    assert path.read_text() == text
    assert portkey.key not in "".join(wiring.files.values())
    assert ("@anthropic-prod" in text) == (tool.name not in WITHOUT)


def test_all_tools_agree_on_every_variable_also_with_headers(portkey: Access) -> None:
    wired = wire(select(["auto"]), portkey)
    assert wired.env["ANTHROPIC_CUSTOM_HEADERS"].splitlines() == [
        "x-portkey-api-key: sk-job-key",
        "x-portkey-provider: @anthropic-prod",
        'x-portkey-metadata: {"tokengate_scope": "acme/shop#42", '
        '"tokengate_key": "9001.1:review:code-review:d36d580f;cap=2", "tokengate_run": "9001"}',
    ]


def _provider(text: str) -> dict[str, Any]:
    toml = pytest.importorskip("tomllib", reason="Python 3.11 and newer read TOML")
    provider: dict[str, Any] = toml.loads(text)["model_providers"]["tokengate"]
    return provider


def test_codex_reads_the_keys_header_from_its_variable(portkey: Access) -> None:
    [codex] = select(["codex"])
    wiring = codex.wiring(portkey)
    provider = _provider(wiring.files["codex/config.toml"])
    name = provider["env_http_headers"]["x-portkey-api-key"]
    assert wiring.env[name] == portkey.key
    assert provider["http_headers"]["x-portkey-provider"] == "@anthropic-prod"
    metadata = json.loads(provider["http_headers"]["x-portkey-metadata"])
    assert metadata["tokengate_scope"] == "acme/shop#42"


def test_gemini_gets_no_value_that_it_would_cut_at_a_comma(portkey: Access) -> None:
    [gemini] = select(["gemini"])
    sent = gemini.wiring(portkey).env["GEMINI_CLI_CUSTOM_HEADERS"].split(",")
    assert sent == ["x-portkey-api-key: sk-job-key", "x-portkey-provider: @anthropic-prod"]


def test_doctor_dials_with_the_headers_too(portkey: Access) -> None:
    for tool in TOOLS:
        for dial in dials(tool, portkey):
            assert (dial.headers.get("x-portkey-api-key") == portkey.key) == (
                tool.name not in WITHOUT
            )


values = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1, max_size=30)


@given(headers=st.dictionaries(st.from_regex(r"x-[a-z]{1,8}", fullmatch=True), values, max_size=3))
def test_no_header_breaks_a_tools_file(headers: dict[str, str]) -> None:
    plain = Access(root="https://p.example", key="sk-k", models=("m",), folder="/f")
    wired = wire(TOOLS, replace(plain, headers=headers, key_header="x-key"))
    assert _provider(wired.files["codex/config.toml"]).get("http_headers", {}) == headers
    opencode = json.loads(wired.files["opencode/opencode.json"])
    sent = opencode["provider"]["tokengate"]["options"]["headers"]
    assert sent == {"x-key": "{env:TOKENGATE_KEY}", **headers}
