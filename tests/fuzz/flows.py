"""Any bytes as a workflow, or another file that the flow rules read."""

from __future__ import annotations

from ci_tokengate.scan.flows import Options, may_matter
from ci_tokengate.scan.flows.check import check

PATHS = (
    ".github/workflows/a.yml", ".github/workflows/b.yaml", "action.yml", ".gitlab-ci.yml", ".circleci/config.yml",
    "azure-pipelines.yml", "Jenkinsfile", "compose.yaml", ".devcontainer/devcontainer.json", ".claude/settings.json",
    ".env", "a.py", "a.ts", "Dockerfile",
)  # fmt: skip
WORDS = [
    b"on: push\n",
    b"jobs:\n",
    b"  j:\n",
    b"    steps:\n",
    b"    - ",
    b"uses: ",
    b"run: ",
    b"claude -p hi\n",
]
WORDS += [
    b"env:\n",
    b"&a ",
    b"*a",
    b"<<: ",
    b"${{ ",
    b" }}",
    b"secrets.",
    b"<<EOF\n",
    b">> $GITHUB_ENV\n",
    b"matrix",
]
WORDS += [
    b"org/ci-tokengate@v1",
    b"https://api.openai.com/v1",
    b"ANTHROPIC_API_KEY",
    b"strategy:\n",
    b"with:\n",
]


def one(data: bytes) -> None:
    """The first byte says which file it is. A called file is the text itself: a cycle of calls."""
    if not data:
        return
    path, text = PATHS[data[0] % len(PATHS)], data[1:]
    findings = list(check({path: text}, read=lambda _: text, options=Options()))
    for finding in findings:
        assert finding.rule.startswith("TG")
        assert finding.line >= 1
        assert 1 <= finding.column < finding.end_column
    judged = [finding for finding in findings if "not judged" not in finding.message]
    assert not judged or may_matter(path, text)
