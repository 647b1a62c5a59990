"""What is true of the wiring of every tool, whatever the access."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_tokengate.core.tools.forbidden import is_forbidden
from ci_tokengate.core.tools.model import Access
from ci_tokengate.core.tools.registry import TOOLS, select, wire
from ci_tokengate.core.tools.tool import Tool

each_tool = pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)

hosts = st.from_regex(r"https?://[a-z]{1,12}(\.[a-z]{2,8}){0,2}(:[1-9][0-9]{1,3})?", fullmatch=True)
paths = st.from_regex(r"(/[a-z]{1,8}){0,2}", fullmatch=True)
names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_./\"'\\-]{0,20}", fullmatch=True)
keys = st.from_regex(r"sk-[A-Za-z0-9_-]{22}", fullmatch=True)
accesses = st.builds(
    Access,
    root=st.builds("{}{}".format, hosts, paths),
    key=keys,
    models=st.lists(names, min_size=1, max_size=5).map(tuple),
    folder=st.just("/home/runner/work/_temp/tokengate"),
)


@given(access=accesses)
def test_the_key_is_in_no_file_and_in_no_repr(access: Access) -> None:
    wiring = wire(TOOLS, access)
    assert not [path for path, text in wiring.files.items() if access.key in text]
    assert access.key not in repr(access)
    assert access.key not in repr(wiring)


@given(access=accesses)
def test_addresses_are_the_root_or_the_root_with_one_v1(access: Access) -> None:
    wiring = wire(TOOLS, access)
    texts = [*wiring.env.values(), *wiring.files.values()]
    found = [
        url
        for text in texts
        for url in re.findall(re.escape(access.root) + r"(?![^/\"\s])[^\"\s]*", text)
    ]
    assert set(found) == {access.root, f"{access.root}/v1"}


@given(access=accesses)
def test_every_value_is_one_line(access: Access) -> None:
    assert not [name for name, value in wire(TOOLS, access).env.items() if "\n" in value]


@given(access=accesses)
def test_each_tool_alone_asks_only_for_models_of_the_list(access: Access) -> None:
    for tool in TOOLS:
        env = tool.wiring(access).env
        asked = {value for name, value in env.items() if name.endswith("_MODEL") and value}
        assert {value.removeprefix("openai/") for value in asked} <= {
            name.removeprefix("openai/") for name in access.models
        }


@each_tool
def test_no_tool_sets_a_variable_that_changes_what_later_steps_run(
    tool: Tool, access: Access
) -> None:
    assert not [name for name in tool.wiring(access).env if is_forbidden(name)]


@each_tool
def test_no_tool_sends_a_tag_header(tool: Tool, access: Access) -> None:
    wiring = tool.wiring(access)
    everything = repr(dict(wiring.env)) + repr(dict(wiring.files))
    assert "litellm-tags" not in everything.lower()


@each_tool
def test_files_stay_below_the_folder_and_only_what_a_variable_points_at(
    tool: Tool, access: Access
) -> None:
    wiring = tool.wiring(access)
    for path in wiring.files:
        assert not path.startswith("/")
        assert ".." not in path.split("/")
        pointers = [v for v in wiring.env.values() if v.startswith(f"{access.folder}/")]
        assert [p for p in pointers if f"{access.folder}/{path}".startswith(p)]


@each_tool
def test_a_tool_does_not_blank_what_it_sets(tool: Tool, access: Access) -> None:
    assert not set(tool.blanks) & set(tool.env(access))


@each_tool
def test_a_tool_is_described_in_one_sentence_with_a_source(tool: Tool, access: Access) -> None:
    assert tool.about.endswith(".")
    assert tool.source.startswith("https://")


@pytest.mark.parametrize(
    "name",
    ["PATH", "Path", "LD_PRELOAD", "PYTHONPATH", "NODE_OPTIONS", "BASH_ENV", "GITHUB_ENV", "RUNNER_TEMP", "HTTPS_PROXY", "GIT_SSH_COMMAND"],
)  # fmt: skip
def test_dangerous_variables_are_forbidden_in_any_letter_case(name: str) -> None:
    assert is_forbidden(name)


@pytest.mark.parametrize("name", ["OPENAI_BASE_URL", "CODEX_HOME", "TOKENGATE_KEY", "GITLAB_X"])
def test_ordinary_variables_are_not_forbidden(name: str) -> None:
    assert not is_forbidden(name)


def test_all_tools_agree_on_every_variable_they_share(access: Access) -> None:
    assert wire(select(["auto"]), access).env
