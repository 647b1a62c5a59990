"""TG003 and TG004 outside of GitHub: GitLab CI, CircleCI, Azure Pipelines, Jenkins, Compose, devcontainers, settings."""

from __future__ import annotations

import pytest

from tests.scan.flows.cases import found, told

CASES = {
    "GitLab, a variable": (".gitlab-ci.yml", "review:\n  variables: {ANTHROPIC_API_KEY: $CI_KEY}\n  script: [claude -p hi]\n", "TG003"),
    "GitLab, proxied": (".gitlab-ci.yml", "variables: {ANTHROPIC_BASE_URL: 'https://llm.acme.example'}\nreview:\n  variables: {ANTHROPIC_API_KEY: $CI_KEY}\n  script: [claude -p hi]\n", "TG003w"),
    "GitLab, exported": (".gitlab-ci.yml", "review:\n  script:\n    - export OPENAI_API_KEY=$CI_KEY\n    - python x.py\n", "TG003"),
    "GitLab, in a header": (".gitlab-ci.yml", "review:\n  script:\n    - |\n      curl -H \"x-api-key: $ANTHROPIC_API_KEY\" https://api.anthropic.com/v1/messages\n", "TG003 TG004"),
    "GitLab, a vault": (".gitlab-ci.yml", "review:\n  secrets: {OPENAI_API_KEY: {vault: a/b}}\n  script: [x]\n", "TG003"),
    "GitLab, extends": (".gitlab-ci.yml", ".base:\n  variables: {OPENAI_BASE_URL: 'https://llm.acme.example'}\nr:\n  extends: .base\n  variables: {OPENAI_API_KEY: $K}\n  script: [x]\n", "TG003w"),
    "GitLab, base URL": (".gitlab-ci.yml", "variables: {OPENAI_BASE_URL: 'https://api.openai.com/v1'}\nr: {script: [x]}\n", "TG004"),
    "GitLab, value form": (".gitlab-ci.yml", "variables:\n  OPENAI_BASE_URL: {value: 'https://api.openai.com/v1', description: x}\nr: {script: [x]}\n", "TG004"),
    "GitLab, the job key": (".gitlab-ci.yml", "r:\n  script:\n    - export OPENAI_API_KEY=$(ci-tokengate mint)\n    - x\n", ""),
    "GitLab, run": (".gitlab-ci.yml", "r:\n  script:\n    - ci-tokengate run -- claude -p hi\n", ""),
    "GitLab, nothing": (".gitlab-ci.yml", "r:\n  variables: {OPENAI_MODEL: $M}\n  script: ['echo https://api.openai.com', npm test]\n", ""),
    "GitLab, a dummy": (".gitlab-ci.yml", "r:\n  variables: {OPENAI_API_KEY: test}\n  script: [npm test]\n", ""),
    "GitLab, a header": (".gitlab-ci.yml", "spec:\n  inputs: {base: {default: 'https://api.openai.com/v1'}}\n---\nr:\n  variables: {OPENAI_BASE_URL: '$[[ inputs.base ]]'}\n  script: [x]\n", "TG004"),
    "GitLab, after a header": (".gitlab-ci.yml", "spec: {inputs: {a: {}}}\n---\nr:\n  script: ['curl https://api.openai.com/v1/models']\n", "TG004"),
    "GitLab, a line that YAML takes for a mapping": (".gitlab-ci.yml", "r:\n  script:\n    - curl https://api.openai.com/v1/models -H \"x: y\"\n", "TG004"),
    "GitLab, an included file": ("ci/llm.yml", "r:\n  variables: {OPENAI_BASE_URL: 'https://api.openai.com/v1'}\n  script: [x]\n", "TG004"),
    "an included file, nothing": ("ci/values.yml", "image: {repository: openai}\ndocs: https://platform.openai.com/docs\nkey: OPENAI_API_KEY\n", ""),
    "Azure, a template": ("ci/steps.yml", "steps:\n- script: python x.py\n  env: {OPENAI_API_KEY: $(OPENAI_API_KEY)}\n", "TG003"),
    "Azure, a parameter": ("azure-pipelines.yml", "parameters:\n- {name: base, default: 'https://api.openai.com/v1'}\nsteps:\n- script: x\n  env: {OPENAI_BASE_URL: '${{ parameters.base }}'}\n", "TG004"),
    "CircleCI, a parameter": (".circleci/config.yml", "commands:\n  ask:\n    parameters: {url: {type: string, default: 'https://api.openai.com/v1'}}\n    steps: [{run: {command: 'curl << parameters.url >>/models'}}]\n", "TG004"),
    "CircleCI, a parameter of the proxy": (".circleci/config.yml", "commands:\n  ask:\n    parameters: {url: {type: string, default: 'https://llm.acme.example/v1'}}\n    steps: [{run: {command: 'curl << parameters.url >>/models'}}]\n", ""),
    "CircleCI, command": (".circleci/config.yml", "jobs:\n  r:\n    steps:\n      - run: {command: 'curl https://api.openai.com/v1/models -H \"Authorization: Bearer $OPENAI_API_KEY\"'}\n", "TG003 TG004"),
    "CircleCI, short": (".circleci/config.yml", "jobs:\n  r:\n    steps:\n      - run: OPENAI_API_KEY=$K python x.py\n", "TG003"),
    "CircleCI, environment": (".circleci/config.yml", "jobs:\n  r:\n    environment: {ANTHROPIC_BASE_URL: 'https://api.anthropic.com'}\n    steps: [checkout]\n", "TG004"),
    "CircleCI, docker": (".circleci/config.yml", "jobs:\n  r:\n    docker: [{image: x, environment: {OPENAI_API_KEY: << pipeline.parameters.key >>}}]\n    steps: [checkout]\n", "TG003"),
    "CircleCI, nothing": (".circleci/config.yml", "jobs:\n  claude:\n    steps: [{run: npm test}]\n", ""),
    "Azure, env": ("azure-pipelines.yml", "steps:\n  - script: python x.py\n    env: {OPENAI_API_KEY: $(OPENAI_API_KEY)}\n", "TG003"),
    "Azure, proxied": ("azure-pipelines.yml", "variables: [{name: OPENAI_BASE_URL, value: 'https://llm.acme.example'}]\nsteps:\n  - bash: python x.py\n    env: {OPENAI_API_KEY: $(KEY)}\n", "TG003w"),
    "Azure, script": ("azure-pipelines.yml", "jobs:\n- job: r\n  steps:\n  - bash: |\n      curl https://api.openai.com/v1/models\n", "TG004"),
    "Azure, in a script": ("azure-pipelines.yml", "steps:\n- bash: |\n    export ANTHROPIC_API_KEY=$(MY_KEY)\n    ./x\n", "TG003"),
    "Azure, its own folder": (".azure-pipelines/ci.yml", "variables:\n- name: OPENAI_API_KEY\n  value: $(secret-openai-key)\nsteps: [{bash: python x.py}]\n", "TG003"),
    "Azure, nothing": ("azure-pipelines.yml", "steps:\n- script: npm test\n  env: {NPM_TOKEN: $(NPM_TOKEN)}\n", ""),
    "Jenkins, credentials": ("Jenkinsfile", "pipeline { environment {\n  OPENAI_API_KEY = credentials('openai')\n} }\n", "TG003"),
    "Jenkins, binding": ("Jenkinsfile", "withCredentials([string(credentialsId: 'x', variable: 'ANTHROPIC_API_KEY')]) {\n  sh 'claude -p hi'\n}\n", "TG003"),
    "Jenkins, a password": ("Jenkinsfile", "withCredentials([usernamePassword(credentialsId: 'x', usernameVariable: 'U', passwordVariable: 'OPENAI_API_KEY')]) {}\n", "TG003"),
    "Jenkins, proxied": ("Jenkinsfile", "environment {\n  OPENAI_BASE_URL = 'https://llm.acme.example/v1'\n  OPENAI_API_KEY = credentials('x')\n}\n", "TG003w"),
    "Jenkins, host": ("Jenkinsfile", "sh 'curl https://api.openai.com/v1/models'\n", "TG004"),
    "Jenkins, an echo in a stage": ("Jenkinsfile", "stage('a') { steps { echo 'https://api.openai.com' } }\n", ""),
    "Jenkins, comment": ("Jenkinsfile", "// https://api.openai.com\necho 'https://api.openai.com'\nNPM_TOKEN = credentials('npm')\n", ""),
    "Compose, map": ("docker-compose.yml", "services:\n  a:\n    image: app\n    environment: {OPENAI_API_KEY: '${OPENAI_API_KEY}'}\n", "TG003"),
    "Compose, list": ("compose.yaml", "services:\n  a:\n    environment:\n      - OPENAI_API_KEY=${OPENAI_API_KEY}\n", "TG003"),
    "Compose, passed on": ("compose.yaml", "services:\n  a:\n    environment:\n      - ANTHROPIC_API_KEY\n", "TG003"),
    "Compose, proxied": ("compose.yaml", "services:\n  a:\n    environment:\n      - OPENAI_API_KEY=${K}\n      - OPENAI_BASE_URL=http://litellm:4000/v1\n", "TG003w"),
    "Compose, host": ("compose.yaml", "services:\n  a:\n    environment: {OPENAI_BASE_URL: 'https://api.openai.com/v1'}\n", "TG004"),
    "Compose, the proxy itself": ("compose.yaml", "services:\n  p:\n    image: ghcr.io/berriai/litellm:main\n    environment: {OPENAI_API_KEY: '${OPENAI_API_KEY}'}\n", ""),
    "Compose, nothing": ("compose.yaml", "services:\n  a:\n    environment: {OPENAI_API_KEY: test, DOCS: 'https://platform.openai.com/docs'}\n", ""),
    "devcontainer": (".devcontainer/devcontainer.json", '{\n  // https://api.openai.com\n  "containerEnv": {"OPENAI_BASE_URL": "https://api.openai.com/v1"}\n}\n', "TG004"),
    "devcontainer, comment": (".devcontainer/devcontainer.json", '{\n  // https://api.openai.com\n}\n', ""),
    "Claude's settings": (".claude/settings.json", '{"env": {"ANTHROPIC_BASE_URL": "https://api.anthropic.com"}}\n', "TG004"),
    "Claude's permissions": (".claude/settings.json", '{"permissions": {"allow": ["WebFetch(domain:api.openai.com)"]}}\n', ""),
    "devcontainer, a command after an echo": (".devcontainer/devcontainer.json", '{"postCreateCommand": "echo hi && curl https://api.openai.com/v1/models"}\n', "TG004"),
    "devcontainer, an echo": (".devcontainer/devcontainer.json", '{"postCreateCommand": "true && echo https://api.openai.com"}\n', ""),
    "Claude's settings, all on one line": (".claude/settings.json", '{"hooks": {"x": "echo hi"}, "permissions": {"allow": ["Bash(npm test)"]}, "env": {"ANTHROPIC_BASE_URL": "https://api.anthropic.com"}}\n', "TG004"),
    "Codex": (".codex/config.toml", '[model_providers.x]\nbase_url = "https://api.openai.com/v1"\n', "TG004"),
    "Codex, comment": (".codex/config.toml", '# base_url = "https://api.openai.com/v1"\n', ""),
    "MCP": (".mcp.json", '{"mcpServers": {"x": {"env": {"OPENAI_BASE_URL": "https://api.openai.com/v1"}}}}\n', "TG004"),
    "opencode": ("opencode.json", '{"provider": {"x": {"options": {"baseURL": "https://api.anthropic.com/v1"}}}}\n', "TG004"),
    "aider": (".aider.conf.yml", "openai-api-base: https://api.openai.com/v1\n", "TG004"),
    "Gemini": (".gemini/settings.json", '{"x": "https://llm.acme.example"}\n', ""),
}  # fmt: skip


@pytest.mark.parametrize(("path", "text", "expected"), CASES.values(), ids=CASES)
def test_other_files_are_read_too(path: str, text: str, expected: str) -> None:
    assert told(found(text, path=path)) == expected
