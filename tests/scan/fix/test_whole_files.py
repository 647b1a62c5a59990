"""`--fix` on workflows as people write them: `workflows/`, odd indentation, comments, anchors and all."""

from __future__ import annotations

import difflib
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from ci_tokengate.scan.fix import Rewrite, rewrite_file
from ci_tokengate.scan.flows import Options
from tests.scan.flows.cases import PATH, found

FILES = sorted(Path(__file__).with_name("workflows").glob("*.yml"))
NAMES = [file.stem for file in FILES]
ASKS = r"steps\.[\w-]+\.outcome == (?:''success''|'success')"
MENDED = {"TG003", "TG004", "TG005"}
WORKFLOWS = pytest.mark.parametrize("file", FILES, ids=NAMES)


def rewritten(data: bytes) -> Rewrite:
    return rewrite_file(PATH, data, read=lambda path: None, options=Options())


def rules(data: bytes) -> set[str]:
    return {finding.rule for finding in found(data.decode())}


def test_there_are_many_of_them() -> None:
    assert len(FILES) >= 60


@WORKFLOWS
def test_the_result_passes_the_scan(file: Path) -> None:
    before = file.read_bytes()
    assert rules(before) & MENDED
    after = rewritten(before)
    assert rules(after.after) <= rules(before) - MENDED
    assert all("callers must hand on" in sentence for sentence in after.left)


@WORKFLOWS
def test_a_second_run_changes_nothing(file: Path) -> None:
    once = rewritten(file.read_bytes()).after
    again = rewritten(once)
    assert (again.after, again.changes) == (once, ())


@WORKFLOWS
def test_what_was_not_meant_parses_to_the_same(file: Path) -> None:
    """By another parser than the one that the rewrite looks with."""
    before = YAML(typ="safe").load(file.read_text("utf-8"))
    after = YAML(typ="safe").load(rewritten(file.read_bytes()).after.decode())
    told = list(differences(before, after, ()))
    assert told != []
    assert [one for one in told if not meant(*one)] == []


@WORKFLOWS
def test_every_line_but_the_changed_values_stays_with_its_comments(file: Path) -> None:
    before = file.read_text("utf-8").split("\n")
    after = rewritten(file.read_bytes()).after.decode().split("\n")
    for line in difflib.ndiff(before, after):
        if line.startswith("- "):
            assert re.search(
                r"secrets|vars\.|api\.\w+\.com|env: *$|permissions: *\{|tools:", line
            ) or asks_more(line[2:], after)
            if line.strip("- ").startswith("#"):
                pytest.fail(f"a comment is gone: {line}")


@WORKFLOWS
def test_line_ends_mark_and_a_missing_last_one_stay(file: Path) -> None:
    data = file.read_bytes()
    plain = rewritten(data).after
    assert rewritten(data.replace(b"\n", b"\r\n")).after == plain.replace(b"\n", b"\r\n")
    assert rewritten(b"\xef\xbb\xbf" + data).after == b"\xef\xbb\xbf" + plain
    if not re.search(rb"\s\Z", data.rstrip(b"\n")):
        assert rewritten(data.rstrip(b"\n")).after == plain.rstrip(b"\n")


def test_a_key_that_is_written_twice_is_for_a_person() -> None:
    file = Path(__file__).with_name("workflows") / "claude-job-env.yml"
    key = b"      ANTHROPIC_API_KEY: ${{ secrets.ANTHROPIC_API_KEY }}\n"
    data = file.read_bytes().replace(key, key + key)
    result = rewritten(data)
    assert result.after == data
    assert "a second run would change it again" in result.left[0]


@given(
    st.sampled_from(FILES),
    st.lists(st.tuples(st.sampled_from(["drop", "twice", "swap", "dedent"]), st.integers(0, 60))),
)
def test_a_workflow_with_its_lines_in_disorder_is_mended_once_or_let_be(
    file: Path, edits: list[tuple[str, int]]
) -> None:
    lines = file.read_text("utf-8").split("\n")
    for how, at in edits[:4]:
        n = at % len(lines)
        if how == "drop" and len(lines) > 1:
            del lines[n]
        elif how == "twice":
            lines.insert(n, lines[n])
        elif how == "swap":
            lines[n], lines[n - 1] = lines[n - 1], lines[n]
        elif how == "dedent":
            lines[n] = lines[n].removeprefix("  ")
    once = rewritten("\n".join(lines).encode()).after
    assert rewritten(once).after == once


def test_actionlint_has_nothing_against_the_results_that_it_had_not_before(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    for folder in (before, after):
        folder.mkdir()
    for file in FILES:
        (before / file.name).write_bytes(file.read_bytes())
        (after / file.name).write_bytes(rewritten(file.read_bytes()).after)
    assert _complaints(after) == _complaints(before)


def _complaints(folder: Path) -> list[str]:
    """Without their lines, which have moved."""
    actionlint = shutil.which("actionlint") or ".venv/bin/actionlint"
    done = subprocess.run(
        [actionlint, "-no-color", "-oneline", *sorted(map(str, folder.iterdir()))],
        capture_output=True,
        text=True,
        timeout=60,
    )
    lines = done.stdout.splitlines()
    return sorted(re.sub(r"^.*/([\w-]+\.yml):\d+:\d+:", r"\1:", line) for line in lines)


def asks_more(line: str, after: list[str]) -> bool:
    """Whether the line is there, and asks for the gate's success at its end, within its quotes and brackets."""
    plain = [re.sub(f" && {ASKS}", "", now) for now in after]
    closed = [re.sub(f"[)] && {ASKS}", "", now) for now in after]
    opened = [now.replace("(", "", 1) for now in closed]
    return line in (*plain, *closed, *opened)


def differences(before: Any, after: Any, at: tuple[Any, ...]) -> Any:
    """Place, old and new of each value that is not the same; None is nothing."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in {**before, **after}:
            yield from differences(before.get(name), after.get(name), (*at, name))
    elif isinstance(before, list) and isinstance(after, list):
        rest = list(after)
        for index, item in enumerate(before):
            while len(rest) > len(before) - index and "ci-tokengate@" in str(rest[0]):
                yield (*at, "gate"), None, rest.pop(0)
            yield from differences(item, rest.pop(0) if rest else None, (*at, index))
        for item in rest:
            yield (*at, "more"), None, item
    elif before != after:
        yield at, before, after


def meant(at: tuple[Any, ...], before: Any, after: Any) -> bool:
    key = r"\$\{\{ steps\.[\w-]+\.outputs\.key \}\}"
    if at[-1] == "gate":
        return set(after) <= {"uses", "id", "if", "with"} and set(after["with"]) <= {
            "proxy-key", "tools", "export",
        }  # fmt: skip
    if before is None:
        allowed = {"contents": "read", "export": "both", "id": "gate"}
        return (
            allowed.get(at[-1]) == after
            or at[-1] == "responses-api-endpoint"
            or (at[-1] == "anthropic_api_key" and bool(re.fullmatch(key, after)))
            or (at[-1] == "TOKENGATE_MINTING_KEY" and after == {"required": True})
        )
    if at[-1] == "if":
        own, now = (" ".join(text.split()) for text in (before, after))
        own = re.escape(own.removeprefix("${{").removesuffix("}}").strip())
        shape = rf"(\$\{{\{{ *)?(\({own}\)|{own}) && {ASKS}( *\}}\}})?"
        return bool(re.fullmatch(shape, now))
    if at[-1] == "permissions":
        return not before and after == {"contents": "read"}
    long_lived = re.compile(r"\$\{\{ *(secrets|vars)[.\[]|https://api\.[\w.]+\.com/?(v1)?$")
    if after is None:
        values = before.values() if isinstance(before, dict) else [before]
        return all(long_lived.match(value) for value in values)
    if at[-1] in ("responses-api-endpoint", "tools"):
        return True
    return bool(long_lived.match(before) and re.fullmatch(key, after.strip()))
