"""Which keys are found, in which writing, and what is none."""

from __future__ import annotations

import base64
import json
import random
import textwrap
from urllib.parse import quote

import pytest

from ci_tokengate.scan.engines.literal import PROBES, Literal
from ci_tokengate.scan.key_findings import key_findings
from ci_tokengate.scan.keys import probes
from ci_tokengate.scan.keys.encoded import literal_forms
from ci_tokengate.scan.keys.find import find_keys
from ci_tokengate.scan.keys.match import Match
from ci_tokengate.scan.keys.table import FORMS
from ci_tokengate.scan.text import Text
from tests.scan.keys.near_misses import (
    BESIDE,
    BLOCKS,
    OTHERS,
    PLACEHOLDERS,
    SECTIONS,
    SERVICE_ACCOUNT,
)
from tests.scan.keys.places import HOSTS, NEAR, PLACES
from tests.scan.keys.samples import ALNUM, HEX, SAMPLES, Sample, some

ENGINE = Literal()
SEEDS = range(3)
ALNUM_40 = some(ALNUM, 40, random.Random("alnum"))
HEX_64 = some(HEX, 64, random.Random("hex"))
NOT_CUT = (
    *("aws", "litellm-virtual"),  # its first half is too short to be a sign
    "azure-openai",  # its sign is in its middle, where these cut it
    *("bedrock-long", "bedrock-short"),  # base64, and too long to write
)
NAMES_BESIDE_KEYS = (
    b"api_key",
    b"apiKey",
    b"api-key",
    b"_TOKEN",
    b"_token",
    b"MASTER_KEY",
    b"master_key",
    b"service_account",
    b"ACCESS_KEY",
    b"access_key",
    b"_KEY=",
    b"_key: ",
)


def keys_in(text: str) -> list[Match]:
    data = text.encode()
    return find_keys(data, ENGINE.signs(data))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.kind)
def test_each_kind_of_key_is_found_in_each_writing_and_given_to_its_provider(
    sample: Sample,
) -> None:
    """Chance makes one body in a thousand that looks made up; one in a hundred is let pass here."""
    missed, tried = [], 0
    for seed in SEEDS:
        for name, fill in {
            **PLACES,
            **(NEAR if sample.provider in HOSTS else {}),
        }.items():
            key = sample.make(random.Random(f"{seed} {sample.kind} {name}"))
            found = keys_in(fill(sample, key))
            tried += 1
            told = [(m.form.provider, m.form.rule, m.secret.decode()) for m in found]
            if told != [(sample.provider, sample.rule, key)]:
                missed.append((name, key, told))
    assert len(missed) * 100 <= tried, missed


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.kind)
def test_chance_is_hardly_ever_taken_for_a_person(sample: Sample) -> None:
    """Of a thousand bodies, five at most; with the seed as it is."""
    r = random.Random(sample.kind)
    texts = [f'{sample.variable} = "{sample.make(r)}"\n' for _ in range(1000)]
    assert sum(not keys_in(text) for text in texts) <= 5


@pytest.mark.parametrize("kind", [s.kind for s in SAMPLES if s.kind not in NOT_CUT])
@pytest.mark.parametrize(
    "text",
    [
        '{v} = (\n    "{a}"\n    "{b}"\n)\n',
        "{v} = '{a}' + '{b}'\n",
        'const {v} = "{a}" +\n  "{b}";\n',
        "define('{v}', '{a}' . '{b}');\n",
        '{v} = "{a}" \\\n      "{b}"\n',
        'export {v}="{a}\\\n{b}"\n',
    ],
)
def test_a_key_that_is_cut_in_two_is_found_whole(kind: str, text: str) -> None:
    sample = next(s for s in SAMPLES if s.kind == kind)
    key = sample.make(random.Random(text))
    middle = len(key) // 2
    found = keys_in(text.format(v=sample.variable, a=key[:middle], b=key[middle:]))
    assert [(m.form.provider, m.secret.decode()) for m in found] == [(sample.provider, key)]


AZURE = (
    "AZURE_OPENAI_KEY={}",
    "AZURE_OPENAI_API_KEY_EASTUS={}",
    "AZURE_AI_API_KEY={}",
    "AZURE_OPENAI_BATCH_KEY={}",
    "AZURE_AI_FOUNDRY_KEY={}",
    "ANTHROPIC_FOUNDRY_API_KEY={}",
    "AOAI_API_KEY={}",
    "AzureOpenAI__ApiKey={}",
    "dotnet user-secrets set AzureOpenAI:Key {}",
    "OPENAI_API_TYPE=azure\nOPENAI_API_VERSION=2024-02-01\nOPENAI_API_KEY={}",
    "OPENAI_API_KEY={}\nOPENAI_API_TYPE=azure",
    "openai.api_type = 'azure'\nopenai.api_base = base\nopenai.api_key = '{}'",
    "os.environ['OPENAI_API_TYPE'] = 'azure'\nos.environ['OPENAI_API_KEY'] = '{}'",
    '[{{"model": "gpt-4", "api_key": "{}", "api_type": "azure"}}]',
    '"apiType": "azure", "apiKey": "{}"',
    "LLM_PROVIDER=azure\nLLM_API_KEY={}",
    "spring:\n  ai:\n    azure:\n      openai:\n        api-key: {}",
    '"azure": {{\n  "openai": {{\n    "key": "{}"\n  }}\n}}',
    "curl -H 'api-key: {}' \\\n  https://acme.openai.azure.com/openai/deployments/gpt/chat/completions",
    "headers = {{'api-key': '{}'}}\nurl = 'https://acme.openai.azure.com/openai'",
    "client = OpenAIClient(endpoint, AzureKeyCredential('{}'))",
    'AzureOpenAIClient c = new(new Uri(endpoint), new ApiKeyCredential("{}"));',
    'builder.AddAzureOpenAIChatCompletion("gpt-4", endpoint, "{}");',
    'builder.AddAzureOpenAIChatCompletion(\n    "gpt-4",\n    "https://acme.example/",\n    "{}");',
    'c, err := azopenai.NewClientWithKeyCredential(endpoint, azcore.NewKeyCredential("{}"), nil)',
)


@pytest.mark.parametrize("text", AZURE)
@pytest.mark.parametrize("kind", ["azure-openai-legacy", "azure-openai"])
def test_an_azure_key_is_told_by_a_name_alone_where_it_is_named_for_openai(
    text: str, kind: str
) -> None:
    key = next(s for s in SAMPLES if s.kind == kind).make(random.Random(text))
    found = keys_in(text.format(key) + "\n")
    assert [(m.form.provider, m.secret.decode()) for m in found] == [("azure-openai", key)]


@pytest.mark.parametrize(
    ("text", "provider", "key"),
    [
        ("export const coApiKey = '{}'", "cohere", ALNUM_40),
        ("const myCoApiKey = '{}'", "cohere", ALNUM_40),
        ("co.api.key={}", "cohere", ALNUM_40),
        ("aws.secret.access.key = {}", "aws", ALNUM_40),
        ("let devAwsSecretKey = '{}'", "aws", ALNUM_40),
        ("gh secret set GEMINI_API_KEY -b{}", "google-gemini", "AIzaSy" + ALNUM_40[:33]),
        ("together.key = '{}'", "together", HEX_64),
        ("new Together({{ apiKey: '{}' }})", "together", HEX_64),
        ("[together]\napi_key = '{}'", "together", HEX_64),
        ("eleven.labs.api.key={}", "elevenlabs", HEX_64[:32]),
        ("xi-api-key: {}", "elevenlabs", HEX_64[:32]),
        ("model: azure/chat\napi_key: {}", "azure-openai", HEX_64[:32]),
        ("sed -i 's/^MISTRAL_API_KEY=.*/MISTRAL_API_KEY={}/' .env", "mistral", ALNUM_40[:32]),
        ("litellm_master,{}", "litellm", "sk-" + ALNUM_40),
        ("litellm_params:\n  model: litellm_proxy/m\n  api_key: {}", "litellm", "sk-" + ALNUM_40),
        ("litellm_params:\n  model: deepseek/m\n  api_key: {}", "deepseek", "sk-" + HEX_64[:32]),
        ("- litellm_params:\ngeneral_settings:\n  master_key: {}", "litellm", "sk-" + ALNUM_40),
        ("/*\n * Mistral key for staging:\n *   {}\n */", "mistral", ALNUM_40[:32]),
        ("# The Cohere token of the demo:\n#\n#     {}", "cohere", ALNUM_40),
        ("MISTRAL_API_KEY = \\\n    '{}'", "mistral", ALNUM_40[:32]),
        ("args:\n  - serve\n  - --mistral-api-key\n  - {}", "mistral", ALNUM_40[:32]),
        ("tool run \\\n  --cohere-api-key \\\n  {} \\\n  --fast", "cohere", ALNUM_40),
        ("mistral:\n  secret_key: {}", "mistral", ALNUM_40[:32]),
        (
            "- name: a\n  model: mistral/m\n  api_base: https://eu.x.example\n  api_key: {}",
            "mistral",
            ALNUM_40[:32],
        ),
        ("cohere:\n  http: {{url: 'https://eu.x.example', token: '{}'}}", "cohere", ALNUM_40),
        ("KEYS = {{\n    Provider.MISTRAL: '{}',\n}}", "mistral", ALNUM_40[:32]),
        ("services.AddCohere(o => o.ApiKey = '{}');", "cohere", ALNUM_40),
        ("portkey_client = Portkey(\n    api_key='{}',\n)", "portkey", ALNUM_40[:27] + "="),
        ("client = Portkey::Client.new(\n  api_key: '{}'\n)", "portkey", ALNUM_40[:27] + "="),
    ],
)
def test_a_name_is_told_in_each_way_of_writing_it(text: str, provider: str, key: str) -> None:
    found = keys_in(text.format(key) + "\n")
    assert [(m.form.provider, m.secret.decode()) for m in found] == [(provider, key)]


@pytest.mark.parametrize(
    "kind", ["mistral", "cohere", "deepseek", "moonshot", "litellm-master", "portkey"]
)
@pytest.mark.parametrize(
    ("begin", "between", "end"),
    [
        ("VAR!S=", ",", "\n"),
        ("VAR!S: '", "; ", "'\n"),
        ('{"VAR!S": ["', '", "', '"], "n": 1}\n'),
        ("VAR!S:\n  - ", "\n  - ", "\nn: 1\n"),
        ('VAR!S = [\n    "', '",\n    "', '",\n]\n'),
        ("VAR!S = {\n    '", "',\n    '", "',\n}\n"),
    ],
)
def test_each_key_of_a_list_is_found_by_the_name_of_the_list(
    kind: str, begin: str, between: str, end: str
) -> None:
    sample = next(s for s in SAMPLES if s.kind == kind)
    r = random.Random(kind + between)
    keys = [sample.make(r) for _ in range(6)]
    found = keys_in(begin.replace("VAR!", sample.variable) + between.join(keys) + end)
    assert [(m.form.provider, m.secret.decode()) for m in found] == [
        (sample.provider, key) for key in keys
    ]


def test_a_list_of_hashes_under_a_providers_name_has_no_key() -> None:
    r = random.Random("hashes")
    hashes = [some(HEX, 40, r) for _ in range(4)]
    for name in ("cohere_commits", "COHERE_KEY_HASHES", "aws_secret_shas"):
        assert keys_in(f"{name}={','.join(hashes)}\n") == []
        assert keys_in(f"{name}:\n  - " + "\n  - ".join(hashes) + "\n") == []


def test_a_key_that_a_name_tells_is_found_on_the_lines_near_by_too() -> None:
    key = next(s for s in SAMPLES if s.kind == "deepseek").make(random.Random(3))
    text = f"echo ::add-mask::{key}\nDEEPSEEK_API_KEY={key} make\necho x{key} {key}0\n"
    found = keys_in(text)
    assert [(m.form.provider, text[m.start : m.end]) for m in found] == [("deepseek", key)] * 2


def test_a_key_whose_sign_is_in_its_second_part_is_found() -> None:
    key = next(s for s in SAMPLES if s.kind == "azure-openai").make(random.Random(3))
    for parts in ([key[:40], key[40:]], [key[:20], key[20:40], key[40:]]):
        found = keys_in("const k = " + " + ".join(f"'{part}'" for part in parts) + ";\n")
        assert [m.secret.decode() for m in found] == [key]


def test_what_a_url_quotes_is_read() -> None:
    secret = f"a/B+{ALNUM_40[:23]}="
    text = f'"https://api.portkey.ai/v1/models?token={quote(secret, safe="")}"\n'
    assert [(m.form.provider, m.secret.decode()) for m in keys_in(text)] == [("portkey", secret)]


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("kind", ["mistral", "cohere", "deepseek", "moonshot", "portkey"])
@pytest.mark.parametrize("first", [True, False])
def test_a_value_belongs_to_the_service_of_its_own_block(
    block: str, kind: str, first: bool
) -> None:
    sample = next(s for s in SAMPLES if s.kind == kind)
    value = sample.make(random.Random(block))

    def text(ours: str, theirs: str) -> str:
        host = HOSTS[sample.provider]
        own = block.format(name=kind, Name=kind.title(), host=host, value=ours)
        other = block.format(name="segment", Name="Segment", host="api.segment.io", value=theirs)
        return own + other if first else other + own

    assert [m.secret.decode() for m in keys_in(text(value, "$KEY"))] == [value]
    assert keys_in(text("$KEY", value)) == []


def test_a_hash_beside_a_name_is_no_key() -> None:
    assert [text for text in BESIDE if keys_in(text)] == []


def test_two_keys_in_one_piece_of_base64_are_two() -> None:
    r = random.Random("two")
    keys = {s.variable: s.make(r) for s in SAMPLES if s.kind in ("groq", "mistral", "deepseek")}
    text = "".join(f"{name}={key}\n" for name, key in keys.items())
    coded = base64.b64encode(text.encode()).decode()
    found = keys_in(f"kind: Secret\ndata:\n  .env: {coded}\n")
    assert {m.secret.decode() for m in found} == set(keys.values())


@pytest.mark.parametrize("text", [*PLACEHOLDERS, *OTHERS, *SECTIONS])
def test_what_is_no_key_is_not_reported(text: str) -> None:
    assert keys_in(text) == []


@pytest.mark.parametrize(
    "text",
    [
        SERVICE_ACCOUNT,
        json.dumps(json.loads(SERVICE_ACCOUNT)),
        json.dumps({"env": SERVICE_ACCOUNT}),
        json.dumps({"log": json.dumps({"env": SERVICE_ACCOUNT})}),
        f"GOOGLE_CREDENTIALS={base64.b64encode(SERVICE_ACCOUNT.encode()).decode()}\n",
        "\n".join(textwrap.wrap(base64.b64encode(SERVICE_ACCOUNT.encode()).decode(), 76)),
        "credentials = <<EOF\n" + SERVICE_ACCOUNT.replace("\\n", "\n") + "EOF\n",
    ],
    ids=["file", "one line", "escaped", "escaped twice", "base64", "base64 in lines", "heredoc"],
)
def test_a_service_account_is_found_by_its_structure(text: str) -> None:
    assert [m.form.provider for m in keys_in(text)] == ["google-vertex"]


def test_the_secret_half_of_an_aws_pair_is_told_with_its_other_half_and_alone_by_itself() -> None:
    r = random.Random(7)
    key_id = next(s for s in SAMPLES if s.kind == "aws").make(r)
    secret = "".join(
        r.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/+")
        for _ in range(40)
    )
    pair = f"AWS_ACCESS_KEY_ID={key_id}\nAWS_SECRET_ACCESS_KEY={secret}\n"
    assert [m.secret.decode() for m in keys_in(pair)] == [key_id]
    assert [m.secret.decode() for m in keys_in(pair.split("\n")[1])] == [secret]


def test_what_a_commit_tests_for_is_what_the_table_says() -> None:
    for form in FORMS:
        if form.literal:
            held = [run for literal, run in probes.PLAIN if literal in form.literal]
            assert held
            assert min(held) <= form.run
    for literal, _ in probes.PLAIN:
        assert any(literal in form.literal for form in FORMS), literal
    for form in FORMS:
        for core, skip in literal_forms(form.literal[:24]) if form.literal else ():
            assert any(
                part in core and (core.index(part) + skip - its) % 4 == 0
                for part, its in probes.ENCODED
            ), form
    for word in NAMES_BESIDE_KEYS:
        assert all(form in probes.ENCODED for form in literal_forms(word)), word
    assert len(PROBES) == len(probes.PLAIN) + len(probes.ENCODED)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.kind)
def test_a_commit_with_a_key_is_looked_at_more_closely(sample: Sample) -> None:
    for name, fill in PLACES.items():
        text = fill(sample, sample.make(random.Random(name)))
        assert probes.suspicious(text.encode()), (name, text)


def test_a_secret_that_stands_there_once_more_under_no_name_is_not_shown() -> None:
    """Found by the fuzzer: nearly all letters, so it does not look like a key by itself."""
    sample = next(s for s in SAMPLES if s.kind == "litellm-master")
    keys = (sample.make(random.Random(seed)) for seed in range(999))
    key = next(key for key in keys if sum(char.isdigit() for char in key) < 2)
    data = f"<name>{key}</name><litellm_master_key>{key}</litellm_master_key>\n".encode()
    text = Text(path="a.xml", data=data)
    found = list(key_findings(text, ENGINE.signs(data)))
    assert len(found) == 1
    assert key not in found[0].finding.snippet
