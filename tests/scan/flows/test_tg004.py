"""TG004: an address that leads to a provider."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_tokengate.scan.flows import Options, check
from ci_tokengate.scan.flows.host_table import LITERALS
from ci_tokengate.scan.flows.literals import _PARTS as PARTS
from ci_tokengate.scan.flows.source import _lines_with_a_host
from tests.scan.flows.cases import PATH, found, job, told

HOSTS = (
    "https://api.anthropic.com", "https://api.openai.com/v1", "https://acme.openai.azure.com/", "https://${{ vars.NAME }}.openai.azure.com",
    "https://generativelanguage.googleapis.com", "https://us-central1-aiplatform.googleapis.com", "https://api.mistral.ai/v1",
    "https://bedrock-runtime.us-east-1.amazonaws.com", "https://api.cohere.com", "https://api.groq.com/openai/v1", "https://api.x.ai/v1",
    "https://api.deepseek.com", "https://openrouter.ai/api/v1", "https://api.perplexity.ai", "https://api.together.xyz/v1",
    "https://api.fireworks.ai/inference/v1", "https://api.replicate.com/v1", "https://integrate.api.nvidia.com/v1",
    "https://router.huggingface.co/v1", "https://models.github.ai/inference", "https://api.moonshot.ai/v1",
)  # fmt: skip


@pytest.mark.parametrize("url", HOSTS)
def test_a_base_url_of_a_provider_is_an_error(url: str) -> None:
    assert told(found(job(f"- run: python x.py\n  env: {{OPENAI_BASE_URL: '{url}'}}"))) == "TG004"


DIALS = {
    "curl": "- run: curl https://api.openai.com/v1/chat/completions -d @x",
    "in capitals": "- run: curl HTTPS://API.OPENAI.COM/v1/models",
    "in capitals, a variable": "- run: x\n  env: {OPENAI_BASE_URL: 'HTTPS://Api.OpenAI.com/v1'}",
    "curl continued": "- run: |\n    curl -sS \\\n      https://api.anthropic.com/v1/messages",
    "curl in a substitution": "- run: |\n    x=$(curl -s https://api.openai.com/v1/models)",
    "wget": "- run: wget -O- https://api.openai.com/v1/models",
    "a variable": "- run: |\n    URL=https://api.openai.com/v1/chat/completions\n    curl $URL",
    "exported": "- run: export OPENAI_BASE_URL=https://api.openai.com/v1",
    "before a command": "- run: OPENAI_BASE_URL=https://api.openai.com/v1 python x.py",
    "GITHUB_ENV": "- run: echo OPENAI_BASE_URL=https://api.openai.com/v1 >> $GITHUB_ENV",
    "an option": "- run: tool --base-url https://api.openai.com/v1",
    "an option with =": "- run: tool --api-base=https://api.openai.com/v1",
    "python -c": "- run: |\n    python -c 'import requests; requests.post(\"https://api.openai.com/v1/responses\")'",
    "python heredoc": "- run: |\n    python - <<EOF\n    c = OpenAI(base_url='https://api.openai.com/v1')\n    EOF",
    "python shell": "- shell: python\n  run: |\n    requests.get('https://api.openai.com/v1/models')",
    "github-script": "- uses: actions/github-script@v7\n  with:\n    script: |\n      await fetch('https://api.openai.com/v1/responses')",
    "a config file": '- run: |\n    cat > ~/.codex/config.toml <<EOF\n    base_url = "https://api.openai.com/v1"\n    EOF',
    "dotenv": "- run: echo 'OPENAI_BASE_URL=https://api.openai.com/v1' > .env",
    "input": "- uses: some/action@v1\n  with: {base-url: 'https://api.openai.com/v1'}",
    "input of any name": "- uses: some/action@v1\n  with: {url: 'https://api.openai.com/v1'}",
    "settings": '- uses: anthropics/some@v1\n  with:\n    settings: |\n      {"env": {"ANTHROPIC_BASE_URL": "https://api.anthropic.com"}}',
    "fallback": "- run: x\n  env: {OPENAI_BASE_URL: \"${{ vars.URL || 'https://api.openai.com/v1' }}\"}",
    "shell default": "- run: curl ${OPENAI_BASE_URL:-https://api.openai.com/v1}/models",
    "matrix": "- run: x\n  env: {OPENAI_BASE_URL: '${{ matrix.url }}'}",
    "host alone": "- run: x\n  env: {OPENAI_HOST: api.openai.com}",
    "host in env, curl": "- run: curl https://$H/v1\n  env: {H: api.openai.com}",
    "host in a variable of the script": "- run: |\n    HOST=api.fireworks.ai\n    curl https://$HOST/inference/v1/models",
    "host in a loop": "- run: |\n    for h in api.openai.com; do curl https://$h/v1/models; done",
    "an option in arguments": "- uses: some/action@v1\n  with: {args: '--base-url https://api.openai.com/v1 --fast'}",
    "PowerShell": "- shell: pwsh\n  run: Invoke-RestMethod https://api.openai.com/v1/models",
    "jq into a settings file": "- run: |\n    jq '.env.ANTHROPIC_BASE_URL = \"https://api.anthropic.com\"' s.json > t && mv t s.json",
    "yq in place": "- run: |\n    yq -i '.x[0].api_base = \"https://api.mistral.ai/v1\"' config.yaml",
    "a variable of a container": "- run: docker run --rm -e OPENAI_BASE_URL=https://api.openai.com/v1 acme/eval",
    "curl's own option": "- run: curl -sS --url https://api.openai.com/v1/models",
    "a command in a string": '- shell: python\n  run: |\n    os.system("curl -s https://api.openai.com/v1/models")',
    "sed puts it in": "- run: sed -i 's|^OPENAI_BASE_URL=.*|OPENAI_BASE_URL=https://api.openai.com/v1|' .env",
    "python that prints the answer": "- run: |\n    python -c \"import requests\n    print(requests.get('https://api.openai.com/v1/models').json())\"",
    "by find": "- run: find . -name '*.json' -exec curl https://api.openai.com/v1/responses -d @{} \\;",
}


@pytest.mark.parametrize("steps", DIALS.values(), ids=DIALS)
def test_what_dials_a_provider_is_an_error(steps: str) -> None:
    shape = "timeout-minutes: 9\nstrategy: {matrix: {url: ['https://api.openai.com/v1']}}"
    assert told(found(job(steps, job=shape))) == "TG004"


SILENT = {
    "comment": "# https://api.openai.com\n- run: |\n    # curl https://api.openai.com\n    true",
    "comment at the end": "- run: true # https://api.openai.com",
    "echo": "- run: echo 'calls https://api.openai.com'",
    "compared with": "- uses: actions/github-script@v7\n  with:\n    script: |\n      if (url.startsWith('https://api.openai.com')) core.setFailed('no')",
    "printf": "- run: printf 'see %s' https://api.openai.com",
    "name": "- name: Calls https://api.openai.com\n  run: true",
    "docs": "- run: curl https://platform.openai.com/docs https://docs.anthropic.com",
    "status": "- run: curl https://status.openai.com/api/v2/status.json",
    "console": "- run: curl https://console.anthropic.com",
    "model download": "- run: curl -L https://huggingface.co/x/resolve/main/model.bin",
    "install": "- run: curl -fsSL https://claude.ai/install.sh | bash",
    "openrouter docs": "- run: curl https://openrouter.ai/docs",
    "grep guard": "- run: \"! grep -r api.openai.com src\"",
    "a link check's exception": "- run: npx lychee --exclude 'https://api.openai.com' docs",
    "a guard's exception": "- run: tool --ignore-hosts https://api.openai.com/v1 src",
    "a proxy's list of what is denied": "- run: |\n    cat > squid.conf <<EOF\n    acl llm dstdomain api.openai.com api.anthropic.com\n    http_access deny llm\n    EOF",
    "a body of many lines": "- run: |\n    curl http://localhost:9090/mappings -d '{\n      \"body\": \"as from api.openai.com\"\n    }'",
    "a comment by github-script": "- uses: actions/github-script@v7\n  with:\n    script: |\n      await comment({\n        body: 'The base URL is never https://api.openai.com/v1.',\n      })",
    "sed takes it out": "- run: sed -i 's|BASE_URL=https://api.openai.com|BASE_URL=http://localhost|' .env",
    "jq asks for it": "- run: |\n    jq -e '.base_url != \"https://api.openai.com/v1\"' s.json",
    "find for it": "- run: find . -type f -exec grep -l api.openai.com {} +",
    "sed": "- run: sed -i s,https://api.openai.com,https://llm.acme.example, x",
    "test": "- run: '[ \"$URL\" != https://api.openai.com ]'",
    "harden-runner": "- uses: step-security/harden-runner@v2\n  with:\n    allowed-endpoints: >\n      api.openai.com:443\n      github.com:443",
    "allow list": "- run: x\n  env: {ALLOWED_HOSTS: 'api.openai.com'}",
    "prompt": "- uses: some/action@v1\n  with: {prompt: 'Explain https://api.openai.com/v1'}",
    "a prompt of many lines": "- run: |\n    ci-tokengate run -- claude -p \"$(cat <<'EOF'\n    Review; https://api.openai.com/v1\n    EOF\n    )\"",
    "a prompt in arguments": "- uses: some/action@v1\n  with: {claude_args: '--system-prompt \"never call https://api.openai.com\"'}",
    "comment body": "- run: gh pr comment --body 'use https://api.openai.com/v1'",
    "commit": "- run: git commit -m 'drop https://api.openai.com'",
    "lookalike": "- run: curl https://api.openai.com.evil.example https://myapi.openai.community",
    "the proxy": "- run: curl https://llm.acme.example/v1/models",
    "a documentation heredoc": "- run: |\n    cat > docs.md <<EOF\n    Call https://api.openai.com/v1\n    EOF",
    "unused matrix": "- run: true",
    "DNS": "- run: nslookup api.openai.com",
    "blocked": "- run: sudo iptables -A OUTPUT -d api.openai.com -j REJECT",
    "print in python": "- shell: python\n  run: |\n    print('https://api.openai.com')\n    # https://api.openai.com",
}  # fmt: skip


@pytest.mark.parametrize("steps", SILENT.values(), ids=SILENT)
def test_what_only_speaks_of_a_host_is_no_finding(steps: str) -> None:
    shape = "timeout-minutes: 9\nstrategy: {matrix: {url: ['https://api.openai.com/v1']}}"
    assert told(found(job(steps, job=shape))) == ""


def test_a_host_in_capitals_is_shown_where_it_stands() -> None:
    text = job(
        "- run: curl https://API.OPENAI.COM/v1/x\n- run: curl https://eu.api.openai.com/v1/x"
    )
    lines = text.split("\n")
    shown = [lines[f.line - 1][f.column - 1 : f.end_column - 1] for f in found(text)]
    assert shown == ["API.OPENAI.COM", "eu.api.openai.com"]


def test_the_policys_own_proxy_is_no_provider() -> None:
    options = Options(proxy_kind="openrouter", proxy_hosts=frozenset({"openrouter.ai"}))
    text = job("- run: python x.py\n  env: {OPENAI_BASE_URL: 'https://openrouter.ai/api/v1'}")
    assert told(found(text)) == "TG004"
    assert told(found(text, options=options)) == ""


@pytest.mark.parametrize("kind", ["litellm", "portkey", "openrouter"])
@pytest.mark.parametrize(
    "host", ["api.openai.com", "acme.openai.azure.com", "API.Anthropic.com", "openrouter.ai"]
)
def test_a_policy_cannot_call_a_providers_host_its_proxy(kind: str, host: str) -> None:
    url = f"https://{host}/api/v1"
    steps = f"- run: python x.py\n  env: {{OPENAI_BASE_URL: '{url}'}}"
    options = Options(proxy_kind=kind, proxy_hosts=frozenset({host}))
    policy = {".github/tokengate.yml": f"version: 1\nproxy:\n  kind: {kind}\n  url: {url}\n"}
    expected = "" if (kind, host) == ("openrouter", "openrouter.ai") else "TG004"
    assert told(found(job(steps), options=options)) == expected
    assert told(found(job(steps), policy)) == expected


def test_an_allowed_host_is_no_finding() -> None:
    allowed = Options(allowed_hosts=frozenset({"api.openai.com"}))
    assert told(found(job("- run: curl https://api.openai.com/v1/models"), options=allowed)) == ""


CODE = {
    "a.py": ('c = OpenAI(base_url="https://api.openai.com/v1")', "TG004w"),
    "b.py": ('requests.post("https://api.anthropic.com/v1/messages")', "TG004w"),
    "c.ts": ("const c = new OpenAI({ baseURL: 'https://api.openai.com/v1' });", "TG004w"),
    "d.go": ('const base = "https://api.openai.com/v1"', "TG004w"),
    "e.java": ('.baseUrl("https://api.openai.com/v1")', "TG004w"),
    "f.rb": ("uri_base: 'https://api.openai.com/'", "TG004w"),
    "g.sh": ("curl https://api.openai.com/v1/models", "TG004w"),
    "Dockerfile": ("ENV OPENAI_BASE_URL=https://api.openai.com/v1", "TG004w"),
    ".env": ("OPENAI_BASE_URL=https://api.openai.com/v1", "TG004w"),
    ".env.example": ("ANTHROPIC_BASE_URL=https://api.anthropic.com", "TG004w"),
    "h.py": ("# https://api.openai.com/v1", ""),
    "i.ts": ("// https://api.openai.com/v1", ""),
    "j.py": ('"""Calls https://api.openai.com."""', ""),
    "k.py": ('print("https://api.openai.com")', ""),
    "l.ts": ("console.log('https://api.openai.com')", ""),
    "m.sh": ("echo https://api.openai.com", ""),
    "n.py": ('url = "https://platform.openai.com/docs"', ""),
    "o.md": ("https://api.openai.com", ""),
    "p.js": ("/*\n https://api.openai.com\n*/", ""),
    "q.py": ("client = OpenAI()", ""),
    "u.sh": ("if grep -rn 'api.openai.com' src; then", ""),
    "v.sh": ("! git grep -q https://api.openai.com/v1", ""),
    "w.sh": ("if curl -sf https://api.openai.com/v1/models; then", "TG004w"),
    "s.py": ('parser.add_argument("--url", help="such as https://api.openai.com/v1")', ""),
    "t.py": ('parser.add_argument("--url", default="https://api.openai.com/v1")', "TG004w"),
    "aa.py": ('BLOCKED = ["api.openai.com", "api.anthropic.com"]', ""),
    "ab.py": ('KNOWN = {\n    "api.openai.com",\n    "api.mistral.ai",  # no\n}', ""),
    "ac.py": ('if "api.openai.com" in url or host == "api.anthropic.com":', ""),
    "ad.py": ('if host in ("api.openai.com", "api.anthropic.com"):', ""),
    "ae.ts": ('return u.startsWith("https://api.openai.com") || h === "api.x.ai";', ""),
    "af.go": ('if strings.HasPrefix(u, "https://api.openai.com") {', ""),
    "ag.rb": ('return if uri.host == "api.openai.com"', ""),
    "ah.py": ('c = HTTPSConnection("api.openai.com")', "TG004w"),
    "ap.py": ('c = HTTPSConnection(\n    "api.openai.com",\n)', "TG004w"),
    "aq.go": ('conn, err := tls.Dial(\n\t"tcp",\n\t"api.anthropic.com:443",\n\tnil,\n)', "TG004w"),
    "ar.ts": ('const s = net.connect(\n  443,\n  "api.mistral.ai",\n);', "TG004w"),
    "as.py": ('HOST = os.environ.get(\n    "LLM_HOST",\n    "api.openai.com"\n)', "TG004w"),
    "at.py": ('KNOWN = frozenset((\n    "api.x.ai",\n    "api.openai.com",\n))', ""),
    "au.py": ('HOSTS = (\n    "api.openai.com",\n)', ""),
    "av.py": ('block_connections(\n    "api.openai.com",\n)', ""),
    "aw.py": ('connect(\n    *[\n        "api.openai.com",\n    ]\n)', ""),
    "ai.ts": ('  hostname: "api.anthropic.com",', "TG004w"),
    "aj.ts": ('const base = a === b ? "https://api.openai.com/v1" : c;', "TG004w"),
    "ak.py": ('PROVIDER_HOST = "api.openai.com"', "TG004w"),
    "al.py": ('BASES = {"openai": "https://api.openai.com/v1"}', "TG004w"),
    "an.py": ('matched = 1; url = "https://api.openai.com/v1"', "TG004w"),
    "ao.py": ('    "api.openai.com" + path,', "TG004w"),
    "am.py": ('url = "HTTPS://API.OpenAI.com/v1"', "TG004w"),
    "r.py": ('url = "https://huggingface.co/models"', ""),
}


@pytest.mark.parametrize(("path", "text", "expected"), [(p, *c) for p, c in CODE.items()], ids=CODE)
def test_code_and_dotenv_are_warned(path: str, text: str, expected: str) -> None:
    assert told(found(text + "\n", path=path)) == expected


def test_a_composite_actions_default_is_told_once_where_it_stands() -> None:
    action = (
        "name: a\ninputs: {base: {default: 'https://api.openai.com/v1'}}\nruns:\n  using: composite\n  steps:\n"
        "    - {run: x, shell: bash, env: {OPENAI_BASE_URL: '${{ inputs.base }}'}}\n"
    )
    files = {PATH: job("- uses: ./act").encode(), "act/action.yml": action.encode()}
    findings = list(check(files, read=files.get, options=Options()))
    assert [(f.rule, f.path) for f in findings] == [("TG004", "act/action.yml")]
    given = job("- uses: ./act\n  with: {base: 'https://api.openai.com/v1'}")
    assert told(found(given, {"act/action.yml": action})) == "TG004"


COMPOSE = {
    "an argument": ('command: ["serve", "--upstream", "https://api.anthropic.com"]', "TG004"),
    "an argument of the entrypoint": ("entrypoint: [serve, 'https://api.openai.com/v1']", "TG004"),
    "an argument of the build": (
        "build: {context: ., args: {OPENAI_BASE_URL: 'https://api.openai.com/v1'}}",
        "TG004",
    ),
    "a documentation page": ('command: ["open", "https://docs.anthropic.com/en/api"]', ""),
    "the proxy": ('command: ["serve", "--upstream", "https://llm.acme.example"]', ""),
}


@pytest.mark.parametrize(("line", "expected"), COMPOSE.values(), ids=COMPOSE)
def test_arguments_of_a_compose_service_are_read(line: str, expected: str) -> None:
    text = f"services:\n  app:\n    image: app\n    {line}\n"
    assert told(found(text, path="compose.yaml")) == expected


def test_each_host_has_one_of_the_words_that_are_looked_for_first() -> None:
    assert all(any(part.decode() in host for part in PARTS) for host in LITERALS)


@given(st.lists(st.sampled_from((*LITERALS, "\n", " ", "azure", "api.", "é", "x"))))
def test_the_lines_worth_a_look_are_those_with_a_host(pieces: list[str]) -> None:
    low = "".join(pieces)
    lines = low.split("\n")
    worth = {n for n, line in enumerate(lines, 1) if any(host in line for host in LITERALS)}
    assert _lines_with_a_host(low) == worth
