"""Short ways to write a workflow, and to say what was found in it."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent, indent

from ci_tokengate.scan.finding import Finding
from ci_tokengate.scan.flows import Options, check

GATE = """
- uses: org/ci-tokengate@v1
  id: gate
  with: {proxy-key: "${{ secrets.TOKENGATE_MINTING_KEY }}"}
"""
CLAUDE = """
- uses: anthropics/claude-code-action@v1
  with: {anthropic_api_key: "${{ steps.gate.outputs.key }}", prompt: Review}
"""
PATH = ".github/workflows/w.yml"


def job(
    steps: str, *, on: str = "workflow_dispatch", top: str = "", job: str = "timeout-minutes: 9"
) -> str:
    """A workflow of one job, by default one that TG008 has nothing against."""
    head = f"on: {on}\n{dedent(top).strip()}\njobs:\n  j:\n    runs-on: ubuntu-latest\n"
    return (
        head
        + indent(dedent(job).strip(), "    ")
        + "\n    steps:\n"
        + indent(dedent(steps).strip(), "    ")
        + "\n"
    )


def found(
    text: str,
    others: Mapping[str, str] | None = None,
    *,
    path: str = PATH,
    options: Options | None = None,
) -> list[Finding]:
    """All findings of one file; `others` are in the repository and not judged."""
    beside = {name: body.encode() for name, body in (others or {}).items()}
    files = {path: text.encode()}

    def names(folder: str) -> list[str]:
        return [name for name in beside if name.startswith(folder)]

    return list(check(files, read=beside.get, options=options or Options(), names=names))


def told(findings: list[Finding]) -> str:
    """Rules in order, each once: an error plain, `w` for a warning, `n` for a note."""
    mark = {"error": "", "warning": "w", "note": "n"}
    return " ".join(sorted({f.rule + mark[f.level.value] for f in findings}))
