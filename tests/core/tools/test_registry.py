"""Choosing tools by name, and wiring several of them together."""

from __future__ import annotations

import pytest

from ci_tokengate.core.tools.model import Access
from ci_tokengate.core.tools.registry import TOOLS, select, wire
from ci_tokengate.core.tools.tool import Tool
from ci_tokengate.core.tools.unproxied import UNPROXIED
from ci_tokengate.errors import UsageError


def names(*asked: str) -> list[str]:
    return [tool.name for tool in select(asked)]


def made_up(name: str, value: str, files: dict[str, str] | None = None) -> Tool:
    return Tool(
        name=name,
        about="Made up.",
        source="https://example.com",
        env=lambda _: {"ADDRESS": value},
        files=lambda _: files or {},
    )


def test_auto_is_every_tool() -> None:
    assert select(["auto"]) == TOOLS


def test_auto_and_a_name_is_still_every_tool_once() -> None:
    assert select(["codex", "auto"]) == TOOLS


def test_tools_come_in_the_order_of_the_table_each_once() -> None:
    assert names("codex", "claude-code", "codex") == ["claude-code", "codex"]


def test_an_alias_is_its_tool() -> None:
    assert names("claude", "codex-action", "run-gemini-cli", "qwen") == [
        "claude-code", "codex", "gemini", "qwen-code",
    ]  # fmt: skip


def test_letter_case_and_space_around_a_name_do_not_matter() -> None:
    assert names(" Codex ", "") == ["codex"]


def test_no_name_at_all_is_a_usage_error_that_lists_the_tools() -> None:
    with pytest.raises(UsageError, match="No tool") as error:
        select(["", " "])
    assert "claude-code" in error.value.hint


def test_an_unknown_name_is_a_usage_error_with_the_nearest_match_and_the_list() -> None:
    with pytest.raises(UsageError, match="Did you mean 'claude-code'") as error:
        select(["claud-code"])
    assert "auto, claude-code, codex" in error.value.hint


def test_a_name_like_no_other_has_no_nearest_match() -> None:
    with pytest.raises(UsageError) as error:
        select(["zzz"])
    assert error.value.message == "There is no tool 'zzz'."


@pytest.mark.parametrize("name", UNPROXIED)
def test_a_tool_that_cannot_be_proxied_is_refused_with_the_reason(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be brought to the proxy") as error:
        select(["codex", name])
    assert UNPROXIED[name] in error.value.message


def test_no_name_means_two_tools() -> None:
    known = [name for tool in TOOLS for name in (tool.name, *tool.aliases)]
    assert len(known) == len(set(known))
    assert not set(known) & {*UNPROXIED, "auto"}


def test_tools_that_agree_are_merged(access: Access) -> None:
    wiring = wire(select(["claude-code", "anthropic", "codex"]), access)
    assert wiring.env["ANTHROPIC_BASE_URL"] == access.root
    assert set(wiring.files) == {"codex/config.toml"}


def test_a_conflict_names_both_tools_and_the_variable(access: Access) -> None:
    with pytest.raises(
        UsageError, match="'one' and 'two' need different values of the variable ADDRESS"
    ):
        wire([made_up("one", "a"), made_up("two", "b")], access)


def test_a_value_against_a_blank_is_a_conflict_too(access: Access) -> None:
    with pytest.raises(UsageError, match="ADDRESS"):
        wire([made_up("one", "a"), made_up("two", "")], access)


def test_two_texts_for_one_file_are_a_conflict(access: Access) -> None:
    with pytest.raises(UsageError, match=r"the file x\.json"):
        wire([made_up("one", "a", {"x.json": "1"}), made_up("two", "a", {"x.json": "2"})], access)


def test_without_a_model_nothing_can_be_wired() -> None:
    access = Access(root="https://llm.acme.example", key="sk-x", models=(), folder="/private")
    with pytest.raises(UsageError, match="No model"):
        wire(TOOLS, access)
