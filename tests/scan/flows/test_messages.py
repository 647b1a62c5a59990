"""Every message of TG003-TG009 as a user reads it: golden/messages.txt. `UPDATE_GOLDEN=1` writes it anew; read the diff."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from ci_tokengate.render.scan.text import text_lines
from ci_tokengate.scan.flows import Options, check
from ci_tokengate.scan.found import Found
from ci_tokengate.scan.report import Report
from tests.scan.flows.cases import CLAUDE, GATE, PATH, job

GOLDEN = Path(__file__).parent / "golden" / "messages.txt"
PROXY = Options(proxy_hosts=frozenset({"llm.acme.example"}))
HEAD = "- uses: actions/checkout@v5\n  with: {ref: '${{ github.event.pull_request.head.sha }}'}\n"


def gate(**inputs: str) -> str:
    given = ", ".join(f"{name}: '{value}'" for name, value in inputs.items())
    return f"- uses: org/ci-tokengate@v1\n  id: gate\n  with: {{proxy-key: k, {given}}}\n"


def env(**variables: str) -> str:
    return (
        f"- run: python ask.py\n  env: {{{', '.join(f'{n}: {v!r}' for n, v in variables.items())}}}"
    )


def claude(**variables: str) -> str:
    return env(**variables).replace("python ask.py", "claude -p hi")


def callee(steps: str) -> str:
    return job(steps, on="workflow_call")


SECRET = "${{ secrets.ANTHROPIC_API_KEY }}"
CALLS = "on: workflow_dispatch\njobs: {j: {uses: ./.github/workflows/b.yml, secrets: inherit}}\n"
COMPOSITE = "name: a\nruns:\n  using: composite\n  steps:\n    - {run: claude -p hi, shell: bash}\n"

CASES: Mapping[str, str | Mapping[str, str]] = {
    "TG003 a secret in a step": job(env(ANTHROPIC_API_KEY=SECRET)),
    "TG003 a secret in the job's environment": job("- run: make", job="env: {OPENAI_API_KEY: '${{ secrets.K }}'}"),
    "TG003 a secret in the workflow's environment": job("- run: make", top="env: {OPENAI_API_KEY: '${{ secrets.K }}'}"),
    "TG003 a secret in a script": job("- run: python ask.py --api-key ${{ secrets.OPENAI_API_KEY }}"),
    "TG003 with the proxy's base URL": job(env(ANTHROPIC_API_KEY=SECRET, ANTHROPIC_BASE_URL="https://llm.acme.example")),
    "TG003 a key of the proxy": job(env(LITELLM_API_KEY="${{ secrets.LITELLM_API_KEY }}")),
    "TG003 a Hugging Face token": job(env(HF_TOKEN="${{ secrets.HF_TOKEN }}")),
    "TG003 all secrets": job(env(ALL="${{ toJSON(secrets) }}")),
    "TG003 handed to a workflow": {PATH: CALLS, ".github/workflows/b.yml": callee(env(OPENAI_API_KEY="${{ secrets.OPENAI_API_KEY }}"))},
    "TG003 handed to a workflow elsewhere": CALLS.replace("./.github", "acme/shared/.github").replace("b.yml", "b.yml@v1"),
    "TG003 in GitLab CI": {".gitlab-ci.yml": "ask:\n  variables: {OPENAI_API_KEY: $KEY}\n  script: [python ask.py]\n"},
    "TG004 a base URL": job(env(OPENAI_BASE_URL="https://api.openai.com/v1")),
    "TG004 a script that calls": job("- run: curl https://api.anthropic.com/v1/models"),
    "TG004 in Compose": {"compose.yaml": "services:\n  app:\n    environment: {OPENAI_BASE_URL: 'https://api.openai.com/v1'}\n"},
    "TG004 in an agent's settings": {".claude/settings.json": '{"env": {"ANTHROPIC_BASE_URL": "https://api.anthropic.com"}}\n'},
    "TG004 in code": {"ask.py": 'client = OpenAI(base_url="https://api.openai.com/v1")\n'},
    "TG004 in a Jenkinsfile": {"Jenkinsfile": "node {\n  sh 'curl https://api.openai.com/v1/models'\n}\n"},
    "TG005 no gate": job("- run: claude -p hi"),
    "TG005 gate afterwards": job("- run: claude -p hi\n" + GATE),
    "TG005 another if": job(GATE.replace("id: gate", "id: gate\n  if: github.ref == 'a'") + "- run: claude -p hi"),
    "TG005 gate that goes on": job(GATE.replace("id: gate", "id: gate\n  continue-on-error: true") + "- run: claude -p hi"),
    "TG005 agent always": job(GATE + "- run: claude -p hi\n  if: always()"),
    "TG005 agent after a failure": job(GATE + "- run: claude -p hi\n  if: failure()"),
    "TG005 mode known at the run": job(gate(mode="${{ inputs.mode }}") + "- run: claude -p hi"),
    "TG005 a provider's host": job(GATE + claude(ANTHROPIC_BASE_URL="https://api.anthropic.com")),
    "TG005 another host": job(GATE + claude(ANTHROPIC_BASE_URL="https://relay.example")),
    "TG005 nothing is wired": job(gate(export="output") + "- run: claude -p hi"),
    "TG005 an input is missing": job(gate(export="both") + "- uses: openai/codex-action@v1"),
    "TG005 only the run knows": job(GATE + claude(ANTHROPIC_BASE_URL="${{ vars.URL }}")),
    "TG005 somebody else's workflow": "on: workflow_dispatch\njobs: {j: {uses: all-hands-ai/openhands/.github/workflows/openhands-resolver.yml@main}}\n",
    "TG005 an action that nobody uses": {"act/action.yml": COMPOSITE},
    "TG005 a file that cannot be read": "on: push\njobs: [claude -p\n",
    "TG006 an input": job(GATE + CLAUDE.replace("prompt: Review", "use_bedrock: 'true'")),
    "TG006 an input that only the run knows": job(GATE + CLAUDE.replace("prompt: Review", "use_bedrock: '${{ vars.B }}'")),
    "TG006 a variable": job(GATE + claude(CLAUDE_CODE_USE_BEDROCK="1")),
    "TG006 a variable that only the run knows": job(GATE + claude(CLAUDE_CODE_USE_VERTEX="${{ vars.V }}")),
    "TG006 a variable of a script": job(GATE + "- run: |\n    export CLAUDE_CODE_USE_VERTEX=1\n    claude -p hi"),
    "TG006 a cloud's credentials": job("- uses: aws-actions/configure-aws-credentials@v5\n- run: aws bedrock-runtime invoke-model out.json"),
    "TG006 GitHub's models": job("- uses: actions/ai-inference@v2\n  with: {prompt: hi}"),
    "TG007 a seat": job("- run: cursor-agent -p hi"),
    "TG007 Copilot without a provider of its own": job("- run: copilot -p hi"),
    "TG008 on every push": job(GATE + "- run: claude -p hi", on="push", job="name: x"),
    "TG008 a matrix": job(GATE + "- run: claude -p hi", job="strategy: {matrix: {a: [1, 2, 3]}}"),
    "TG008 a schedule": job(GATE + "- run: claude -p hi", on="{schedule: [{cron: '0 * * * *'}]}"),
    "TG009 a stranger's code": job(HEAD + GATE + "- run: claude -p hi", on="pull_request_target"),
    "TG009 a secret": job(HEAD + env(OPENAI_API_KEY="${{ secrets.OPENAI_API_KEY }}", OPENAI_BASE_URL="https://llm.acme.example/v1"), on="pull_request_target"),
    "TG009 guarded": job(HEAD + GATE + "- run: claude -p hi", on="pull_request_target", job="if: github.event.pull_request.head.repo.full_name == github.repository"),
}  # fmt: skip


def _told() -> Iterator[str]:
    for title, case in CASES.items():
        texts = {PATH: case} if isinstance(case, str) else case
        files = {path: text.encode() for path, text in texts.items()}
        rule = title.partition(" ")[0]
        founds = [f for f in check(files, read=files.get, options=PROXY) if f.rule == rule]
        assert founds, title
        report = Report(founds=tuple(Found(finding=f) for f in founds), texts=len(files))
        yield f"## {title[6:]}\n" + "\n".join(list(text_lines(report))[:-1])


def test_each_message_says_what_where_and_what_to_do() -> None:
    text = "\n\n".join(_told()) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")
