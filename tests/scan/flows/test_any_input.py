"""Whatever the bytes, the scan ends: with findings, with a note, or with nothing."""

from __future__ import annotations

import time
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_tokengate.scan.flows import Options, check, may_matter
from ci_tokengate.scan.flows.shell.script import read_script
from ci_tokengate.scan.flows.values import Sources
from tests.scan.flows.cases import CLAUDE, GATE, PATH, found, job, told

PATHS = (PATH, "action.yml", ".gitlab-ci.yml", ".circleci/config.yml", "azure-pipelines.yml", "Jenkinsfile", "compose.yaml",
         ".devcontainer/devcontainer.json", ".claude/settings.json", ".env", "a.py", "a.ts", "Dockerfile")  # fmt: skip
PIECES = st.sampled_from(
    ["on: push\n", "jobs:\n", "  j:\n", "    steps:\n", "    - ", "uses: ", "org/ci-tokengate@v1", "run: ", "claude -p hi\n", "env: ", "{", "}", "[", "]",
     "&a ", "*a", "<<: ", "${{ ", " }}", "secrets.X", "'", '"', "\n", "  ", ": ", "|\n", "$(", ")", "`", "<<EOF\n", "EOF\n", ">> $GITHUB_ENV\n",
     "https://api.openai.com/v1", "ANTHROPIC_API_KEY", "matrix", "include", "if: ", "!", "&&", "||", "\\", "\x00", "\ud7ff", "- ", "#", "%", "\t"]
)  # fmt: skip


@given(st.sampled_from(PATHS), st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=200))
def test_no_text_makes_it_fail(path: str, text: str) -> None:
    for finding in found(text, path=path):
        assert finding.rule.startswith("TG")
        assert finding.line >= 1
        assert finding.end_column > finding.column >= 1


@given(st.sampled_from(PATHS), st.binary(max_size=300))
def test_no_bytes_make_it_fail(path: str, data: bytes) -> None:
    list(check({path: data}, read=lambda _: None, options=Options()))


@given(st.lists(PIECES, max_size=40).map("".join))
def test_what_may_not_matter_has_no_findings(text: str) -> None:
    for path in PATHS:
        if not may_matter(path, text.encode("utf-8", "replace")):
            assert [f for f in found(text, path=path) if f.message.find("not judged") < 0] == []


HUGE = {
    "brackets": "on: push\njobs: " + "[" * 200_000,
    "dashes": "on: push\njobs:\n  " + "- " * 100_000 + "x",
    "a bomb": "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(20)) + "claude: 1\n",
    "a cycle": "on: push\njobs: &a {claude: *a}\n",
    "merges": "a: &a {x: 1}\n" + "".join(f"b{i}: &b{i} {{<<: [*{'a' if i == 0 else f'b{i - 1}'}, *a], k{i}: 1}}\n" for i in range(2000)),
    "expressions": job("- run: claude ${{ " + "(" * 20_000 + " }}"),
    "open expressions": job("- run: claude " + "${{ " * 50_000),
    "quotes": job("- run: claude " + "\"$(" * 30_000),
    "heredocs": job("- run: |\n    claude\n" + "    cat <<A\n" * 20_000),
    "a line": job("- run: claude " + "a." * 400_000 + "api.openai.com"),
    "braces": job("- run: claude " + "{a}" * 30_000 + " api.openai.com"),
    "hosts": job("- run: claude " + "api.openai.com " * 20_000),
    "a matrix": job("- run: claude ${{ matrix.a }} ${{ matrix.b }} ${{ matrix.c }}", job="strategy: {{matrix: {{{}}}}}".format(", ".join(f"{n}: [{', '.join(map(str, range(250)))}]" for n in "abc"))),
    "steps": job("- run: claude -p hi\n" * 2_000),
    "doubling": job("- run: |\n    A=claude\n" + "    A=$A$A\n" * 1_000 + "    $A -p hi\n"),
    "files that grow": job("- run: |\n" + "    echo claude -p hi >> a.sh\n    bash a.sh\n" * 1_000),
    "branches": job("- run: |\n    claude\n" + "    if x; then\n    case $a in b|c) d ;;\n" * 5_000),
    "writes": job("- run: |\n    if claude; then\n" + "".join(f"    echo A{i}=1 >> $GITHUB_ENV\n" for i in range(10_000))),
    "groups in groups": job("- run: |\n    claude\n" + "    { a\n" * 8_000 + "    } >> f\n" * 8_000),
    "branches in branches": job("- run: |\n    claude\n" + "    if a; then\n" * 8_000 + "    fi >> f\n" * 8_000),
    "loops": job("- run: |\n" + "    for a in $a $a claude; do echo $a >> $GITHUB_ENV; done\n" * 1_000),
    "commands side by side": job("- run: |\n    " + 'concurrently "claude -p" ' * 8_000),
    "panes": job("- run: |\n    " + 'tmux new -d "claude -p" \\; ' * 8_000),
    "pipes into a shell": job("- run: |\n" + "    echo 'claude -p' | bash\n" * 4_000),
    "here-strings": job("- run: |\n" + "    bash <<< 'claude -p'\n" * 4_000),
    "images in a variable": job("- run: |\n    claude; docker run " + "$A " * 40_000, job="env: {A: " + "q" * 5_000 + "}"),
    "spawns": job("- run: |\n    expect <<E\n" + "    spawn     claude\n\n\n" * 20_000),
    "env chain": job("- run: claude\n", job="env:\n" + "".join(f"  A{i}: ${{{{ env.A{i - 1} }}}}${{{{ env.A{i - 1} }}}}\n" for i in range(1, 60))),
}  # fmt: skip


@pytest.mark.parametrize("text", HUGE.values(), ids=HUGE)
def test_nothing_takes_more_than_linear_time(text: str) -> None:
    """By the time of this process alone: others may want the machine as well."""
    began = time.process_time()
    found(text)
    assert time.process_time() - began < 4.0


BIG = {
    "hidden jobs": (".gitlab-ci.yml", ".h0: {variables: {OPENAI_API_KEY: $K}}\n" + "".join(f".h{i}: {{extends: .h{i - 1}, variables: {{A{i}: $B}}}}\n" for i in range(1, 2_000))),
    "jobs that all extend each other": (".gitlab-ci.yml", "".join(f".j{i}: {{extends: [{', '.join(f'.j{n}' for n in range(40))}], variables: {{OPENAI_API_KEY: $K}}}}\n" for i in range(40))),
    "jobs that extend one": (".gitlab-ci.yml", ".h: {variables: {OPENAI_API_KEY: $K}}\n" + "".join(f"j{i}: {{extends: .h, script: [x]}}\n" for i in range(4_000))),
    "a long script before all": (".gitlab-ci.yml", "before_script:\n" + "  - export A=openai\n" * 3_000 + "".join(f"j{i}: {{script: [x]}}\n" for i in range(3_000))),
    "services": ("compose.yaml", "services:\n" + "".join(f"  s{i}: {{extends: {{service: s0}}, environment: {{OPENAI_API_KEY: $K}}}}\n" for i in range(1_000))),
    "blocks": ("Jenkinsfile", "stage('openai') {" * 20_000 + "\nOPENAI_API_KEY = credentials('x')\n" * 1_000),
    "quotes": ("Jenkinsfile", "openai '\\'" * 50_000 + "/* " * 50_000),
    "legs": ("azure-pipelines.yml", "strategy:\n  matrix:\n" + "".join(f"    l{i}: {{OPENAI_BASE_URL: 'https://a{i}'}}\n" for i in range(2_000)) + "steps:\n" + "- bash: openai\n" * 500),
}  # fmt: skip


@pytest.mark.parametrize(("path", "text"), BIG.values(), ids=BIG)
def test_no_pipeline_takes_more_than_linear_time(path: str, text: str) -> None:
    began = time.process_time()
    found(text, path=path)
    assert time.process_time() - began < 4.0


def seconds(path: str, hosts: int) -> float:
    began = time.process_time()
    found(' "see", https://api.openai.com/v1' * hosts, path=path)
    return time.process_time() - began


@pytest.mark.parametrize("path", ["a.py", "Jenkinsfile", ".claude/settings.json"])
def test_a_line_of_hosts_takes_no_more_than_linear_time(path: str) -> None:
    """Eight times the line: 64 times as long would be quadratic."""
    assert seconds(path, 3_200) < 24 * seconds(path, 400) + 0.05


def test_a_variable_that_is_doubled_in_each_line_stays_short() -> None:
    """Each line's value is kept, so that a long one would be kept as often as there are lines."""
    text = "A=claude\n" + "A=$A$A\n" * 200
    kept = [v for _, _, value in read_script(text, {}, Sources()).sets for v in value]
    assert len(kept) == 201
    assert max(map(len, kept)) <= 10_000


def test_the_order_of_unrelated_steps_changes_nothing() -> None:
    others = ["- uses: actions/checkout@v5\n", "- run: npm ci\n", "- name: x\n  run: echo hi\n"]
    for order in permutations(others):
        assert told(found(job("".join(order) + "- run: claude -p hi\n"))) == "TG005"
        assert (
            told(found(job(order[0] + GATE.lstrip() + order[1] + CLAUDE.lstrip() + order[2]))) == ""
        )


def test_a_fingerprint_stays_when_lines_move() -> None:
    text = job("- run: claude -p hi")
    (before,), (after,) = found(text), found("# a comment\n\n" + text)
    assert (before.fingerprint, before.line + 2) == (after.fingerprint, after.line)


def test_a_snippet_holds_no_key() -> None:
    key = "sk-ant-api03-" + "x1Y2" * 24
    (finding,) = found(
        f"c = Anthropic(api_key='{key}', base_url='https://api.anthropic.com')\n", path="a.py"
    )
    assert key[:30] not in finding.snippet
