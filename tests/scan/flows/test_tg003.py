"""TG003: a long-lived provider secret handed to a job."""

from __future__ import annotations

import pytest

from ci_tokengate.scan.flows import Options
from tests.scan.flows.cases import GATE, found, job, told

S = "${{ secrets.%s }}"
RUN = "- run: python review.py\n"


def env(name: str, value: str, **more: str) -> str:
    given = {name: value, **more}
    return RUN + "  env:\n" + "".join(f"    {k}: {v}\n" for k, v in given.items())


ERRORS = {
    **{
        name: env(name, S % name)
        for name in (
            "ANTHROPIC_API_KEY", "OPENAI_API_KEY", "AZURE_OPENAI_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY", "MISTRAL_API_KEY",
            "COHERE_API_KEY", "GROQ_API_KEY", "XAI_API_KEY", "DEEPSEEK_API_KEY", "OPENROUTER_API_KEY", "PERPLEXITY_API_KEY",
            "TOGETHER_API_KEY", "FIREWORKS_API_KEY", "REPLICATE_API_TOKEN", "CEREBRAS_API_KEY", "VOYAGE_API_KEY",
            "NVIDIA_API_KEY", "MOONSHOT_API_KEY", "ELEVENLABS_API_KEY", "AWS_BEARER_TOKEN_BEDROCK", "CLAUDE_CODE_OAUTH_TOKEN",
            "ANTHROPIC_AUTH_TOKEN", "OPENAI_ADMIN_KEY", "ANTHROPIC_ADMIN_KEY", "LLM_API_KEY",
        )
    },
    "by the variable's name": env("OPENAI_API_KEY", S % "CI_KEY_2"),
    "by the secret's name": env("MY_KEY", S % "PROD_OPENAI_API_KEY"),
    "lower case": env("OPENAI_API_KEY", "${{ secrets.openai_api_key }}"),
    "vars": env("OPENAI_API_KEY", "${{ vars.OPENAI_API_KEY }}"),
    "a fallback": env("OPENAI_API_KEY", "${{ secrets.OPENAI_KEY || 'none' }}"),
    "in brackets": env("OPENAI_API_KEY", "${{ secrets['OPENAI_API_KEY'] }}"),
    "format": env("KEY", "${{ secrets[format('{0}_API_KEY', 'OPENAI')] }}"),
    "with a prefix": env("AUTH", "Bearer ${{ secrets.OPENAI_API_KEY }}"),
    "an input": "- uses: some/action@v1\n  with: {openai-api-key: '" + S % "X" + "'}",
    "an input of its own name": "- uses: some/action@v1\n  with: {token: '" + S % "ANTHROPIC_API_KEY" + "'}",
    "in a script": "- run: |\n    curl -H 'x-api-key: " + S % "ANTHROPIC_API_KEY" + "' $URL",
    "exported": "- run: |\n    export OPENAI_API_KEY=" + S % "X" + "\n    python x.py",
    "by a variable": env("K", S % "X") .replace("python review.py", "OPENAI_API_KEY=$K python review.py"),
    "GITHUB_ENV": "- run: echo \"OPENAI_API_KEY=" + S % "X" + "\" >> $GITHUB_ENV",
    "chain of env": RUN + "  env: {OPENAI_API_KEY: '${{ env.SHARED }}'}",
    "a provider's base URL": env("OPENAI_API_KEY", S % "OPENAI_API_KEY", OPENAI_BASE_URL="https://api.openai.com/v1"),
    "another provider's proxy": env("OPENAI_API_KEY", S % "OPENAI_API_KEY", ANTHROPIC_BASE_URL="https://llm.acme.example"),
    "Bedrock, whatever the gate sets": GATE + env("AWS_BEARER_TOKEN_BEDROCK", S % "X", CLAUDE_CODE_USE_BEDROCK="'1'").replace("python review.py", "claude -p hi"),
    "Azure's own endpoint": env("AZURE_OPENAI_API_KEY", S % "AZURE_OPENAI_API_KEY", AZURE_OPENAI_ENDPOINT=S % "AZURE_OPENAI_ENDPOINT"),
    "a login of Codex": env("CODEX_AUTH_JSON", S % "CODEX_AUTH_JSON"),
    "a login of Codex in a script": "- run: echo '" + S % "CODEX_AUTH_JSON_B64" + "' | base64 -d > ~/.codex/auth.json",
    "an organisation's": env("AUTH", S % "ORG_ANTHROPIC_KEY"),
    "a bot's": env("AUTH", S % "SLACK_BOT_OPENAI_API_KEY"),
    "a container": "- run: docker run -e OPENAI_API_KEY=$K acme/eval\n  env: {K: '" + S % "X" + "'}",
    "a file of variables": "- run: echo \"OPENAI_API_KEY=$K\" > .env\n  env: {K: '" + S % "X" + "'}",
    "a file of variables, in a block": "- run: |\n    cat > app/.env.local <<EOF\n    PORT=1\n    OPENAI_API_KEY=$K\n    EOF\n  env: {K: '" + S % "X" + "'}",
    **{
        f"an argument: {command}": f"- run: {command}\n  env: {{K: '{S % 'X'}'}}"
        for command in (
            "flyctl secrets set OPENAI_API_KEY=$K", "gcloud run deploy web --set-env-vars=PORT=1,OPENAI_API_KEY=$K",
            "helm upgrade app ./chart --set env.OPENAI_API_KEY=$K", "docker build --build-arg OPENAI_API_KEY=$K .",
            "kubectl create secret generic llm --from-literal=OPENAI_API_KEY=$K", "make eval OPENAI_API_KEY=$K",
        )
    },
    "a further provider": env("WRITER_API_KEY", S % "WRITER_API_KEY"),
    "for the page of a web build": env("NEXT_PUBLIC_GEMINI_API_KEY", S % "NEXT_PUBLIC_GEMINI_API_KEY"),
    "Azure's, in short": env("AOAI_KEY", S % "A"),
    "Doppler's action": "- id: d\n  uses: dopplerhq/secrets-fetch-action@v1\n" + env("OPENAI_API_KEY", "${{ steps.d.outputs.OPENAI_API_KEY }}"),
    "1Password": env("ANTHROPIC_API_KEY", "op://ci/anthropic/api-key"),
    "Vault's action": "- uses: hashicorp/vault-action@v3\n  with:\n    secrets: |\n      secret/data/ci url | PROXY_URL ;\n      secret/data/ci key | OPENAI_API_KEY",
    "Vault's action, by its output": "- id: v\n  uses: hashicorp/vault-action@v3\n  with: {secrets: secret/data/ci key | AI}\n" + env("OPENAI_API_KEY", "${{ steps.v.outputs.AI }}"),
    "AWS's action": "- uses: aws-actions/aws-secretsmanager-get-secrets@v2\n  with:\n    secret-ids: |\n      OPENAI_API_KEY, prod/openai",
    "Google's action": "- uses: google-github-actions/get-secretmanager-secrets@v2\n  with:\n    secrets: |-\n      GEMINI_API_KEY:acme/gemini",
    "AWS by its command": "- run: |\n    export OPENAI_API_KEY=$(aws secretsmanager get-secret-value --secret-id x --query SecretString --output text)\n    python x.py",
    "Google by its command": "- run: echo \"OPENAI_API_KEY=$(gcloud secrets versions access latest --secret x)\" >> $GITHUB_ENV",
    "1Password by its command": "- run: OPENAI_API_KEY=`op read op://ci/x/y` python x.py",
    "if an output of a branch says so": "- id: has\n  run: |\n    if [ -f x ]; then\n      echo ok=true >> $GITHUB_OUTPUT\n    else\n      echo ok=false >> $GITHUB_OUTPUT\n    fi\n"
        + env("OPENAI_API_KEY", S % "X").replace("- run", "- if: steps.has.outputs.ok == 'true'\n  run"),
    "with a matrix": RUN + "  env: {OPENAI_API_KEY: '${{ secrets[matrix.secret] }}'}",
}  # fmt: skip


@pytest.mark.parametrize("steps", ERRORS.values(), ids=ERRORS)
def test_a_providers_secret_without_a_proxy_is_an_error(steps: str) -> None:
    shape = "timeout-minutes: 9\nstrategy: {matrix: {secret: [OPENAI_A, OPENAI_B]}}"
    findings = found(job(steps, top="env: {SHARED: '${{ secrets.SOME }}'}", job=shape))
    assert told([f for f in findings if f.rule == "TG003"]) == "TG003"


NONE = {
    "a search service's key": env("AZURE_AI_SEARCH_KEY", S % "AZURE_AI_SEARCH_KEY"),
    "a database's password": env("LLM_DB_PASSWORD", S % "LLM_DB_PASSWORD"),
    "a writer that is no provider": env("S3_WRITER_SECRET", S % "S3_WRITER_SECRET"),
    "a bot's token": env("CHATGPT_BOT_TOKEN", S % "CHATGPT_BOT_TOKEN"),
    "the gate's own": GATE,
    "the gate's own, named badly": GATE.replace("TOKENGATE_MINTING_KEY", "ANTHROPIC_API_KEY"),
    "sweep": "- run: ci-tokengate sweep\n  env: {TOKENGATE_PROXY_KEY: '${{ secrets.TOKENGATE_MINTING_KEY }}'}",
    "the job key": GATE + RUN + "  env: {OPENAI_API_KEY: '${{ steps.gate.outputs.key }}'}",
    "a dummy": env("OPENAI_API_KEY", "sk-test"),
    "empty": env("OPENAI_API_KEY", "''"),
    "presence": env("HAS_KEY", "${{ secrets.OPENAI_API_KEY != '' }}"),
    "presence as a truth": env("HAS_KEY", "${{ !!secrets.OPENAI_API_KEY }}"),
    "an output of another action": "- id: d\n  uses: acme/which-model@v1\n"
    + env("OPENAI_MODEL", "${{ steps.d.outputs.MODEL }}"),
    "presence and a literal": env("MODE", "${{ secrets.OPENAI_API_KEY && 'full' || 'none' }}"),
    "model": env("OPENAI_MODEL", "${{ vars.OPENAI_MODEL }}"),
    "organisation": env("OPENAI_ORG_ID", S % "OPENAI_ORG_ID"),
    "base URL": env("ANTHROPIC_BASE_URL", S % "ANTHROPIC_BASE_URL"),
    "max tokens": env("OPENAI_MAX_TOKENS", "${{ vars.OPENAI_MAX_TOKENS }}"),
    "GitHub's token": env("GITHUB_TOKEN", S % "GITHUB_TOKEN"),
    "GitHub's token for an agent": "- uses: some/action@v1\n  with: {github_token: '"
    + S % "GITHUB_TOKEN"
    + "'}",
    "npm": env("NPM_TOKEN", S % "NPM_TOKEN"),
    "app key": env("CLAUDE_APP_PRIVATE_KEY", S % "CLAUDE_APP_PRIVATE_KEY"),
    "webhook": env("OPENAI_WEBHOOK_SECRET", S % "OPENAI_WEBHOOK_SECRET"),
    "maps": env("GOOGLE_MAPS_API_KEY", S % "GOOGLE_MAPS_API_KEY"),
    "AWS alone": env("AWS_ACCESS_KEY_ID", S % "AWS_ACCESS_KEY_ID"),
    "commented": "- run: |\n    # export OPENAI_API_KEY=x\n    true",
    "step that never runs": "- if: false\n  run: x\n  env: {OPENAI_API_KEY: '"
    + S % "OPENAI_API_KEY"
    + "'}",
    "condition": "- if: ${{ env.OPENAI_API_KEY != '' }}\n  run: x",
    "langfuse": env("LANGFUSE_SECRET_KEY", S % "LANGFUSE_SECRET_KEY"),
    "a public key": env("OPENAI_PUBLIC_KEY", S % "OPENAI_PUBLIC_KEY"),
    "1Password, another's": env("NPM_TOKEN", "op://ci/npm/token"),
    "Vault's action, another's": "- uses: hashicorp/vault-action@v3\n  with:\n    secrets: |\n      secret/data/ci token | NPM_TOKEN ;\n      secret/data/ci pass | DB_PASSWORD",
    "AWS's action, another's": "- uses: aws-actions/aws-secretsmanager-get-secrets@v2\n  with: {secret-ids: 'DB_PASSWORD, prod/db'}",
    "a parameter that is no key": "- run: export OPENAI_MODEL=$(aws ssm get-parameter --name /ci/model --query Parameter.Value)",
    "an organisation's id": env("OPENAI_ORG_ID", S % "OPENAI_ORG_ID"),
    "a bot's token for GitHub": env("GH_TOKEN", S % "GITHUB_CLAUDE_TOKEN"),
    "an argument that is no key": "- run: make OPENAI_MODEL=$M OPENAI_API_KEY=dummy\n  env: {M: '"
    + S % "M"
    + "'}",
    "an argument that is printed": "- run: echo OPENAI_API_KEY=$K\n  env: {K: '" + S % "X" + "'}",
    "a container's dummy": "- run: docker run -e OPENAI_API_KEY=dummy acme/eval",
    "a file that holds none": '- run: echo "OPENAI_API_KEY=$K" > note.txt\n  env: {K: dummy}',
    "a key from elsewhere": "- run: export OPENAI_API_KEY=$(ci-tokengate mint)\n",
}


@pytest.mark.parametrize("steps", NONE.values(), ids=NONE)
def test_what_is_no_providers_secret_is_no_finding(steps: str) -> None:
    assert told(found(job(steps))) == ""


PROXIED = {
    "in the step": env(
        "OPENAI_API_KEY", S % "OPENAI_API_KEY", OPENAI_BASE_URL="https://llm.acme.example/v1"
    ),
    "of vars": env(
        "OPENAI_API_KEY", S % "OPENAI_API_KEY", OPENAI_BASE_URL="'${{ vars.LLM_PROXY }}'"
    ),
    "older name": env(
        "OPENAI_API_KEY", S % "OPENAI_API_KEY", OPENAI_API_BASE="https://llm.acme.example/v1"
    ),
    "Gemini": env(
        "GEMINI_API_KEY", S % "GEMINI_API_KEY", GOOGLE_GEMINI_BASE_URL="https://llm.acme.example"
    ),
    "by GITHUB_ENV": "- run: echo ANTHROPIC_BASE_URL=https://llm.acme.example >> $GITHUB_ENV\n"
    + env("ANTHROPIC_API_KEY", S % "X"),
    "an input": "- uses: some/action@v1\n  with: {openai-api-key: '"
    + S % "X"
    + "', base-url: 'https://llm.acme.example/v1'}",
    "the proxy's key": env("LITELLM_API_KEY", S % "LITELLM_API_KEY"),
    "Portkey": env("PORTKEY_API_KEY", S % "PORTKEY_API_KEY"),
    "after the gate": GATE + env("ANTHROPIC_API_KEY", S % "ANTHROPIC_API_KEY"),
    "agent after the gate": GATE
    + "- uses: anthropics/claude-code-action@v1\n  with: {anthropic_api_key: '"
    + S % "X"
    + "'}",
}


@pytest.mark.parametrize("steps", PROXIED.values(), ids=PROXIED)
def test_with_a_proxys_base_url_in_effect_it_is_a_warning(steps: str) -> None:
    assert told(found(job(steps))) == "TG003w"


def test_the_base_url_must_be_in_effect_where_the_key_is() -> None:
    key = "timeout-minutes: 9\nenv: {OPENAI_API_KEY: '${{ secrets.OPENAI_API_KEY }}'}"
    assert told(found(job(RUN, job=key))) == "TG003"
    top = "env: {OPENAI_BASE_URL: 'https://llm.acme.example/v1'}"
    assert told(found(job(RUN, job=key, top=top))) == "TG003w"
    two = job(
        RUN,
        top="env: {OPENAI_API_KEY: '${{ secrets.OPENAI_API_KEY }}'}",
        job="env: {OPENAI_BASE_URL: 'https://llm.acme.example'}",
    )
    assert told(found(two)) == "TG003w"


def test_codex_is_not_proxied_by_a_variable_it_does_not_read() -> None:
    steps = (
        GATE
        + "- uses: openai/codex-action@v1\n  with: {openai-api-key: '${{ secrets.OPENAI_API_KEY }}'}\n  env: {OPENAI_BASE_URL: 'https://llm.acme.example/v1'}"
    )
    assert told(found(job(steps))) == "TG003 TG005"


CALLEE = "on: {workflow_call: {secrets: {key: {}}}}\njobs:\n  c:\n    runs-on: x\n    steps:\n      - run: python x.py\n        env: {OPENAI_API_KEY: '${{ secrets.%s }}'}\n"
CALL = "on: workflow_dispatch\njobs:\n  j:\n    uses: ./.github/workflows/c.yml\n    secrets: %s\n"


@pytest.mark.parametrize(
    ("secrets", "callee", "expected"),
    [
        ("inherit", CALLEE % "OPENAI_API_KEY", "TG003"),
        ("inherit", CALLEE.replace("OPENAI_API_KEY", "THING") % "THING", ""),
        ("inherit", "", "TG003n"),
        ("{key: '${{ secrets.OPENAI_API_KEY }}'}", CALLEE % "key", "TG003"),
        (
            "{key: '${{ secrets.NPM_TOKEN }}'}",
            CALLEE.replace("OPENAI_API_KEY", "NPM_TOKEN") % "key",
            "",
        ),
    ],
)
def test_secrets_are_followed_into_a_called_workflow(
    secrets: str, callee: str, expected: str
) -> None:
    others = {".github/workflows/c.yml": callee} if callee else {}
    assert told(found(CALL % secrets, others)) == expected


@pytest.mark.parametrize("secrets", ["inherit", "{key: '${{ secrets.OPENAI_API_KEY }}'}"])
def test_a_called_workflow_does_not_see_its_callers_env(secrets: str) -> None:
    text = "env: {OPENAI_BASE_URL: 'https://llm.acme.example'}\n" + CALL % secrets
    callee = CALLEE % ("OPENAI_API_KEY" if secrets == "inherit" else "key")
    assert told(found(text, {".github/workflows/c.yml": callee})) == "TG003"


BASED = "OPENAI_BASE_URL: 'https://llm.acme.example'"
MAPPED = CALL % "{key: '${{ secrets.OPENAI_API_KEY }}'}"
PROXIED_CALLEE = CALLEE.replace("env: {", "env: {" + BASED + ", ") % "key"
MIDDLE = "on: {workflow_call: {secrets: {key: {}}}}\njobs:\n  m:\n    uses: ./.github/workflows/d.yml\n    secrets: {key: '${{ secrets.key }}'}\n"
SECOND = (CALLEE % "key").partition("jobs:\n")[2].replace("  c:", "  d:")
ACTION = "inputs: {k: {}}\nruns:\n  using: composite\n  steps:\n    - run: python x.py\n      shell: bash\n      env: {OPENAI_API_KEY: '${{ inputs.k }}'%s}\n"
HANDS = job("- uses: ./act\n  with: {k: '${{ secrets.X_OPENAI_API_KEY }}'}")
CALLED, BELOW, ACT = ".github/workflows/c.yml", ".github/workflows/d.yml", "act/action.yml"
ARRIVES = {
    "in a called workflow": (MAPPED, {CALLED: PROXIED_CALLEE}, "TG003w"),
    "in one that it calls": (MAPPED, {CALLED: MIDDLE, BELOW: PROXIED_CALLEE}, "TG003w"),
    "in one of its two jobs": (MAPPED, {CALLED: PROXIED_CALLEE + SECOND}, "TG003"),
    "in a composite action": (HANDS, {ACT: ACTION % (", " + BASED)}, "TG003w"),
    "in a composite action without it": (HANDS, {ACT: ACTION % ""}, "TG003"),
}


@pytest.mark.parametrize(("text", "files", "expected"), ARRIVES.values(), ids=ARRIVES)
def test_the_base_url_counts_where_a_secret_that_is_handed_on_arrives(
    text: str, files: dict[str, str], expected: str
) -> None:
    assert told(found(text, files)) == expected


def test_anchors_and_merges_are_followed() -> None:
    steps = RUN + "  env:\n    <<: *shared\n    X: 1\n"
    top = "x-shared: &shared {OPENAI_API_KEY: '${{ secrets.K }}'}"
    assert told(found(job(steps, top=top))) == "TG003"


def test_a_curl_to_the_known_proxy_is_a_warning() -> None:
    steps = "- run: |\n    curl https://llm.acme.example/v1/models -H 'Authorization: Bearer ${{ secrets.OPENAI_API_KEY }}'"
    assert (
        told(found(job(steps), options=Options(proxy_hosts=frozenset({"llm.acme.example"}))))
        == "TG003w"
    )


def test_a_hub_token_is_a_note() -> None:
    assert told(found(job(env("HF_TOKEN", S % "HF_TOKEN")))) == "TG003n"


def test_services_and_containers_are_given_secrets_too() -> None:
    service = "timeout-minutes: 9\nservices: {llm: {image: x, env: {OPENAI_API_KEY: '${{ secrets.OPENAI_API_KEY }}'}}}"
    assert told(found(job(RUN, job=service))) == "TG003"
    container = "timeout-minutes: 9\ncontainer: {image: x, env: {OPENAI_API_KEY: '${{ secrets.OPENAI_API_KEY }}'}}"
    assert told(found(job(RUN, job=container))) == "TG003"


def test_an_agent_in_a_service_runs_before_any_gate() -> None:
    service = "timeout-minutes: 9\nservices: {o: {image: ghcr.io/all-hands-ai/openhands:1, env: {LLM_API_KEY: '${{ secrets.K }}'}}}"
    assert told(found(job("- run: x", job=service))) == "TG003 TG005"
    assert told(found(job("- run: x", job="services: {p: {image: 'postgres:16'}}"))) == ""


OPTIONS = {
    "a secret": ("-e OPENAI_API_KEY=${{ secrets.K }} --cpus 2", "TG003"),
    "an address": ("--cpus 2 --env OPENAI_BASE_URL=https://api.openai.com/v1", "TG004"),
    "another variable": ("-e LOG=debug --name claude", ""),
    "one that is passed on": ("-e OPENAI_API_KEY", ""),
}


@pytest.mark.parametrize(("options", "expected"), OPTIONS.values(), ids=OPTIONS)
def test_a_containers_options_hand_in_variables(options: str, expected: str) -> None:
    for within in (
        "container: {image: x, options: '%s'}",
        "services: {a: {image: x, options: '%s'}}",
    ):
        assert (
            told(found(job("- run: x", job=f"timeout-minutes: 9\n{within % options}"))) == expected
        )


def test_the_finding_names_job_step_and_variable_and_stands_on_the_line() -> None:
    (finding,) = found(
        job(
            "- name: Review\n"
            + env("OPENAI_API_KEY", S % "OPENAI_API_KEY").replace("- run", "  run")
        )
    )
    assert (
        finding.message
        == "Job 'j', step 'Review': `OPENAI_API_KEY` is a provider's long-lived secret, with no proxy base URL in effect."
    )
    assert (finding.line, finding.column) == (11, 9)
    assert finding.snippet == "OPENAI_API_KEY: ${{ secrets.OPENAI_API_KEY }}"


def test_in_a_block_the_finding_stands_on_the_line_of_the_secret() -> None:
    steps = "- uses: docker/build-push-action@v6\n  with:\n    build-args: |\n      A=1\n      OPENAI_API_KEY=${{ secrets.OPENAI_API_KEY }}\n"
    text = job(steps)
    (finding,) = found(text)
    assert "secrets.OPENAI_API_KEY" in text.split("\n")[finding.line - 1]
