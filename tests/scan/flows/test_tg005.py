"""TG005: an agent that runs ungated, or past the proxy."""

from __future__ import annotations

import pytest

from ci_tokengate.scan.flows import Options
from tests.scan.flows.cases import CLAUDE, GATE, found, job, told

KEY = "${{ steps.gate.outputs.key }}"


def gate(**inputs: str) -> str:
    given = {
        "proxy-key": "${{ secrets.TOKENGATE_MINTING_KEY }}",
        **{k.replace("_", "-"): v for k, v in inputs.items()},
    }
    return "- uses: org/ci-tokengate@v1\n  id: gate\n  with:\n" + "".join(
        f'    {k}: "{v}"\n' for k, v in given.items()
    )


def gate_if(condition: str) -> str:
    return GATE.replace("id: gate", f"id: gate\n  if: {condition}")


UNGATED = {
    "claude-code-action": CLAUDE.replace(KEY, "x"),
    "codex-action": "- uses: openai/codex-action@v1\n  with: {prompt: Hi, responses-api-endpoint: 'https://llm.acme.example/v1/responses'}",
    "run-gemini-cli": "- uses: google-github-actions/run-gemini-cli@v0\n  with: {prompt: Hi}",
    "base action": "- uses: anthropics/claude-code-base-action@beta\n  with: {prompt: Hi}",
    "claude -p": "- run: claude -p 'Review'",
    "claude in a pipe": "- run: git diff | claude -p",
    "claude by npx": "- run: npx -y @anthropic-ai/claude-code -p hi",
    "claude by npx with a version": "- run: npx @anthropic-ai/claude-code@latest --print hi",
    "claude by bunx": "- run: bunx @anthropic-ai/claude-code -p hi",
    "claude by pnpm": "- run: pnpm dlx @anthropic-ai/claude-code -p hi",
    "claude by its path": "- run: ~/.local/bin/claude -p hi",
    "claude in node_modules": "- run: ./node_modules/.bin/claude -p hi",
    "claude under timeout": "- run: timeout 10m claude -p hi",
    "claude with a variable before": "- run: FOO=bar claude -p hi",
    "claude under env": "- run: env FOO=bar claude -p hi",
    "claude in a substitution": '- run: |\n    out="$(claude -p hi)"\n    echo "$out"',
    "claude after &&": "- run: npm ci && claude -p hi",
    "claude in an if": "- run: |\n    if claude -p hi; then echo ok; fi",
    "claude continued": "- run: |\n    npx -y \\\n      @anthropic-ai/claude-code \\\n      -p hi",
    "claude in bash -c": "- run: bash -c 'claude -p hi'",
    "claude with a prompt only": "- run: claude 'Fix it' --dangerously-skip-permissions",
    "codex exec": "- run: codex exec 'Fix'",
    "codex exec --full-auto": "- run: codex --full-auto exec fix",
    "gemini -p": "- run: gemini -p hi",
    "gemini by npx from git": "- run: npx https://github.com/google-gemini/gemini-cli -p hi",
    "aider": "- run: aider --yes --message fix",
    "aider by pipx": "- run: pipx run aider-chat --yes -m fix",
    "aider by uvx": "- run: uvx --from aider-chat aider --yes",
    "aider as a module": "- run: python -m aider --yes",
    "aider in docker": "- run: docker run -e OPENAI_API_KEY -v $PWD:/app paulgauthier/aider --yes",
    "opencode": "- run: opencode run fix",
    "qwen": "- run: qwen -p hi",
    "goose": "- run: goose run -t hi",
    "retry action": "- uses: nick-fields/retry@v3\n  with: {command: claude -p hi, max_attempts: 2}",
    "docker image": "- uses: docker://paulgauthier/aider:latest\n  with: {args: --yes}",
    "PR-Agent": "- uses: qodo-ai/pr-agent@main",
    "gate after": CLAUDE.replace(KEY, "x") + GATE,
    "gate in comment": "- run: |\n    # ci-tokengate gate\n    claude -p hi",
    "gate policy check": "- run: ci-tokengate policy check\n- run: claude -p hi",
    "mode scan": gate(mode="scan") + "- run: claude -p hi",
    "another action named alike": "- uses: org/ci-tokengate-report@v1\n- run: claude -p hi",
    "gate skipped": GATE.replace("id: gate", "id: gate\n  if: false") + "- run: claude -p hi",
    "gate with an if of its own": GATE.replace("id: gate", "id: gate\n  if: github.actor != 'x'")
    + "- run: claude -p hi",
    "gate with another if": GATE.replace("id: gate", "id: gate\n  if: github.ref == 'a'")
    + "- if: github.ref == 'b'\n  run: claude -p hi",
    "gate that goes on": GATE.replace("id: gate", "id: gate\n  continue-on-error: true")
    + "- run: claude -p hi",
    "agent always": GATE + "- if: always()\n  run: claude -p hi",
    "both always": gate_if("always()") + "- if: always()\n  run: claude -p hi",
    "both after a failure": gate_if("failure()") + "- if: failure()\n  run: claude -p hi",
    "both unless cancelled": gate_if("'!cancelled()'")
    + "- if: '!cancelled()'\n  run: claude -p hi",
    "both after success or failure": gate_if("success() || failure()")
    + "- if: success() || failure()\n  run: claude -p hi",
    "both on a condition, and always": gate_if("always() && inputs.go")
    + "- if: always() && inputs.go\n  run: claude -p hi",
    "agent after a failure, behind a gate that always runs": gate_if("always()")
    + "- if: failure()\n  run: claude -p hi",
    "an outcome that another branch does not ask for": gate_if("always()")
    + "- if: always() && (steps.gate.outcome == 'success' || inputs.force)\n  run: claude -p hi",
    "the verdict as a text, which is true when it says false": gate_if("always()")
    + "- if: always() && steps.gate.outputs.allowed\n  run: claude -p hi",
    "a verdict that may be undecided": gate_if("always()")
    + "- if: always() && steps.gate.outputs.verdict != 'block'\n  run: claude -p hi",
    "the outcome, or a failure": gate_if("always()")
    + "- if: failure() || steps.gate.outcome == 'success'\n  run: claude -p hi",
    "the outcome of another step": gate_if("always()")
    + "- {id: t, if: always(), run: make}\n- if: always() && steps.t.outcome == 'success'\n  run: claude -p hi",
    "the outcome that is not success": gate_if("always()")
    + "- if: always() && steps.gate.outcome != 'success'\n  run: claude -p hi",
    "a gate that was skipped has not failed": GATE
    + "- if: always() && steps.gate.outcome != 'failure'\n  run: claude -p hi",
    "the conclusion of a gate that goes on": gate_if("always()\n  continue-on-error: true")
    + "- if: always() && steps.gate.conclusion == 'success'\n  run: claude -p hi",
    "matrix": "- run: ${{ matrix.agent }} -p hi",
    "Codex's action in its own repository": "- uses: openai/codex/.github/actions/codex@main\n  with: {codex_home: x}",
    "claude under volta": "- run: volta run claude -p hi",
    "claude by nix": "- run: nix run nixpkgs#claude-code -- -p hi",
    "a script that the step writes": "- run: |\n    cat > go.sh <<'EOF'\n    claude -p hi\n    EOF\n    bash go.sh",
    "a script that an earlier step writes": "- run: echo 'claude -p hi' > /tmp/go.sh\n- run: bash /tmp/go.sh",
    "claude after an if of PowerShell": "- shell: pwsh\n  run: |\n    if ($x) { claude -p hi } else { exit 1 }",
    "claude in PowerShell's else": "- shell: pwsh\n  run: |\n    if ($x) { exit 1 } else { claude -p hi }",
    "claude after a loop": "- run: |\n    for a in b; do c; done < f; claude -p hi",
    "claude fed by a loop": "- run: for a in b; do cat $a; done | claude -p hi",
    "claude in a branch of case": "- run: |\n    case $X in\n      codex|gemini) echo no ;;\n      *) claude -p hi ;;\n    esac",
    "claude if an output of a branch says so": "- id: s\n  run: |\n    [ -f x ] && echo go=true >> $GITHUB_OUTPUT || echo go=false >> $GITHUB_OUTPUT\n- if: steps.s.outputs.go == 'true'\n  run: claude -p hi",
    "claude under env -S": "- run: env -S 'FOO=1 claude -p hi'",
    "claude under parallel": "- run: 'parallel -j 2 claude -p ::: a b'",
    "claude under xvfb-run": "- run: xvfb-run -a claude -p hi",
    "claude under cmd's call": "- shell: cmd\n  run: call claude -p hi",
    "claude behind a wrapper's dashes": "- run: sudo -E awf --env-all -- /bin/bash -c 'claude -p hi'",
    "claude under gh-aw's harness": "- run: sudo -E awf --config c.json --env-all -- /bin/bash -c 'node ${RUNNER_TEMP}/gh-aw/actions/claude_harness.cjs claude --print hi'",
    "claude by an alias": "- run: |\n    alias ai='claude -p'\n    ai hi",
    "claude in a PowerShell variable": "- shell: pwsh\n  run: $out = claude -p hi",
    "claude by subprocess": "- shell: python\n  run: |\n    import subprocess\n    subprocess.run(['claude', '-p', 'hi'])",
    "claude by a list": "- shell: python\n  run: |\n    import subprocess\n    cmd = ['claude', '-p', prompt]\n    subprocess.run(cmd, check=True)",
    "claude by os.system": "- shell: python\n  run: |\n    import os\n    os.system('claude -p hi')",
    "claude by github-script": "- uses: actions/github-script@v8\n  with: {script: \"await exec.exec('claude', ['-p', 'hi'])\"}",
    "a function that wraps it": '- run: |\n    claude() { command claude --model x "$@"; }\n    claude -p hi',
    "claude for each file found": "- run: find src -name '*.py' -exec claude -p 'review {}' \\;",
    "claude in tmux": '- run: tmux new-session -d -s agent "claude -p hi > log"',
    "claude typed into tmux": "- run: tmux new -d -s a \\; send-keys -t a 'claude -p hi' Enter",
    "claude in screen": "- run: screen -dmS agent claude -p hi",
    "claude on another machine": '- run: ssh -i key build@host "cd repo && claude -p hi"',
    "claude fed to ssh": "- run: |\n    ssh build@host <<'EOF'\n    claude -p hi\n    EOF",
    "claude as another user": "- run: su - runner -c 'claude -p hi'",
    "claude by runuser": "- run: runuser -u runner -- claude -p hi",
    "claude under a lock": "- run: flock /tmp/lock claude -p hi",
    "claude looked up": '- run: |\n    BIN="$(command -v claude)"\n    "$BIN" -p hi',
    "claude by which": "- run: $(which claude) -p hi",
    "claude by deno": "- run: deno run -A npm:@anthropic-ai/claude-code@1 -p hi",
    "crush by go": "- run: go run github.com/charmbracelet/crush@latest run hi",
    "codex by Start-Process": "- shell: pwsh\n  run: Start-Process -FilePath 'codex' -ArgumentList 'exec','fix' -Wait",
    "claude by Invoke-Expression": "- shell: pwsh\n  run: Invoke-Expression 'claude -p hi'",
    "claude by cmd /c": "- shell: pwsh\n  run: cmd /c claude -p hi",
    "claude in WSL": "- shell: pwsh\n  run: wsl -- claude -p hi",
    "claude to bisect": "- run: git bisect run claude -p hi",
    "claude side by side": "- run: concurrently 'claude -p a' 'npm test'",
    "a command in the job's environment": "- run: $AGENT hi\n  env: {AGENT: claude -p}",
    "a fork of the action": CLAUDE.replace(KEY, "x").replace("anthropics/", "acme/"),
    "a mirrored image": "- uses: docker://registry.acme.example/mirror/paulgauthier/aider:1\n  with: {args: --yes}",
    "Sweep": "- uses: sweepai/sweep@main",
    "an image in a variable": '- run: docker run --rm "$IMAGE" --yes\n  env: {IMAGE: "paulgauthier/aider:v1"}',
    "a package in a variable": '- run: npx -y "$PKG" -p hi\n  env: {PKG: "@anthropic-ai/claude-code@1"}',
    "claude by a script that runs what it is given": "- run: ./scripts/with-env.sh claude -p hi",
    "claude by a function that tries again": '- run: |\n    again() { for i in 1 2; do "$@" && return; done; }\n    again claude -p hi',
    "codex by yarn": "- run: yarn codex exec hi",
    "claude in a trap": "- run: |\n    trap 'claude -p why' ERR\n    make test",
}


@pytest.mark.parametrize("steps", UNGATED.values(), ids=UNGATED)
def test_an_agent_without_a_gate_before_it_is_an_error(steps: str) -> None:
    shape = "timeout-minutes: 9\nstrategy: {matrix: {agent: [claude]}}"
    assert told(found(job(steps, job=shape))) == "TG005"


GATED = {
    "claude-code-action": GATE + CLAUDE,
    "claude -p": GATE + "- run: claude -p hi",
    "codex exec": GATE + "- run: codex exec hi",
    "gemini -p": GATE + "- run: gemini -p hi",
    "aider": GATE + "- run: aider --yes",
    "aider, anthropic": GATE + "- run: aider --model sonnet --yes",
    "opencode": GATE + "- run: opencode run hi",
    "qwen": GATE + "- run: qwen -p hi",
    "copilot": GATE + "- run: copilot -p hi --allow-all-tools",
    "codex-action": gate(export="both")
    + "- uses: openai/codex-action@v1\n  with: {openai-api-key: '"
    + KEY
    + "', responses-api-endpoint: '${{ steps.gate.outputs.openai-base-url }}/responses'}",
    "run-gemini-cli": gate(export="both")
    + "- uses: google-github-actions/run-gemini-cli@v0\n  with: {gemini_api_key: '"
    + KEY
    + "'}",
    "the tool named": gate(tools="claude-code") + "- run: claude -p hi",
    "the tool by an alias": gate(tools="claude") + "- run: claude -p hi",
    "two tools": gate(tools="codex, claude-code") + "- run: claude -p hi\n- run: codex exec hi",
    "a shared if": GATE.replace("id: gate", "id: gate\n  if: github.actor != 'x'")
    + "- if: ${{ github.actor != 'x' }}\n  run: claude -p hi",
    "a narrower if": GATE.replace("id: gate", "id: gate\n  if: github.actor != 'x'")
    + "- if: github.actor != 'x' && inputs.go\n  run: claude -p hi",
    "a gate with always(), and its outcome": gate_if("always()")
    + "- if: always() && steps.gate.outcome == 'success'\n  run: claude -p hi",
    "a gate with failure(), and its outcome": gate_if("failure()")
    + "- if: failure() && steps.gate.outcome == 'success'\n  run: claude -p hi",
    "a gate with !cancelled(), and its conclusion": gate_if("${{ !cancelled() }}")
    + "- if: ${{ !cancelled() && steps.gate.conclusion == 'success' }}\n  run: claude -p hi",
    "success or failure, and its outcome": gate_if("success() || failure()")
    + "- if: (success() || failure()) && steps.gate.outcome == 'success'\n  run: claude -p hi",
    "an agent that runs after success, behind a gate that always runs": gate_if("always()")
    + "- if: success() && inputs.go\n  run: claude -p hi",
    "a gate that always runs and has not failed": gate_if("always()")
    + "- if: always() && steps.gate.outcome != 'failure'\n  run: claude -p hi",
    "a gate that always runs and not its failure": gate_if("always()")
    + "- if: always() && !(steps.gate.outcome == 'failure')\n  run: claude -p hi",
    "a key that is there": gate_if("always()").replace("with: {", "with: {export: both, ")
    + "- if: always() && steps.gate.outputs.key\n  run: claude -p hi",
    "neither failed nor cancelled": GATE
    + "- if: ${{ !failure() && !cancelled() }}\n  run: claude -p hi",
    "no failure, behind a gate that always runs": gate_if("always()")
    + "- if: ${{ !failure() }}\n  run: claude -p hi",
    "a success that is asked for in each branch": gate_if("always()")
    + "- if: failure() && steps.gate.outcome == 'success' || success()\n  run: claude -p hi",
    "a failure of a step that only ran behind the gate": GATE
    + "- {id: t, run: npm test}\n- if: failure() && steps.t.outcome == 'failure'\n  run: claude -p hi",
    "always, after an output of a step behind the gate": GATE
    + "- {id: t, run: npm test}\n- if: always() && steps.t.outputs.red == 'yes'\n  run: claude -p hi",
    "a failure, and the gate's outcome": GATE
    + "- run: npm test\n- if: failure() && steps.gate.outcome == 'success'\n  run: claude -p hi",
    "a config that an earlier step wrote": gate(mode="gate")
    + "- run: |\n    printf '[model_providers.p]\\nbase_url=\"https://llm.acme.example/v1\"' > ~/.codex/config.toml\n- run: codex exec hi",
    "the proxy by a substitution": gate(mode="gate")
    + "- run: |\n    source <(echo 'export ANTHROPIC_BASE_URL=https://llm.acme.example')\n    claude -p hi",
    "a skipped key that is asked for": gate(on_hard_stop="skip")
    + "- if: steps.gate.outputs.allowed == 'true'\n  run: claude -p hi",
    "a skipped key that the script asks for": gate(on_hard_stop="skip")
    + "- run: |\n    [ '${{ steps.gate.outputs.allowed }}' = true ] || exit 0\n    claude -p hi",
    "the gate's verdict": GATE + "- if: steps.gate.outputs.allowed == 'true'\n  run: claude -p hi",
    "the verdict and always": GATE
    + "- if: always() && steps.gate.outputs.allowed == 'true'\n  run: claude -p hi",
    "the outcome of a gate that goes on": GATE.replace(
        "id: gate", "id: gate\n  continue-on-error: true"
    )
    + "- if: steps.gate.outcome == 'success'\n  run: claude -p hi",
    "an event that is the only one": GATE.replace(
        "id: gate", "id: gate\n  if: github.event_name == 'workflow_dispatch'"
    )
    + "- run: claude -p hi",
    "mode gate, own base URL": gate(mode="gate")
    + "- run: claude -p hi\n  env: {ANTHROPIC_BASE_URL: 'https://llm.acme.example'}",
    "export output, own base URL": gate(export="output")
    + "- run: claude -p hi\n  env: {ANTHROPIC_BASE_URL: '${{ steps.gate.outputs.base-url }}', ANTHROPIC_API_KEY: '"
    + KEY
    + "'}",
    "the command line": "- run: ci-tokengate run --tools claude-code -- claude -p hi",
    "the command line by pipx": "- run: pipx run ci-tokengate run -- codex exec hi",
    "the command line as a gate": "- run: ci-tokengate gate\n- run: claude -p hi\n  env: {ANTHROPIC_BASE_URL: 'https://llm.acme.example'}",
    "codex by its options": gate(mode="gate")
    + "- run: codex exec -c model_provider=acme -c model_providers.acme.base_url=https://llm.acme.example/v1 hi",
    "aider by its option": gate(mode="gate")
    + "- run: aider --openai-api-base https://llm.acme.example/v1 --yes",
    "base URL in GITHUB_ENV": gate(mode="gate")
    + "- run: echo 'ANTHROPIC_BASE_URL=https://llm.acme.example' >> $GITHUB_ENV\n- run: claude -p hi",
    "base URL exported": gate(mode="gate")
    + "- run: |\n    export ANTHROPIC_BASE_URL=https://llm.acme.example\n    claude -p hi",
    "job env that the gate beats": GATE + "- run: claude -p hi",
    "step without agent": "- run: npm test",
    "version": "- run: claude --version && codex --version && gemini --version && aider --version",
    "installation": "- run: npm install -g @anthropic-ai/claude-code @openai/codex && pip install aider-chat",
    "mcp": "- run: claude mcp add x -- npx y",
    "login": "- run: codex login --with-api-key < key",
    "echo": "- run: echo 'claude -p hi'",
    "find without an agent": "- run: find . -name claude -exec rm {} +",
    "tmux without an agent": "- run: tmux new-session -d -s claude 'npm start'",
    "a search on another machine": "- run: ssh host grep -r claude /etc",
    "a process that is no agent": "- shell: pwsh\n  run: Start-Process notepad -ArgumentList codex",
    "looked up and not run": '- run: BIN="$(command -v claude)" && test -n "$BIN"',
    "another action of a fork": "- uses: acme/claude-code-setup@v1",
    "a locked install": "- run: flock /tmp/lock npm i -g @openai/codex",
    "another image in a variable": '- run: docker run --rm "$IMAGE" --yes\n  env: {IMAGE: "acme/aider-docs:v1"}',
    "another program by go": "- run: go run ./cmd/claude-stub -p hi",
    "a script that installs it": "- run: ./scripts/install.sh claude --yes",
    "a function about it": '- run: |\n    log() { echo "$@"; }\n    log claude has run',
    "another program by yarn": "- run: yarn build --filter codex",
    "a trap that cleans up": "- run: trap 'rm -rf claude' EXIT",
    "comment": "- run: |\n    # claude -p hi\n    true",
    "name": "- name: Run claude-code-action\n  run: ./review.sh",
    "which": "- run: command -v claude || which codex",
    "heredoc into a file": "- run: |\n    cat > run.sh <<'EOF'\n    claude -p hi\n    EOF",
    "grep": "- run: grep -r 'codex exec' .",
    "agent off": "- if: false\n  run: claude -p hi",
    "setup": "- uses: clouatre-labs/setup-thing@v1",
    "a function named alike": "- run: |\n    gemini() { echo stub; }\n    gemini -p hi",
    "subprocess in a comment": "- shell: python\n  run: |\n    # subprocess.run(['claude', '-p'])\n    x = 1",
    "a list that is only shown": "- shell: python\n  run: |\n    import subprocess\n    cmd = ['claude', '-p', 'x']\n    subprocess.run(['echo', *cmd])",
    "subprocess of another": "- shell: python\n  run: |\n    import subprocess\n    subprocess.run(['claude', '--version'])",
    "agents as patterns of case": "- run: |\n    case $X in claude|codex) echo a ;; gemini) echo b ;; esac",
    "a file that a loop reads": "- run: |\n    while read -r l; do echo $l; done < prompts/claude\n    { echo a; } < codex",
    "agents in a loop": '- run: for t in claude codex; do echo "$t"; done',
    "a script that is written and not run": "- run: |\n    cat > go.sh <<'EOF'\n    claude -p hi\n    EOF\n    cat go.sh",
    "a test of a program named alike": "- run: cargo test -- codex exec",
    "a gate that only a cancelled run leaves out": GATE.replace(
        "id: gate", "id: gate\n  if: ${{ !cancelled() }}"
    )
    + "- run: claude -p hi",
    "a gate for each of the triggers": GATE.replace(
        "id: gate",
        "id: gate\n  if: github.event_name == 'push' || github.event_name == 'workflow_dispatch'",
    )
    + "- run: claude -p hi",
    "docker with its base URL": GATE
    + "- run: docker run -e ANTHROPIC_API_KEY -e ANTHROPIC_BASE_URL img claude -p hi",
}


@pytest.mark.parametrize("steps", GATED.values(), ids=GATED)
def test_a_gated_and_wired_agent_is_no_finding_and_neither_is_what_only_looks_like_one(
    steps: str,
) -> None:
    assert told(found(job(steps))) == ""


PAST = {
    "export output": (gate(export="output") + "- run: claude -p hi", "TG005"),
    "mode gate": (gate(mode="gate") + "- run: claude -p hi", "TG005"),
    "another tool": (gate(tools="codex") + "- run: claude -p hi", "TG005"),
    "aider wired, Claude asked": (gate(tools="aider") + "- run: aider --model sonnet", "TG005"),
    "openai wired, Codex run": (gate(tools="openai") + "- run: codex exec hi", "TG005"),
    "Codex ignores the variable": (
        gate(mode="gate")
        + "- run: codex exec hi\n  env: {OPENAI_BASE_URL: 'https://llm.acme.example/v1'}",
        "TG005",
    ),
    "codex-action without endpoint": (
        GATE + "- uses: openai/codex-action@v1\n  with: {openai-api-key: '" + KEY + "'}",
        "TG005",
    ),
    "Codex by its built-in provider": (
        GATE + "- run: codex exec -c model_provider=openai hi",
        "TG005",
    ),
    "Gemini's wrong variable": (
        gate(mode="gate")
        + "- run: gemini -p hi\n  env: {GEMINI_BASE_URL: 'https://llm.acme.example'}",
        "TG005",
    ),
    "provider in the step": (
        GATE + "- run: claude -p hi\n  env: {ANTHROPIC_BASE_URL: 'https://api.anthropic.com'}",
        "TG004 TG005",
    ),
    "provider in the command": (
        GATE + "- run: ANTHROPIC_BASE_URL=https://api.anthropic.com claude -p hi",
        "TG004 TG005",
    ),
    "provider by GITHUB_ENV": (
        GATE
        + "- run: echo ANTHROPIC_BASE_URL=https://api.anthropic.com >> $GITHUB_ENV\n- run: claude -p hi",
        "TG004 TG005",
    ),
    "provider by tee": (
        GATE
        + "- run: echo ANTHROPIC_BASE_URL=https://api.anthropic.com | tee -a $GITHUB_ENV\n- run: claude -p hi",
        "TG004 TG005",
    ),
    "provider by heredoc": (
        GATE
        + "- run: |\n    cat <<EOF >> $GITHUB_ENV\n    ANTHROPIC_BASE_URL=https://api.anthropic.com\n    EOF\n- run: claude -p hi",
        "TG004 TG005",
    ),
    "provider by a group": (
        GATE
        + '- run: |\n    {\n      echo X=1\n      echo ANTHROPIC_BASE_URL=https://api.anthropic.com\n    } >> "$GITHUB_ENV"\n- run: claude -p hi',
        "TG004 TG005",
    ),
    "provider by github-script": (
        GATE
        + "- uses: actions/github-script@v7\n  with: {script: \"core.exportVariable('ANTHROPIC_BASE_URL', 'https://api.anthropic.com')\"}\n- run: claude -p hi",
        "TG004 TG005",
    ),
    "blank": (GATE + "- run: claude -p hi\n  env: {ANTHROPIC_BASE_URL: ''}", "TG005"),
    "unset": (GATE + "- run: |\n    unset ANTHROPIC_BASE_URL\n    claude -p hi", "TG005"),
    "env -u": (GATE + "- run: env -u ANTHROPIC_BASE_URL claude -p hi", "TG005"),
    "docker without its base URL": (
        GATE + "- run: docker run -e ANTHROPIC_API_KEY img claude -p hi",
        "TG005",
    ),
    "codex option": (
        GATE + "- run: codex exec -c openai_base_url=https://api.openai.com/v1 hi",
        "TG004 TG005",
    ),
    "provider by github.env": (
        GATE
        + "- run: echo ANTHROPIC_BASE_URL=https://api.anthropic.com >> ${{ github.env }}\n- run: claude -p hi",
        "TG004 TG005",
    ),
    "provider by sudo tee": (
        GATE
        + "- run: echo ANTHROPIC_BASE_URL=https://api.anthropic.com | sudo tee -a $GITHUB_ENV\n- run: claude -p hi",
        "TG004 TG005",
    ),
    "provider by .NET": (
        GATE
        + '- shell: pwsh\n  run: |\n    [IO.File]::AppendAllText($env:GITHUB_ENV, "ANTHROPIC_BASE_URL=https://api.anthropic.com`n")\n- run: claude -p hi',
        "TG005",
    ),
    "provider by node -e": (
        GATE
        + "- run: |\n    node -e \"fs.appendFileSync(process.env.GITHUB_ENV, 'ANTHROPIC_BASE_URL=https://api.anthropic.com')\"\n- run: claude -p hi",
        "TG004 TG005",
    ),
    "provider by a loop": (
        GATE
        + '- run: |\n    for kv in A=1 ANTHROPIC_BASE_URL=https://api.anthropic.com; do\n      echo "$kv"\n    done >> $GITHUB_ENV\n- run: claude -p hi',
        "TG005",
    ),
    "provider in one branch": (
        gate(mode="gate")
        + "- run: |\n    if x; then\n      echo ANTHROPIC_BASE_URL=https://api.anthropic.com >> $GITHUB_ENV\n    else\n      echo ANTHROPIC_BASE_URL=https://llm.acme.example >> $GITHUB_ENV\n    fi\n- run: claude -p hi",
        "TG004 TG005",
    ),
    "the proxy in one branch": (
        gate(mode="gate")
        + "- run: |\n    if x; then echo ANTHROPIC_BASE_URL=https://llm.acme.example >> $GITHUB_ENV; fi\n- run: claude -p hi",
        "TG005n",
    ),
    "a mode that is this or that": (
        gate(mode="${{ inputs.a && 'key' || 'scan' }}") + "- run: claude -p hi",
        "TG005n",
    ),
    "one of a matrix": (
        GATE + "- run: claude -p hi\n  env: {ANTHROPIC_BASE_URL: '${{ matrix.url }}'}",
        "TG004 TG005 TG008w",
    ),
    "base URL of vars": (
        gate(mode="gate")
        + "- run: claude -p hi\n  env: {ANTHROPIC_BASE_URL: '${{ vars.LLM_PROXY_URL }}'}",
        "TG005n",
    ),
    "base URL of a secret": (
        GATE + "- run: claude -p hi\n  env: {ANTHROPIC_BASE_URL: '${{ secrets.LLM_URL }}'}",
        "TG005n",
    ),
    "base URL that a command prints": (
        GATE + '- run: echo "ANTHROPIC_BASE_URL=$(./url.sh)" >> $GITHUB_ENV\n- run: claude -p hi',
        "TG005n",
    ),
    "a container that runs already": (GATE + "- run: docker exec box claude -p hi", "TG005n"),
    "a container of Compose": (GATE + "- run: docker compose run agent claude -p hi", "TG005n"),
    "a pod": (GATE + "- run: kubectl exec pod -- claude -p hi", "TG005n"),
    "tools known at the run": (gate(tools="${{ inputs.tools }}") + "- run: claude -p hi", "TG005n"),
    "provider by Python in a script": (
        GATE
        + "- run: |\n    python - <<'EOF'\n    import os\n    open(os.environ['GITHUB_ENV'], 'a').write('ANTHROPIC_BASE_URL=https://api.anthropic.com')\n    EOF\n- run: claude -p hi",
        "TG004 TG005",
    ),
    "provider by a line in a PowerShell variable": (
        GATE
        + '- shell: pwsh\n  run: |\n    $line = "ANTHROPIC_BASE_URL=https://api.anthropic.com"\n    $line | Add-Content $env:GITHUB_ENV\n- run: claude -p hi',
        "TG004 TG005",
    ),
    "provider by a PowerShell variable": (
        GATE
        + '- shell: pwsh\n  run: |\n    $env:ANTHROPIC_BASE_URL = "https://api.anthropic.com"\n    claude -p hi',
        "TG004 TG005",
    ),
    "mode known at the run": (gate(mode="${{ inputs.mode }}") + "- run: claude -p hi", "TG005n"),
    "a failure runs it": (GATE + "- run: npm test\n- if: failure()\n  run: claude -p hi", "TG005"),
    "a failure runs it, or a skip": (
        GATE
        + "- {id: t, run: npm test}\n- if: failure() && steps.t.outcome != 'success'\n  run: claude -p hi",
        "TG005",
    ),
    "a failure of a step before the gate runs it": (
        "- {id: t, run: npm test}"
        + GATE
        + "- if: failure() && steps.t.outcome == 'failure'\n  run: claude -p hi",
        "TG005",
    ),
    "a failure of a step that always runs": (
        GATE
        + "- {id: t, if: always(), run: npm test}\n- if: failure() && steps.t.outcome == 'failure'\n  run: claude -p hi",
        "TG005",
    ),
    "a key that the gate may skip": (gate(on_hard_stop="skip") + "- run: claude -p hi", "TG005n"),
    "a key that the gate may skip in trouble": (
        gate(on_error="skip") + "- run: claude -p hi",
        "TG005n",
    ),
    "provider by source": (
        GATE
        + "- run: |\n    source <(echo 'export ANTHROPIC_BASE_URL=https://api.anthropic.com')\n    claude -p hi",
        "TG004 TG005",
    ),
    "provider by eval": (
        GATE
        + "- run: |\n    eval \"$(echo 'export ANTHROPIC_BASE_URL=https://api.anthropic.com')\"\n    claude -p hi",
        "TG004 TG005",
    ),
    "provider by a here-string": (
        GATE
        + '- run: |\n    . /dev/stdin <<< "ANTHROPIC_BASE_URL=https://api.anthropic.com"\n    claude -p hi',
        "TG004 TG005",
    ),
    "provider in settings that the script writes": (
        GATE
        + '- run: |\n    echo \'{"env": {"ANTHROPIC_BASE_URL": "https://api.anthropic.com"}}\' > ~/.claude/settings.json\n- run: claude -p hi',
        "TG004 TG005",
    ),
}


@pytest.mark.parametrize(("steps", "expected"), PAST.values(), ids=PAST)
def test_a_gated_agent_whose_base_url_is_not_the_proxys_is_an_error(
    steps: str, expected: str
) -> None:
    shape = "timeout-minutes: 9"
    if "matrix" in steps:
        shape += (
            "\nstrategy: {matrix: {url: ['https://llm.acme.example', 'https://api.anthropic.com']}}"
        )
    assert told(found(job(steps, job=shape))) == expected


def test_with_the_proxy_known_another_host_is_not_the_proxy() -> None:
    text = job(GATE + "- run: claude -p hi\n  env: {ANTHROPIC_BASE_URL: 'https://relay.example'}")
    assert (
        told(found(text, options=Options(proxy_hosts=frozenset({"llm.acme.example"})))) == "TG005"
    )
    assert (
        told(
            found(
                text.replace("relay", "llm.acme"),
                options=Options(proxy_hosts=frozenset({"llm.acme.example"})),
            )
        )
        == ""
    )
    policy = {
        ".github/tokengate.yml": "version: 1\nproxy: {kind: litellm, url: https://llm.acme.example}\n"
    }
    assert told(found(text, policy)) == "TG005"


def test_job_env_loses_to_the_gate_and_step_env_wins() -> None:
    env = "timeout-minutes: 9\nenv: {ANTHROPIC_BASE_URL: 'https://api.anthropic.com'}"
    assert told(found(job(GATE + "- run: claude -p hi", job=env))) == "TG004"
    assert told(found(job(gate(tools="codex") + "- run: claude -p hi", job=env))) == "TG004 TG005"


def test_a_gate_in_another_job_is_none() -> None:
    text = (
        job(GATE)
        + "  k:\n    needs: j\n    runs-on: x\n    timeout-minutes: 9\n    steps:\n    - run: claude -p hi\n"
    )
    assert told(found(text)) == "TG005"


COMPOSITE = """
name: review
inputs: {url: {default: "https://llm.acme.example"}, key: {default: ""}}
runs:
  using: composite
  steps:
    - shell: bash
      run: claude -p hi
      env: {ANTHROPIC_BASE_URL: "${{ inputs.url }}", ANTHROPIC_API_KEY: "${{ inputs.key }}"}
"""


def test_an_agent_in_a_composite_action_is_judged_where_the_action_is_used() -> None:
    others = {".github/actions/review/action.yml": COMPOSITE}
    uses = "- uses: ./.github/actions/review\n"
    assert told(found(job(uses), others)) == "TG005"
    assert told(found(job(GATE + uses), others)) == ""
    assert (
        told(found(job(GATE + uses + "  with: {url: 'https://api.anthropic.com'}"), others))
        == "TG004 TG005"
    )
    assert (
        told(found(job(GATE + uses + "  with: {key: '${{ secrets.CI_KEY }}'}"), others)) == "TG003w"
    )


def test_a_gate_in_a_composite_action_holds_for_the_steps_after_it() -> None:
    body = "runs:\n  using: composite\n  steps:\n" + "".join(
        f"    {line}\n" for line in GATE.strip().splitlines()
    )
    others = {"gate/action.yml": "name: our gate\n" + body}
    assert told(found(job("- uses: ./gate\n- run: claude -p hi"), others)) == ""


def test_a_composite_action_that_nobody_calls_is_a_note() -> None:
    assert told(found(COMPOSITE, path="action.yml")) == "TG005n"


def test_a_file_that_is_no_yaml_is_a_note_with_its_line() -> None:
    (finding,) = found("on: push\njobs: [claude\n")
    assert (finding.level.value, finding.line) == ("note", 3)


def test_the_env_of_a_composite_actions_step_beats_what_the_gate_wrote() -> None:
    action = (
        "name: a\nruns:\n  using: composite\n  steps:\n    - {run: claude -p hi, shell: bash}\n"
    )
    called = GATE + "- uses: ./act"
    assert told(found(job(called), {"act/action.yml": action})) == ""
    called += "\n  env: {ANTHROPIC_BASE_URL: 'https://api.anthropic.com'}"
    assert told(found(job(called), {"act/action.yml": action})) == "TG004 TG005"


def test_the_repositorys_own_settings_beat_what_the_gate_wrote() -> None:
    settings = '{"env": {"ANTHROPIC_BASE_URL": "https://api.anthropic.com"}}'
    run = GATE + "- run: claude -p hi"
    assert told(found(job(run), {".claude/settings.json": settings})) == "TG005"
    proxied = settings.replace("api.anthropic.com", "llm.acme.example")
    assert told(found(job(run), {".claude/settings.json": proxied})) == ""
