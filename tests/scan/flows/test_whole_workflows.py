"""Whole workflows as people write them: what each is found to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.scan.flows.cases import GATE, found, job, told

KEY = "${{ steps.gate.outputs.key }}"
AGENT = "- uses: anthropics/claude-code-action@v1\n  with: {anthropic_api_key: '" + KEY + "'}\n"


def case(name: str, expected: str, text: str, others: Mapping[str, str] | None = None) -> Any:
    return pytest.param(text, others, expected, id=name)


CASES = [
    case(
        "gate in reusable job, agent called",
        "TG005",
        job(
            "- uses: actions/checkout@v5\n- uses: anthropics/claude-code-action@v1\n  with: {anthropic_api_key: x}\n"
        ),
    ),
    case(
        "oauth ungated",
        "TG003 TG005",
        job(
            "- uses: anthropics/claude-code-action@v1\n  with: {claude_code_oauth_token: '${{ secrets.CLAUDE_CODE_OAUTH_TOKEN }}'}"
        ),
    ),
    case(
        "gate env: tools auto, codex-action w env endpoint",
        "TG004 TG005",
        job(
            GATE
            + "- uses: openai/codex-action@v1\n  with: {openai-api-key: '"
            + KEY
            + "', responses-api-endpoint: 'https://api.openai.com/v1/responses'}"
        ),
    ),
    case("folded run", "TG005", job("- run: >\n    claude\n    -p 'hi'")),
    case(
        "yaml anchor env",
        "TG003",
        job("- run: x\n  env: *e", top="x: &e {OPENAI_API_KEY: '${{ secrets.A }}'}"),
    ),
    case(
        "gate if contains event or",
        "",
        job(
            GATE.replace(
                "id: gate",
                "id: gate\n  if: github.event_name == 'push' || github.event_name == 'workflow_dispatch'",
            )
            + "- if: github.event_name == 'push'\n  run: claude -p x",
            on="[push, workflow_dispatch]",
        ),
    ),
    case(
        "gate if event, agent none, two events",
        "TG005",
        job(
            GATE.replace("id: gate", "id: gate\n  if: github.event_name == 'push'")
            + "- run: claude -p x",
            on="[push, workflow_dispatch]",
        ),
    ),
    case(
        "agent job name",
        "",
        job("- name: codex exec\n  run: npm test", job="name: aider\ntimeout-minutes: 3"),
    ),
    case(
        "continue-on-error expr false",
        "",
        job(
            GATE.replace("id: gate", "id: gate\n  continue-on-error: false") + "- run: claude -p x"
        ),
    ),
    case(
        "with key via env chain",
        "TG003 TG005",
        job(
            "- uses: anthropics/claude-code-action@v1\n  with: {anthropic_api_key: '${{ env.K }}'}",
            top="env: {K: '${{ secrets.ANTHROPIC_API_KEY }}'}",
        ),
    ),
    case(
        "harden runner",
        "",
        job(
            "- uses: step-security/harden-runner@v2\n  with: {allowed-endpoints: 'api.openai.com:443'}"
        ),
    ),
    case(
        "mode unknown str",
        "TG005",
        job("- uses: org/ci-tokengate@v1\n  with: {mode: settle}\n- run: claude -p x"),
    ),
    case("local gate", "", job("- uses: ./.github/actions/ci-tokengate\n- run: claude -p x")),
    case(
        "TG008 pull_request_target",
        "",
        job(GATE + "- run: claude -p x", on="pull_request_target", job="name: x"),
    ),
    case(
        "vertex with gcloud auth",
        "TG006",
        job(
            GATE
            + "- uses: google-github-actions/auth@v2\n- uses: anthropics/claude-code-action@v1\n  with: {use_vertex: 'true'}\n"
        ),
    ),
    case(
        "gcp + curl aiplatform",
        "TG004 TG006",
        job(
            "- uses: google-github-actions/auth@v2\n- run: curl https://us-central1-aiplatform.googleapis.com/v1/projects/p/models"
        ),
    ),
    case(
        "azure login + curl",
        "TG004 TG006",
        job(
            "- uses: azure/login@v2\n- run: curl https://x.openai.azure.com/openai/deployments/g/chat"
        ),
    ),
    case(
        "pip install", "", job("- run: pip install openai anthropic && python -c 'import openai'")
    ),
    case(
        "aws creds env + bedrock",
        "TG006",
        job(
            "- run: aws bedrock-runtime converse --model-id x\n  env: {AWS_ACCESS_KEY_ID: '${{ secrets.AWS_ACCESS_KEY_ID }}'}"
        ),
    ),
    case(
        "git config api host",
        "",
        job("- run: git config --global url.https://x.insteadOf https://api.openai.com"),
    ),
    case(
        "python file write prompt",
        "",
        job(
            "- run: |\n    cat <<'EOF' > prompt.txt\n    see https://api.openai.com/v1 for claude -p\n    EOF"
        ),
    ),
    case(
        "PRT + agent only",
        "",
        job(
            GATE
            + "- uses: anthropics/claude-code-action@v1\n  with: {anthropic_api_key: '"
            + KEY
            + "'}",
            on="pull_request_target",
        ),
    ),
    case(
        "PRT, key in other job",
        "",
        job(
            "- uses: actions/checkout@v5\n  with: {ref: '${{ github.event.pull_request.head.sha }}'}",
            on="pull_request_target",
        )
        + "  k:\n    runs-on: x\n    timeout-minutes: 3\n    steps:\n"
        + "".join("      " + line + "\n" for line in GATE.strip().splitlines()),
    ),
    case(
        "cron in tz weird",
        "TG008w",
        job(GATE + "- run: claude -p x", on="{schedule: [{cron: '0 0,12 * * 1'}]}"),
    ),
    case(
        "matrix in strategy fail-fast only",
        "",
        job(GATE + "- run: claude -p x", job="timeout-minutes: 3\nstrategy: {fail-fast: false}"),
    ),
    case(
        "matrix fromJSON",
        "TG008w",
        job(
            GATE + "- run: claude -p x",
            job="timeout-minutes: 3\nstrategy: {matrix: '${{ fromJSON(needs.x.outputs.m) }}'}",
        ),
    ),
    case(
        "cursor key + agent",
        "TG007w",
        job(
            "- run: cursor-agent -p 'x' --force\n  env: {CURSOR_API_KEY: '${{ secrets.CURSOR_API_KEY }}'}"
        ),
    ),
    case(
        "security review",
        "TG003 TG007w",
        job(
            "- uses: anthropics/claude-code-security-review@main\n  with: {claude-api-key: '${{ secrets.CLAUDE_API_KEY }}'}"
        ),
    ),
    case(
        "security review gated",
        "TG007w",
        job(
            GATE
            + "- uses: anthropics/claude-code-security-review@main\n  with: {claude-api-key: '"
            + KEY
            + "'}"
        ),
    ),
    case(
        "copilot gh token",
        "TG007w",
        job("- run: copilot -p x --allow-all-tools\n  env: {GH_TOKEN: '${{ secrets.GH_TOKEN }}'}"),
    ),
    case(
        "gemini custom base wrong",
        "TG005",
        job(
            GATE.replace("with: {", "with: {mode: gate, ")
            + "- uses: google-github-actions/run-gemini-cli@v0\n  with: {prompt: x}\n  env: {GEMINI_API_BASE: 'https://llm.acme.example'}"
        ),
    ),
    case(
        "gate mode gate with job env base",
        "",
        job(
            GATE.replace("with: {", "with: {mode: gate, ") + "- run: claude -p x",
            job="timeout-minutes: 3\nenv: {ANTHROPIC_BASE_URL: 'https://llm.acme.example'}",
        ),
    ),
    case("secrets in if", "", job("- if: ${{ secrets.OPENAI_API_KEY != '' }}\n  run: x")),
    case(
        "TG003 job outputs",
        "TG003",
        job('- run: echo "k=${{ secrets.OPENAI_API_KEY }}" >> $GITHUB_OUTPUT'),
    ),
    case(
        "env wf unused job?",
        "TG003",
        job("- run: npm test", top="env: {ANTHROPIC_API_KEY: '${{ secrets.ANTHROPIC_API_KEY }}'}"),
    ),
    case("multi doc / tabs", "", job("- run: npm test")),
    case(
        "act w/ env base and gate job env key",
        "TG003w",
        job(
            GATE
            + "- uses: anthropics/claude-code-action@v1\n  with: {anthropic_api_key: '${{ secrets.ANTHROPIC_API_KEY }}'}\n  env: {ANTHROPIC_BASE_URL: 'https://llm.acme.example'}"
        ),
    ),
    case("npx codex", "TG005", job("- run: npx @openai/codex@latest exec --full-auto 'x'")),
    case(
        "npm i && claude",
        "TG005",
        job(
            "- run: |\n    npm i -g @anthropic-ai/claude-code\n    claude --print --output-format json < prompt.txt"
        ),
    ),
    case("cat|claude", "TG005", job("- run: cat p.md | claude --dangerously-skip-permissions")),
    case(
        "llm while loop",
        "TG005",
        job('- run: |\n    for f in *.py; do\n      codex exec "Fix $f" || true\n    done'),
    ),
    case(
        "func", "TG005", job('- run: |\n    review() {\n      claude -p "$1"\n    }\n    review x')
    ),
    case(
        "powershell", "TG005", job("- shell: pwsh\n  run: |\n    $env:FOO = 'x'\n    claude -p 'x'")
    ),
    case("script file", "", job("- run: bash scripts/claude.sh")),
    case(
        "needs gate job output key",
        "TG003n TG005",
        job(
            "- uses: anthropics/claude-code-action@v1\n  with: {anthropic_api_key: '${{ needs.g.outputs.key }}'}\n  env: {ANTHROPIC_BASE_URL: 'https://llm.acme.example'}"
        ),
    ),
    case(
        "services litellm proxy w/ key",
        "TG003",
        job(
            "- run: x",
            job="timeout-minutes: 3\nservices: {litellm: {image: litellm, env: {OPENAI_API_KEY: '${{ secrets.OPENAI_API_KEY }}'}}}",
        ),
    ),
    case(
        "if success() || failure()",
        "TG005",
        job(GATE + "- if: success() || failure()\n  run: claude -p x"),
    ),
    case("not cancelled", "TG005", job(GATE + "- if: ${{ !cancelled() }}\n  run: claude -p x")),
    case("ai-inference", "TG006", job("- uses: actions/ai-inference@v1\n  with: {prompt: x}")),
    case("dependabot no", "", job("- uses: actions/checkout@v5", on="pull_request")),
    case(
        "TG009 path pr",
        "TG009",
        job(
            "- uses: actions/checkout@v5\n  with: {ref: '${{ github.event.pull_request.head.ref }}', path: pr, persist-credentials: false}\n"
            + GATE.lstrip(),
            on="pull_request_target",
        ),
    ),
    case(
        "TG009 label guard",
        "TG009",
        job(
            "- uses: actions/checkout@v5\n  with: {ref: '${{ github.event.pull_request.head.ref }}'}\n"
            + GATE.lstrip(),
            on="{pull_request_target: {types: [labeled]}}",
            job="timeout-minutes: 2\nif: contains(github.event.pull_request.labels.*.name, 'safe')",
        ),
    ),
    case(
        "TG009 agent oauth",
        "TG003 TG005 TG009",
        job(
            "- uses: actions/checkout@v5\n  with: {ref: '${{ github.event.pull_request.head.sha }}'}\n- uses: anthropics/claude-code-action@v1\n  with: {claude_code_oauth_token: '${{ secrets.CC }}'}",
            on="pull_request_target",
        ),
    ),
    case(
        "env shadow base in step via vars default",
        "TG004 TG005",
        job(
            GATE
            + AGENT
            + "  env: {ANTHROPIC_BASE_URL: \"${{ vars.B || 'https://api.anthropic.com' }}\"}"
        ),
    ),
    case(
        "printf GITHUB_ENV",
        "TG004 TG005",
        job(
            GATE
            + "- run: printf 'ANTHROPIC_BASE_URL=%s\\n' https://api.anthropic.com >> \"$GITHUB_ENV\"\n"
            + AGENT.lstrip()
        ),
    ),
    case(
        "python env write",
        "TG004 TG005",
        job(
            GATE
            + "- shell: python\n  run: |\n    import os\n    open(os.environ['GITHUB_ENV'],'a').write('ANTHROPIC_BASE_URL=https://api.anthropic.com\\n')\n"
            + AGENT
        ),
    ),
    case(
        "conditional env write",
        "TG004 TG005",
        job(
            GATE
            + "- if: inputs.x\n  run: echo ANTHROPIC_BASE_URL=https://api.anthropic.com >> $GITHUB_ENV\n"
            + AGENT
        ),
    ),
    case(
        "claude settings file in repo direct",
        "TG005",
        job(GATE.replace("with: {", "with: {mode: gate, ") + "- run: claude -p x"),
        {".claude/settings.json": '{"env":{"ANTHROPIC_BASE_URL":"https://api.anthropic.com"}}'},
    ),
    case(
        "claude settings file in repo proxied",
        "",
        job(GATE.replace("with: {", "with: {mode: gate, ") + "- run: claude -p x"),
        {".claude/settings.json": '{"env":{"ANTHROPIC_BASE_URL":"https://llm.acme.example"}}'},
    ),
    case(
        "codex config heredoc",
        "",
        job(
            GATE.replace("with: {", "with: {mode: gate, ")
            + '- run: |\n    mkdir -p ~/.codex\n    cat > ~/.codex/config.toml <<\'EOF\'\n    model_provider = "p"\n    [model_providers.p]\n    base_url = "https://llm.acme.example/v1"\n    EOF\n    codex exec x'
        ),
    ),
    case(
        "codex api key login",
        "TG003 TG005",
        job(
            "- run: |\n    echo \"$OPENAI_API_KEY\" | codex login --with-api-key\n    codex exec x\n  env: {OPENAI_API_KEY: '${{ secrets.OPENAI_API_KEY }}'}"
        ),
    ),
    case(
        "aider anthropic key flag",
        "TG003 TG005",
        job("- run: aider --anthropic-api-key ${{ secrets.ANTHROPIC_API_KEY }} --yes"),
    ),
    case(
        "aider env wired by litellm",
        "",
        job(
            GATE.replace("with: {", "with: {tools: litellm, ") + "- run: aider --model sonnet --yes"
        ),
    ),
    case(
        "docker run claude image",
        "TG005",
        job("- run: docker run --rm -e ANTHROPIC_API_KEY ghcr.io/anthropics/claude-code -p x"),
    ),
    case("npm script", "", job("- run: npm run claude")),
    case("make claude", "", job("- run: make codex")),
    case("apt install aider", "", job("- run: brew install codex gemini-cli aider")),
    case("gh pr comment @claude", "", job("- run: gh pr comment 1 --body '@claude please review'")),
    case("cd claude", "", job("- run: cd claude && ls codex && cat gemini")),
    case("mkdir .claude", "", job("- run: mkdir -p ~/.claude && cp settings.json ~/.claude/")),
    case("docker build", "", job("- run: docker build -t claude . && docker push claude")),
    case(
        "matrix agents names",
        "TG005 TG008w",
        job(
            "- run: ${{ matrix.cmd }}",
            job="timeout-minutes: 3\nstrategy: {matrix: {include: [{cmd: claude -p x}, {cmd: codex exec y}]}}",
        ),
    ),
    case(
        "gate for each in matrix ok but TG008",
        "TG008w",
        job(
            GATE + "- run: ${{ matrix.cmd }}",
            job="timeout-minutes: 3\nstrategy: {matrix: {include: [{cmd: claude -p x}, {cmd: codex exec y}]}}",
        ),
    ),
    case(
        "concurrency wf only group in job if",
        "",
        job(
            GATE + "- run: claude -p x",
            on="push",
            top="concurrency:\n  group: a\n  cancel-in-progress: true",
            job="name: x",
        ),
    ),
    case(
        "step timeout no bound",
        "TG008w",
        job(GATE + "- run: claude -p x\n  timeout-minutes: 5", on="push", job="name: x"),
    ),
    case(
        "tags push",
        "TG008w",
        job(GATE + "- run: claude -p x", on="{push: {tags: ['v*']}}", job="name: x"),
    ),
    case(
        "schedule + push bounded",
        "",
        job(
            GATE + "- run: claude -p x",
            on="{schedule: [{cron: '0 3 * * *'}], push: {paths: [a]}}",
            job="name: x",
        ),
    ),
    case(
        "workflow_run completed nothing",
        "",
        job(GATE + AGENT, on="{workflow_run: {workflows: [CI], types: [completed]}}"),
    ),
    case(
        "use_bedrock quoted 1?",
        "TG006",
        job(
            GATE
            + "- uses: anthropics/claude-code-action@v1\n  with: {use_bedrock: 'true', anthropic_api_key: '"
            + KEY
            + "'}"
        ),
    ),
    case(
        "bedrock env on step after gate",
        "TG006",
        job(GATE + "- run: claude -p x\n  env: {CLAUDE_CODE_USE_BEDROCK: '1'}"),
    ),
    case(
        "aws creds + claude ungated w/ bedrock",
        "TG005 TG006",
        job(
            "- uses: aws-actions/configure-aws-credentials@v4\n  with: {role-to-assume: x}\n- uses: anthropics/claude-code-action@v1\n  with: {use_bedrock: 'true'}"
        ),
    ),
    case(
        "gcp auth for docker push + claude gated",
        "",
        job(GATE + "- uses: google-github-actions/auth@v2\n- run: claude -p x"),
    ),
    case(
        "openrouter with base",
        "TG003 TG004",
        job(
            "- run: python x.py\n  env: {OPENAI_API_KEY: '${{ secrets.OPENROUTER_API_KEY }}', OPENAI_BASE_URL: 'https://openrouter.ai/api/v1'}"
        ),
    ),
    case(
        "localhost litellm",
        "TG003w",
        job(
            "- run: python x.py\n  env: {OPENAI_API_KEY: '${{ secrets.LITELLM_KEY }}', OPENAI_BASE_URL: 'http://localhost:4000/v1'}"
        ),
    ),
    case(
        "ollama no key",
        "",
        job(
            "- run: python x.py\n  env: {OPENAI_API_KEY: ollama, OPENAI_BASE_URL: 'http://localhost:11434/v1'}"
        ),
    ),
    case(
        "remote reusable w/ key",
        "TG003",
        "on: workflow_dispatch\njobs:\n  a:\n    uses: o/r/.github/workflows/x.yml@v1\n    secrets: {OPENAI_API_KEY: '${{ secrets.OPENAI_API_KEY }}'}\n",
    ),
    case(
        "remote reusable w/ gh token",
        "",
        "on: workflow_dispatch\njobs:\n  a:\n    uses: o/r/.github/workflows/x.yml@v1\n    secrets: {token: '${{ secrets.GITHUB_TOKEN }}'}\n",
    ),
    case("toJSON secrets", "TG003n", job("- run: x\n  env: {ALL: '${{ toJSON(secrets) }}'}")),
    case(
        "secrets[unknown]",
        "TG003",
        job("- run: x\n  env: {OPENAI_API_KEY: '${{ secrets[inputs.name] }}'}"),
    ),
    case(
        "gate uses sha",
        "",
        job(
            GATE.replace("@v1", "@0123456789abcdef0123456789abcdef01234567") + "- run: claude -p x"
        ),
    ),
    case(
        "gate export both with tools none of agent, own env",
        "",
        job(
            "- uses: o/ci-tokengate@v1\n  id: gate\n  with: {tools: codex, export: both}\n- run: claude -p x\n  env: {ANTHROPIC_BASE_URL: '${{ steps.gate.outputs.base-url }}', ANTHROPIC_API_KEY: '"
            + KEY
            + "'}"
        ),
    ),
    case(
        "wrong output id",
        "",
        job(
            GATE
            + "- run: claude -p x\n  env: {ANTHROPIC_BASE_URL: '${{ steps.gate.outputs.base-url }}'}"
        ),
    ),
    case(
        "TG009 workflow_run head_repository",
        "TG009",
        job(
            "- uses: actions/checkout@v5\n  with: {repository: '${{ github.event.workflow_run.head_repository.full_name }}', ref: '${{ github.event.workflow_run.head_branch }}'}\n"
            + GATE.lstrip(),
            on="workflow_run",
        ),
    ),
    case(
        "TG009 two refs job",
        "TG003 TG009",
        job(
            "- run: |\n    git fetch origin ${{ github.event.pull_request.head.sha }}\n    git checkout FETCH_HEAD\n- run: npm test\n  env: {OPENAI_API_KEY: '${{ secrets.OPENAI_API_KEY }}'}",
            on="pull_request_target",
        ),
    ),
    case(
        "TG009 git diff only",
        "TG003",
        job(
            "- run: git fetch origin main && git diff origin/main\n  env: {OPENAI_API_KEY: '${{ secrets.OPENAI_API_KEY }}'}",
            on="pull_request_target",
        ),
    ),
]


@pytest.mark.parametrize(("text", "others", "expected"), CASES)
def test_a_workflow_is_what_it_is(
    text: str, others: Mapping[str, str] | None, expected: str
) -> None:
    assert told(found(text, others)) == expected
