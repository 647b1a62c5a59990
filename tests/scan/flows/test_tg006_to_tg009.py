"""TG006 to TG009: federation, unmetered tools, unbounded runs, untrusted code."""

from __future__ import annotations

import pytest

from tests.scan.flows.cases import CLAUDE, GATE, found, job, told


def claude(**inputs: str) -> str:
    return (
        GATE
        + "- uses: anthropics/claude-code-action@v1\n  with:\n    prompt: hi\n"
        + "".join(f"    {k}: {v}\n" for k, v in inputs.items())
    )


FILES = {
    "ask.py": "import boto3\nboto3.client('bedrock-runtime')\n",
    "other.py": "boto3.client('s3')\n",
}
FEDERATED = {
    "federation": (claude(anthropic_federation_rule_id="fdrl_x"), "TG006"),
    "federation of vars": (claude(anthropic_federation_rule_id="'${{ vars.RULE }}'"), "TG006"),
    "bedrock": (claude(use_bedrock='"true"'), "TG006"),
    "vertex": (claude(use_vertex="true"), "TG006"),
    "foundry": (claude(use_foundry="true"), "TG006"),
    "bedrock off": (claude(use_bedrock='"false"'), ""),
    "bedrock empty": (claude(use_bedrock="''"), ""),
    "bedrock of vars": (claude(use_bedrock="'${{ vars.BEDROCK }}'"), "TG006n"),
    "bedrock through the proxy": (claude(use_bedrock="true") + "  env: {ANTHROPIC_BEDROCK_BASE_URL: 'https://llm.acme.example/bedrock'}", ""),
    "gemini on vertex": (GATE + "- uses: google-github-actions/run-gemini-cli@v0\n  with: {use_vertex_ai: true}", "TG006"),
    "gemini code assist": (GATE + "- uses: google-github-actions/run-gemini-cli@v0\n  with: {use_gemini_code_assist: 'true'}", "TG006"),
    "gemini as its template has it": (GATE + "- uses: google-github-actions/run-gemini-cli@v0\n  with: {gcp_workload_identity_provider: '${{ vars.P }}', use_vertex_ai: '${{ vars.V }}', use_gemini_code_assist: '${{ vars.C }}'}", "TG006n"),
    "AWS and boto3 in a file": ("- uses: aws-actions/configure-aws-credentials@v4\n- run: python ask.py", "TG006"),
    "AWS and another file": ("- uses: aws-actions/configure-aws-credentials@v4\n- run: python other.py", ""),
    "gemini identity": (GATE + "- uses: google-github-actions/run-gemini-cli@v0\n  with: {gcp_workload_identity_provider: p}", "TG006"),
    "variable": ("- run: python x.py\n  env: {CLAUDE_CODE_USE_BEDROCK: 1}", "TG006"),
    "variable off": ("- run: python x.py\n  env: {CLAUDE_CODE_USE_BEDROCK: 0}", ""),
    "exported": ("- run: |\n    export CLAUDE_CODE_USE_VERTEX=1\n    ./x", "TG006"),
    "federation variable": ("- run: python x.py\n  env: {ANTHROPIC_FEDERATION_RULE_ID: fdrl_x}", "TG006"),
    "identity token": ("- run: python x.py\n  env: {ANTHROPIC_IDENTITY_TOKEN_FILE: /t}", "TG006"),
    "gemini variable": ("- run: python x.py\n  env: {GOOGLE_GENAI_USE_VERTEXAI: 'true'}", "TG006"),
    "AWS and a call": ("- uses: aws-actions/configure-aws-credentials@v4\n- run: aws bedrock-runtime invoke-model --model-id m out.json", "TG006"),
    "AWS and boto3": ("- uses: aws-actions/configure-aws-credentials@v4\n- run: |\n    python - <<EOF\n    boto3.client('bedrock-runtime')\n    EOF", "TG006"),
    "AWS and boto3 in a Python step": ("- uses: aws-actions/configure-aws-credentials@v4\n- shell: python\n  run: |\n    import boto3\n    boto3.client('bedrock-runtime')", "TG006"),
    "AWS and another client in a Python step": ("- uses: aws-actions/configure-aws-credentials@v4\n- shell: python\n  run: |\n    import boto3\n    boto3.client('s3')", ""),
    "AWS and a model's name": ("- uses: aws-actions/configure-aws-credentials@v4\n- run: python x.py\n  env: {MODEL: bedrock/anthropic.claude-3}", "TG006"),
    "AWS alone": ("- uses: aws-actions/configure-aws-credentials@v4\n- run: aws s3 sync . s3://b", ""),
    "AWS and an echo": ("- uses: aws-actions/configure-aws-credentials@v4\n- run: echo bedrock-runtime", ""),
    "AWS listing models": ("- uses: aws-actions/configure-aws-credentials@v4\n- run: aws bedrock list-foundation-models", ""),
    "AWS and goose": ("- uses: aws-actions/configure-aws-credentials@v4\n- run: python x.py\n  env: {GOOSE_PROVIDER: aws_bedrock}", "TG006"),
    "GCP and goose": ("- uses: google-github-actions/auth@v2\n- run: python x.py\n  env: {GOOSE_PROVIDER: gcp_vertex_ai}", "TG006"),
    "bedrock by settings": (GATE + "- uses: anthropics/claude-code-action@v1\n  with: {settings: '{\"env\": {\"CLAUDE_CODE_USE_BEDROCK\": \"1\"}}'}", "TG006"),
    "bedrock off by settings": (GATE + "- uses: anthropics/claude-code-action@v1\n  with: {settings: '{\"env\": {\"CLAUDE_CODE_USE_BEDROCK\": \"0\"}}'}", ""),
    "bedrock through the proxy by settings": (GATE + "- uses: anthropics/claude-code-action@v1\n  with: {settings: '{\"env\": {\"CLAUDE_CODE_USE_BEDROCK\": \"1\", \"ANTHROPIC_BEDROCK_BASE_URL\": \"https://llm.acme.example/bedrock\"}}'}", ""),
    "Azure and a deployment": ("- uses: azure/login@v2\n- run: |\n    T=$(az account get-access-token --resource https://cognitiveservices.azure.com --query accessToken)\n    curl -H \"x: $T\" \"$E/openai/deployments/gpt-4o/chat/completions\"", "TG006"),
    "Azure alone": ("- uses: azure/login@v2\n- run: az webapp deploy -n x", ""),
    "Azure's account of models, managed": ("- uses: azure/login@v2\n- run: az cognitiveservices account list", ""),
    "GCP alone": ("- uses: google-github-actions/auth@v2\n- run: gcloud run deploy x", ""),
    "id-token": ("- run: true", ""),
}  # fmt: skip


@pytest.mark.parametrize(("steps", "expected"), FEDERATED.values(), ids=FEDERATED)
def test_a_way_to_a_provider_without_a_key_is_an_error(steps: str, expected: str) -> None:
    assert (
        told(found(job(steps, job="timeout-minutes: 9\npermissions: {id-token: write}"), FILES))
        == expected
    )


def test_the_gate_blanks_a_jobs_cloud_switch() -> None:
    env = "timeout-minutes: 9\nenv: {CLAUDE_CODE_USE_BEDROCK: 1}"
    assert told(found(job(GATE + "- run: claude -p hi", job=env))) == ""
    assert told(found(job("- run: claude -p hi", job=env))) == "TG005 TG006"


UNMETERED = {
    "cursor-agent": ("- run: cursor-agent -p hi", "TG007w"),
    "cursor's agent": (
        "- run: |\n    curl https://cursor.com/install -fsS | bash\n    agent -p hi",
        "TG007w",
    ),
    "copilot": ("- run: copilot -p hi --allow-all-tools", "TG007w"),
    "copilot by npx": ("- run: npx @github/copilot -p hi", "TG007w"),
    "copilot with a provider": (GATE + "- run: copilot -p hi", ""),
    "copilot with its own provider, ungated": (
        "- run: copilot -p hi\n  env: {COPILOT_PROVIDER_BASE_URL: 'https://llm.acme.example'}",
        "TG005",
    ),
    "gh copilot": ("- run: gh copilot suggest hi", "TG007w"),
    "coderabbit": ("- run: coderabbit review --plain", "TG007w"),
    "security review": ("- uses: anthropics/claude-code-security-review@main", "TG007w"),
    "amp": ("- run: amp -x hi", "TG007w"),
    "cursor's version": ("- run: cursor-agent --version", ""),
    "cursor's install": ("- run: curl https://cursor.com/install -fsS | bash", ""),
    "cursor key alone": (
        "- run: ./x\n  env: {CURSOR_API_KEY: '${{ secrets.CURSOR_API_KEY }}'}",
        "",
    ),
    "a file named so": ("- run: cat cursor-agent.md", ""),
}


@pytest.mark.parametrize(("steps", "expected"), UNMETERED.values(), ids=UNMETERED)
def test_a_tool_that_nothing_proxies_is_a_warning(steps: str, expected: str) -> None:
    assert told(found(job(steps))) == expected


UNBOUNDED = {
    "push": ("push", "", "", "TG008w"),
    "pull_request": ("pull_request", "", "", "TG008w"),
    "a list": ("[push, workflow_dispatch]", "", "", "TG008w"),
    "branches are no bound": ("{push: {branches: [main]}}", "", "", "TG008w"),
    "an author is no bound": ("pull_request", "", "if: github.actor == 'x'", "TG008w"),
    "concurrency of the workflow": ("push", "concurrency: x", "", ""),
    "concurrency of the job": ("push", "", "concurrency: {group: x}", ""),
    "a timeout": ("push", "", "timeout-minutes: 5", ""),
    "paths": ("{push: {paths: [src/**]}}", "", "", ""),
    "paths-ignore": ("{pull_request: {paths-ignore: ['**.md']}}", "", "", ""),
    "paths of one of two": ("{push: {paths: [src/**]}, pull_request: {}}", "", "", "TG008w"),
    "comment": ("issue_comment", "", "", ""),
    "dispatch": ("workflow_dispatch", "", "", ""),
    "not on push": (
        "[push, workflow_dispatch]",
        "",
        "if: github.event_name == 'workflow_dispatch'",
        "",
    ),
    "matrix": (
        "workflow_dispatch",
        "",
        "timeout-minutes: 5\nstrategy: {matrix: {a: [1, 2]}}",
        "TG008w",
    ),
    "matrix of one": (
        "workflow_dispatch",
        "",
        "timeout-minutes: 5\nstrategy: {matrix: {a: [1]}}",
        "",
    ),
    "matrix of include": (
        "workflow_dispatch",
        "",
        "strategy: {matrix: {include: [{a: 1}, {a: 2}]}}",
        "TG008w",
    ),
    "daily": ("{schedule: [{cron: '0 6 * * *'}]}", "", "", ""),
    "hourly": ("{schedule: [{cron: '0 * * * *'}]}", "", "", "TG008w"),
    "twice a day": ("{schedule: [{cron: '0 6,18 * * *'}]}", "", "", "TG008w"),
    "every six hours": ("{schedule: [{cron: '15 */6 * * *'}]}", "", "timeout-minutes: 5", "TG008w"),
    "two crons": ("{schedule: [{cron: '0 6 * * *'}, {cron: '0 18 * * *'}]}", "", "", "TG008w"),
    "two crons, one a day": (
        "{schedule: [{cron: '0 6 * * 1-5'}, {cron: '0 9 * * 0,6'}]}",
        "",
        "",
        "",
    ),
    "weekly": ("{schedule: [{cron: '0 6 * * MON'}]}", "", "", ""),
    "workdays": ("{schedule: [{cron: '30 5 * * 1-5'}]}", "", "", ""),
    "every two days": ("{schedule: [{cron: '0 0 */2 * *'}]}", "", "", ""),
    "every half hour": ("{schedule: [{cron: '*/30 * * * *'}]}", "", "", "TG008w"),
}


@pytest.mark.parametrize(("on", "top", "shape", "expected"), UNBOUNDED.values(), ids=UNBOUNDED)
def test_an_agent_that_nothing_bounds_is_a_warning(
    on: str, top: str, shape: str, expected: str
) -> None:
    text = job(GATE + "- run: claude -p hi", on=on, top=top, job=shape or "name: x")
    assert told(found(text)) == expected


def test_a_job_without_an_agent_may_run_as_often_as_it_likes() -> None:
    assert (
        told(found(job("- name: claude-code\n  run: npm test", on="push", job="name: claude")))
        == ""
    )


def test_a_step_that_another_trigger_starts_needs_no_bound() -> None:
    steps = GATE + "- if: github.event_name == 'workflow_dispatch'\n  run: claude -p hi"
    assert told(found(job(steps, on="[push, workflow_dispatch]", job="name: x"))) == ""
    assert told(found(job(steps.replace("==", "!="), on="[push, x]", job="name: x"))) == "TG008w"


def test_a_cloud_is_told_once_a_step() -> None:
    steps = "- uses: aws-actions/configure-aws-credentials@v4\n" + claude(
        use_bedrock="true", claude_args="--model us.anthropic.claude-sonnet-4"
    )
    text = job(steps)
    lines = [text.split("\n")[f.line - 1].strip() for f in found(text) if f.rule == "TG006"]
    assert lines == ["use_bedrock: true"]


def test_a_called_workflow_is_bounded_by_its_caller() -> None:
    callee = job(GATE + "- run: claude -p hi", on="workflow_call", job="name: x")
    call = "on: push\n%sjobs:\n  j:\n    uses: ./.github/workflows/c.yml\n    secrets: inherit\n"
    others = {".github/workflows/c.yml": callee}
    assert told(found(call % "", others)) == "TG008w"
    assert told(found(call % "concurrency: x\n", others)) == ""
    assert (
        told(
            found(
                call % "",
                {".github/workflows/c.yml": callee.replace("name: x", "timeout-minutes: 4")},
            )
        )
        == ""
    )


HEAD = "- uses: actions/checkout@v5\n  with: {ref: '%s'}\n"
SHA = HEAD % "${{ github.event.pull_request.head.sha }}"
SECRET = "- run: make\n  env: {OPENAI_API_KEY: '${{ secrets.OPENAI_API_KEY }}', OPENAI_BASE_URL: 'https://llm.acme.example'}\n"
UNTRUSTED = {
    "sha and a gate": ("pull_request_target", SHA + GATE + CLAUDE, "TG009"),
    "gate first": ("pull_request_target", GATE + SHA + "- run: make", "TG009"),
    "a secret": ("pull_request_target", SHA + SECRET, "TG003w TG009"),
    "head ref": ("pull_request_target", HEAD % "${{ github.head_ref }}" + GATE, "TG009"),
    "merge ref": ("pull_request_target", HEAD % "refs/pull/${{ github.event.number }}/merge" + GATE, "TG009"),
    "the fork's repository": ("pull_request_target", "- uses: actions/checkout@v5\n  with: {repository: '${{ github.event.pull_request.head.repo.full_name }}'}\n" + GATE, "TG009"),
    "workflow_run": ("workflow_run", HEAD % "${{ github.event.workflow_run.head_sha }}" + GATE, "TG009"),
    "workflow_run branch": ("workflow_run", HEAD % "${{ github.event.workflow_run.head_branch }}" + GATE, "TG009"),
    "gh pr checkout": ("pull_request_target", "- run: gh pr checkout ${{ github.event.number }}\n" + GATE, "TG009"),
    "git fetch": ("pull_request_target", "- run: |\n    git fetch origin pull/${{ github.event.number }}/head:pr\n    git checkout pr\n" + GATE, "TG009"),
    "git fetch in an earlier step": ("pull_request_target", "- run: git fetch origin refs/pull/${{ github.event.number }}/head:pr\n- run: git -C . switch pr && npm ci\n" + GATE, "TG009"),
    "git fetch, another folder": ("pull_request_target", "- run: |\n    git fetch origin pull/${{ github.event.number }}/merge\n    git worktree add ../pr FETCH_HEAD\n" + GATE, "TG009"),
    "git fetch, to read": ("pull_request_target", "- run: |\n    git fetch origin pull/${{ github.event.number }}/head\n    git diff origin/main...FETCH_HEAD > d.patch\n" + GATE, "TG009n"),
    "a checkout before git fetch": ("pull_request_target", "- run: |\n    git checkout main\n    git fetch origin pull/${{ github.event.number }}/head\n    git log FETCH_HEAD\n" + GATE, "TG009n"),
    "git checkout": ("pull_request_target", "- run: git checkout ${{ github.event.pull_request.head.sha }}\n" + GATE, "TG009"),
    "by a variable": ("pull_request_target", "- run: git checkout $SHA\n  env: {SHA: '${{ github.event.pull_request.head.sha }}'}\n" + GATE, "TG009"),
    "by an output": ("pull_request_target", "- id: pr\n  run: echo \"sha=${{ github.event.pull_request.head.sha }}\" >> $GITHUB_OUTPUT\n" + HEAD % "${{ steps.pr.outputs.sha }}" + GATE, "TG009"),
    "an archive of it": ("pull_request_target", "- run: curl -L https://github.com/${{ github.event.pull_request.head.repo.full_name }}/archive/${{ github.event.pull_request.head.sha }}.tar.gz | tar xz\n" + GATE, "TG009"),
    "a clone of the fork": ("pull_request_target", "- run: gh repo clone ${{ github.event.pull_request.head.repo.full_name }} pr\n" + GATE, "TG009"),
    "the fork as a remote": ("pull_request_target", "- run: git remote add fork $URL && git fetch fork && git checkout fork/x\n  env: {URL: '${{ github.event.pull_request.head.repo.clone_url }}'}\n" + GATE, "TG009"),
    "its patch applied": ("pull_request_target", "- run: gh pr diff ${{ github.event.number }} | git apply\n" + GATE, "TG009"),
    "its patch read": ("pull_request_target", "- run: gh pr diff ${{ github.event.number }} > d.patch\n" + GATE, ""),
    "another patch applied": ("pull_request_target", "- run: git apply fixes/a.patch\n" + GATE, ""),
    "an archive of another": ("pull_request_target", "- run: curl -L https://github.com/acme/x/archive/v1.tar.gz | tar xz\n" + GATE, ""),
    "base": ("pull_request_target", HEAD % "${{ github.event.pull_request.base.sha }}" + GATE, ""),
    "base ref": ("pull_request_target", HEAD % "${{ github.base_ref }}" + GATE, ""),
    "main": ("pull_request_target", HEAD % "main" + GATE, ""),
    "no ref": ("pull_request_target", "- uses: actions/checkout@v5\n" + GATE, ""),
    "pull_request": ("pull_request", SHA + GATE, ""),
    "no key": ("pull_request_target", SHA + "- run: make test\n  env: {NPM_TOKEN: '${{ secrets.NPM_TOKEN }}'}", ""),
    "a gate that mints nothing": ("pull_request_target", SHA + GATE.replace("{proxy", "{mode: gate, proxy"), ""),
    "a key that is gone before": ("pull_request_target", SECRET + SHA + "- run: make", "TG003w"),
    "only for pull_request": ("[pull_request, pull_request_target]", "SPLIT", ""),
    "a step of another trigger": ("[push, pull_request_target]", SHA.replace("  with", "  if: github.event_name == 'push'\n  with") + GATE, ""),
    "own branches only": ("pull_request_target", "OWN", "TG009n"),
    "issue_comment": ("issue_comment", SHA + GATE, ""),
    "workflow_run, default branch": ("workflow_run", "- uses: actions/checkout@v5\n" + GATE, ""),
}  # fmt: skip


@pytest.mark.parametrize(("on", "steps", "expected"), UNTRUSTED.values(), ids=UNTRUSTED)
def test_a_key_beside_a_strangers_code_is_an_error(on: str, steps: str, expected: str) -> None:
    shape = "timeout-minutes: 9"
    if steps == "SPLIT":
        steps, shape = SHA + GATE, shape + "\nif: github.event_name == 'pull_request'"
    if steps == "OWN":
        steps, shape = (
            SHA + GATE,
            shape + "\nif: github.event.pull_request.head.repo.full_name == github.repository",
        )
    assert told(found(job(steps, on=on, job=shape))) == expected
