"""What looks like a key and is none. All bodies are made here, with a fixed seed."""

from __future__ import annotations

import base64
import hashlib
import random

from tests.scan.keys.samples import ALNUM, B64, HEX, SAMPLES, URL, service_account, some

_R = random.Random("near misses")
_BY_KIND = {sample.kind: sample for sample in SAMPLES}


def _key(kind: str) -> str:
    return _BY_KIND[kind].make(_R)


def _inside_base64(key: str) -> str:
    return some(B64, 200, _R) + key + some(B64, 200, _R)


_SHA1, _MD5 = (hashlib.new(n, b"x").hexdigest() for n in ("sha1", "md5"))
_UUID = "6f1c7a52-9c1e-4d0b-a3b8-0c5e7f2b9d14"

PLACEHOLDERS = tuple(
    f"{sample.variable}={body}\n"
    for sample in SAMPLES
    for full in [sample.make(random.Random(sample.kind))]
    for cut in [max(4, len(full) // 4)]
    for body in (
        full[:8] + "x" * (len(full) - 8),
        full[:8] + "X" * (len(full) - 8),
        full[:8] + "0" * (len(full) - 8),
        full[:8] + ("1234567890abcdef" * 20)[: len(full) - 8],
        full[:8] + ("abcdefghijklmnopqrstuvwxyz0123456789" * 9)[: len(full) - 8],
        full[:8] + ("a1b2c3d4e5f6g7h8i9j0" * 20)[: len(full) - 8],
        full[:8] + ("your-api-key-here" * 20)[: len(full) - 8],
        full[:8] + ("YOUR_API_KEY_HERE_" * 20)[: len(full) - 8],
        full[:8] + ("ThisIsNotARealKey" * 20)[: len(full) - 8],
        full[:8] + "*" * (len(full) - 8),
        full[:cut] + "...",
        full[:cut] + "…" + full[-4:],
        full[: len(full) // 2] + "..." * sample.kind.startswith("bedrock"),
        "sk-...",
        "<your key>",
        "changeme",
        "***",
        "",
        f"${{{sample.variable}}}",
        f"${{{{ secrets.{sample.variable} }}}}",
        f"os.environ/{sample.variable}",
        f"op://vault/{sample.provider}/credential",
        f"vault:secret/data/llm#{sample.variable}",
        f"arn:aws:secretsmanager:eu-west-1:123456789012:secret:{sample.provider}-AbCdEf",
        f"$(cat /run/secrets/{sample.variable.lower()})",
        f"projects/1/secrets/{sample.variable}/versions/latest",
        f"!vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  {some('0123456789', 80, random.Random(1))}",
    )
)

CUT = ("...", "…", "••••", "***", "<redacted>", "[REDACTED]")
"""What people put where they leave out the rest."""

OTHERS = (
    f'"mistralai": {{"version": "1.0.0", "resolved": "https://x.example/m.tgz", "integrity": "sha512-{some(B64, 86, _R)}=="}}',
    f"mistral-common==1.5 --hash=sha256:{some(HEX, 64, _R)}\n",
    f'name = "cohere"\nhash = "md5:{_MD5}"\n',
    f"cohere @ git+https://github.com/cohere-ai/cohere-python@{_SHA1}\n",
    f"uses: mistralai/action@{_SHA1}\n",
    f"COHERE_COMMIT={_SHA1}\n",
    f"mistral_revision: {_SHA1}\n",
    f"azure_openai_deployment_id: {_MD5}\n",
    f"AZURE_TENANT_ID={_UUID}\nAZURE_OPENAI_ENDPOINT=https://x.openai.azure.com\n",
    f"AZURE_CLIENT_ID={_UUID.replace('-', '')}\n",
    f"# azure openai\netag: {_MD5}\n",
    "MISTRAL_MODEL=MistralForCausalLMWithValueHead1\n",
    "from transformers import MistralForSequenceClassification as Mistral3ForConditionalGeneration\n",
    'MISTRAL = "Mistral3ForConditionalGeneration"\napi_key = "MistralForSequenceClassification"\n',
    "class CohereForConditionalGenerationWithPooling(CohereModel2): pass\n",
    f"SESSION_SECRET={some(ALNUM, 32, _R)}\nMISTRAL_MODEL=mistral-large\n",
    f"MISTRAL_MODEL=large\nDB_PASSWORD={some(ALNUM, 32, _R)}\n",
    f"JWT_SECRET={some(ALNUM, 40, _R)}\nCOHERE_MODEL=command\n",
    f'<img src="data:image/png;base64,iVBORw0KGgo{_inside_base64("AIzaSy" + some(ALNUM, 33, _R))}=">',
    f"data:font/woff2;base64,{_inside_base64('AKIA' + some('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16, _R))}",
    f"integrity sha512-{some(B64, 20, _R)}AKIA{some('ABCDEFGHIJKLMNOPQRSTUVWXYZ', 16, _R)}{some(B64, 46, _R)}==",
    f"{some(ALNUM, 30, _R)}hf_{some(ALNUM, 34, _R)}",
    f"{_key('groq')}{some(ALNUM, 10, _R)}",
    f"task_{some(HEX, 48, _R)}\n",
    f"mask_{some(HEX, 48, _R)}\n",
    f"spa-{some(URL, 43, _R)}\n",
    f"pk-lf-{_UUID}\n",
    "LANGFUSE_PUBLIC_KEY=pk-lf-1f2e3d4c-0000-4000-8000-1234567890ab\n",
    "hf_hub_download_with_resume_and_retry_policy()\n",
    "sk-circle-fade-dot-animation-loading-spinner\n",
    ".sk-cube-grid .sk-cube1 { animation-delay: 0.2s }\n",
    f"sk_live_{some(ALNUM, 24, _R)}\n",
    f"OTHER_KEY=sk-{some(HEX, 32, _R)}\n",
    f"WIDGET_TOKEN=sk-{some(ALNUM, 48, _R)}\n",
    f"APP_KEY=base64:{some(B64, 43, _R)}=\n",
    "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\nAWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n",
    "general_settings:\n  master_key: sk-1234\n",
    "LITELLM_MASTER_KEY=sk-my-company-litellm-master-key\n",
    "LITELLM_MODEL_HASH=sk-learn-contrib-project-template\n",
    "ssh-rsa AAAA" + some(B64, 300, _R) + " azure\n",
    "-----BEGIN PRIVATE KEY-----\n"
    + "\n".join(some(B64, 64, _R) for _ in range(25))
    + "\n-----END PRIVATE KEY-----\n",
    '{"type": "service_account", "private_key": "-----BEGIN PRIVATE KEY-----\\n'
    + "X" * 800
    + '\\n-----END PRIVATE KEY-----\\n"}',
    '{"type": "service_account", "private_key": "-----BEGIN PRIVATE KEY-----\\n...\\n-----END PRIVATE KEY-----\\n"}',
    f'{{"type": "service_account", "private_key_id": "{_SHA1}", "client_email": "a@b.iam.gserviceaccount.com"}}',
    f"-----BEGIN CERTIFICATE-----\n{some(B64, 64, _R)}\n-----END CERTIFICATE-----\n",
    f"Bearer eyJhbGciOiJIUzI1NiJ9.{some(URL, 80, _R)}.{some(URL, 43, _R)}\n",
    f"ghp_{some(ALNUM, 36, _R)}\n",
    f"sha256:{some(HEX, 64, _R)} mistral/mistral:latest\n",
    f"azure-pipelines cache: {_MD5}\n",
    f"portkey_config: pc-{some(HEX, 6, _R)}\n",
    f"data:\n  tls.crt: {base64.b64encode(some(ALNUM, 900, _R).encode()).decode()}\n",
    f"data:\n  password: {base64.b64encode(b'sk-not-a-real-key-at-all-really').decode()}\n",
    "export ANTHROPIC_API_KEY=sk-ant-api03-" + "A" * 93 + "AA\n",
    "anthropic keys look like sk-ant-api03-… and OpenAI's like sk-proj-…\n",
    f"v1.{some(HEX, 40, _R)} # cohere token bucket size\n",
    f"mistral_cache_key={_MD5}\n",
    f"cohere @ git+https://git.example/x/cohere@{_SHA1}\n",
    f"- uses: x/cohere@{_SHA1} # v1\n",
    f'  resolved "https://registry.example/cohere/-/x-1.2.3.tgz#{_SHA1}"\n',
    "mistral = MistralRotaryEmbeddingForCausal1\n",
    "mistral = FlashAttentionTokenizerForChatAI\n",
    f"mistral_api_key = '{_MD5}'\n",
    "cohere_api_key = 'get_the_cohere_key_from_the_vault_first_'\n",
    *(f"LITELLM_MASTER_KEY=sk-{some(ALNUM, 24, _R)}{mark}\n" for mark in CUT),
    f"PORTKEY_API_KEY: {base64.b64encode(b'os.environ/THE_KEY_').decode()}=\n",
    f"PORTKEY_API_KEY: {base64.b64encode(b'{{ vault.portkey }}').decode()}\n",
    "keys = ['sk-proj-' + 'xxxxxxxxxxxxxxxxxxxxxxxxxxxx' + 'T3BlbkFJ' + 'xxxxxxxxxxxxxxxxxxxxxx']\n",
    f'<meta name="mistral-model" content="{some(ALNUM, 32, _R)}">\n',
    f"https://bot:{some(ALNUM, 32, _R)}@git.example/mistral.git\n",
    f"{_MD5}  azure_openai_data.csv\n{_MD5} *azure_openai_key.md\n{_MD5}\televenlabs_sdk.js\n",
    f"{some(HEX, 64, _R)}  together_ai.tar.gz\n",
    f"run,provider,digest\n5,azure_openai,{_MD5}\n6,elevenlabs,{_MD5}\n",
    f"SHA256 (together_ai.csv) = {some(HEX, 64, _R)}\n",
    f"A portkey to {some(B64, 27, _R)}=, and back.\n",
    f"We put it together: {some(HEX, 64, _R)}\n",
    f"together:\n  image: x@sha256:{some(HEX, 64, _R)}\n  sha256: {some(HEX, 64, _R)}\n",
    f'http_archive(\n    name = "together_ai",\n    sha256 = "{some(HEX, 64, _R)}",\n)\n',
    f'"elevenlabs": {{"audio_md5": "{_MD5}", "history_item_id": "{_MD5}", "etag": "{_MD5}"}}\n',
    f"ELEVENLABS_VOICE_ID={_MD5}\n",
    f"AZURE_OPENAI_HASH={_MD5}\n",
    f"AZURE_OPENAI_KEY_MD5={_MD5}\n",
    f"AZURE_OPENAI_COMMIT_SHA={_MD5}\n",
    f"AZURE_BUILD_ID={_MD5}\n",
    f"AZURE_OPENAI_KEYVAULT_ID={_MD5}\n",
    f"AzureKeyVaultId={_MD5}\n",
    f"AZURE_FORM_RECOGNIZER_KEY={_MD5}\n",
    f"AZURE_DOCUMENT_INTELLIGENCE_KEY={_MD5}\n",
    f"AZURE_FACE_KEY={_MD5}\n",
    f"AZURE_BATCH_KEY={_MD5}\n",
    f"AZURE_EVENT_GRID_KEY={_MD5}\n",
    f"OPENAI_API_TYPE=azure\nCOMMIT={_MD5}\n",
    f"OPENAI_API_TYPE=azure\nBUILD_ID={_MD5}\n",
    f"OPENAI_API_TYPE=azure-ad\nCACHE_KEY={_MD5}\n",
    f"LLM_PROVIDER=azure\nCACHE_KEY={_MD5}\n",
    f"GIT_COMMIT={_MD5}\nAZURE_OPENAI_KEY=$KEY\n",
    f"api_type: azure\ncommit: {_MD5}\n",
    f"x-ms-request-id: {_MD5}\napi-key: $KEY\nhost: acme.openai.azure.com\n",
    f"key: azure-openai-{_MD5}\n",
    f"AzureOpenAI(api_version='x', seed_hash='{_MD5}')\n",
    f"client = AzureOpenAI(key) # {_MD5}\n",
    f"new AzureKeyCredential(key) // {_MD5}\n",
    f"SearchClient(endpoint, index, AzureKeyCredential('{_MD5}'))\n",
    f"SearchClient(\n  endpoint,\n  index,\n  AzureKeyCredential('{_MD5}'),\n)\n",
    f"DocumentAnalysisClient(endpoint, AzureKeyCredential('{_MD5}'))\n",
    f"builder.AddAzureOpenAIChatCompletion('gpt', endpoint, key); assert md5 == '{_MD5}'\n",
    f"azure:\n  keyvault:\n    api-key: {_MD5}\n",
    f"azure:\n  openai:\n    enabled: true\nother:\n  api-key: {_MD5}\n",
    f"spring:\n  ai:\n    azure:\n      openai:\n        revision: {_MD5}\n",
    f"AZURE_SPEECH_KEY={_MD5}\nAZURE_OPENAI_API_KEY=\n",
    f"DASHSCOPE_API_KEY=sk-{some(HEX, 32, _R)}\nMOONSHOT_API_KEY=\n",
    "aws_secret_path: streamTaskTable/graphDispatch/cache/tabl\n",
    f"aws_secret_hash = {_SHA1}\naws_secret_access_key_digest: {_SHA1}\n",
    f"100644 blob {_SHA1}\tsrc/aws_secret_access_key.py\n",
    f"AWS_SECRET_ACCESS_KEY={_SHA1}\n",
    f"MISTRAL_KEY = 'MistralForCausalL' + 'MWithValueHead1'\nX = '{_SHA1[:20]}' + '{_SHA1[20:]}'\n",
    f"ticoapikey = {some(ALNUM, 40, _R)}\n",
    f"INSERT INTO providers VALUES ('{_MD5}','elevenlabs','{_MD5}'),('{_MD5}','azure_openai','{_MD5}');\n",
    f'"https://esm.sh/together-ai": "{some(HEX, 64, _R)}",\n"https://esm.sh/elevenlabs": "{_MD5}"\n',
    f"annotations:\n  checksum/together-ai: {some(HEX, 64, _R)}\n",
    f'variable "azure_speech_key" {{\n  type    = string\n  default = "{_MD5}"\n}}\n',
    "LITELLM_MASTER_KEY=sk-local-development-only-1234\n",
    f'twilio_client = Twilio(api_key="{_MD5}")\nelevenlabs_client = ElevenLabs(api_key=KEY)\n',
    f'azure_openai_client = AzureOpenAI(api_key=KEY)\ndatadog_client = Datadog(api_key="{_MD5}")\n',
    f"dashscope_client = Qwen(api_key='sk-{some(HEX, 32, _R)}')\ndeepseek_client = DeepSeek(api_key='')\n",
    f'a = Client(\n    base_url="https://x.example",\n    api_key="{_MD5}",\n)\n\nb = Client(\n    base_url="https://api.elevenlabs.io",\n    api_key=K,\n)\n',
    f'b = Client(\n    base_url="https://api.elevenlabs.io",\n    api_key=K,\n)\n\na = Client(\n    base_url="https://x.example",\n    api_key="{_MD5}",\n)\n',
    f'env:\n- name: AZURE_OPENAI_API_KEY\n  value: "{{{{ key }}}}"\n- name: AZURE_SPEECH_KEY\n  value: "{_MD5}"\n',
    f"https://kv.vault.azure.net/secrets/azure/{_MD5}\n",
    f"FIREWORKS_API_KEY=fw_{some(ALNUM, 22, _R)}\nX=fw_{some(ALNUM, 23, _R)}\n",
    f"@parametrize(('text', 'md5'), [\n    ('azure openai key', '{_MD5}'),\n])\n",
    f'SAID = {{"azure_openai": "{_MD5}"}}  # md5 of the answers\n',
    f"metadata:\n  name: azure-openai\n  annotations:\n    checksum/secret: {_MD5}\n",
    f"MD5(azure_openai_key.py)= {_MD5}\nSHA256(together_api_key.py)= {some(HEX, 64, _R)}\n",
    f"together_ai_pubkey_hex: {some(HEX, 64, _R)}\nelevenlabs_test_vector_key: {_MD5}\n",
    f"provider,checksum,note\nazure openai key,{_MD5},-\n",
    f"api_key,etag\nazure_openai,{_MD5}\n",
    f'"elevenlabs-api-key.ts": "{_MD5}",\n"azure_openai_key.py": "{_MD5}"\n',
    *(
        f"AZURE_OPENAI_ENDPOINT=https://x.openai.azure.com\n{own}={_MD5}\n"
        f"MISTRAL_BASE_URL=https://api.mistral.ai\n{own}={some(ALNUM, 32, _R)}\n"
        for own in ("SECRET_KEY", "DJANGO_SECRET_KEY", "APP_SECRET", "APP_KEY", "AUTH_SECRET")
    ),
    "int fw_headerCustomerCardActive(void);\nfw_getFirmwareVersionName12();\n",
    "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();\nr8_customerTitleListHeaderTitleStateGrid = 1;\n",
    "litellm_master_key = 'sk-containerTitleLoadingContentCard'\n",
    f"azure_openai.AuthError: the key is wrong (request {_MD5})\n",
    *(
        f"provider,api_key\n{rows}\n"
        for value in [some(ALNUM, 32, _R)]
        for rows in (f"mistral,-\nsegment,{value}", f"segment,{value}\nmistral,-")
    ),
    f"app --mistral-api-key $KEY --segment-api-key {some(ALNUM, 32, _R)}\n",
    f"app --segment-api-key {some(ALNUM, 40, _R)} --cohere-api-key $KEY\n",
    f"INSERT INTO s VALUES ('mistral_api_key',''),('segment_api_key','{some(ALNUM, 32, _R)}');\n",
    f"INSERT INTO s VALUES ('deepseek_api_key',''),('qwen_api_key','sk-{some(HEX, 32, _R)}');\n",
    f"litellm_params:\n  model: dashscope/qwen\n  api_key: sk-{some(HEX, 32, _R)}\n",
    f"- litellm_params:\n    model: cometapi/m\n    api_key: sk-{some(ALNUM, 48, _R)}\n",
    "# in Amazon's S3 guide\nAWS_ACCESS_KEY_ID=0PN5J17HBGZHT7JJ3X82\n"
    "AWS_SECRET_ACCESS_KEY=uV3F3YluFJax1cknvbcGwgjvx4QpvB+leU8dUj2o\n",
    '{"algolia": {"apiKey": "'
    + _MD5
    + '"}, '
    + '"a": {"apiKey": "-"}, ' * 25
    + '"elevenlabs": {"apiKey": ""}}\n',
)
_SECTIONS = (
    "{own}:\n  api_key: ${{{own}}}\n{other}:\n  api_key: {key}\n",
    "services:\n  {other}:\n    token: {key}\n  {own}:\n    api_key: ${{{own}}}\n",
    "- provider: {own}\n  api_key: ${{{own}}}\n- provider: {other}\n  api_key: {key}\n",
    "env:\n- name: {own}_API_KEY\n  value: ${{{own}}}\n- name: SECRET\n  value: {key}\n",
    '[{own}]\napi_key = "${{{own}}}"\n\n[{other}]\napi_key = "{key}"\n',
    '{{\n  "{own}": {{\n    "apiKey": ""\n  }},\n  "{other}": {{\n    "apiKey": "{key}"\n  }}\n}}\n',
    '[\n  {{\n    "provider": "{own}",\n    "key": ""\n  }},\n  {{\n    "provider": "{other}",\n    "key": "{key}"\n  }}\n]\n',
    '{{"{own}": {{"apiKey": "${{K}}"}}, "{other}": {{"apiKey": "{key}"}}}}\n',
    '{{"{other}": {{"apiKey": "{key}"}}, "{own}": {{"apiKey": "${{K}}"}}}}\n',
    'C = {{\n    "{own}": {{"api_key": os.environ["{own}_API_KEY"]}},\n    "{other}": {{"api_key": "{key}"}},\n}}\n',
    'provider "{own}" {{\n  api_key = var.key\n}}\n\nprovider "{other}" {{\n  api_key = "{key}"\n}}\n',
)
SECTIONS = tuple(
    text.format(own=own, other=other, key=_key(kind))
    for text in _SECTIONS
    for own, kind in (
        ("mistral", "mistral"),
        ("cohere", "cohere"),
        ("azure_openai", "azure-openai-legacy"),
        ("deepseek", "deepseek"),
        ("moonshot", "moonshot"),
        ("litellm", "litellm-virtual"),
        ("portkey", "portkey"),
    )
    for other in ("segment", "algolia")
)
"""Another service's value, of the form that this provider's keys have, in a section of its own."""
SERVICE_ACCOUNT = (
    '{{\n  "type": "service_account",\n  "project_id": "acme-1",\n  "private_key_id": "{sha}",\n'
    '  "private_key": "{pem}",\n  "client_email": "ci@acme-1.iam.gserviceaccount.com"\n}}\n'
).format(sha=_SHA1, pem=service_account(random.Random("account")))

_BESIDE = (
    "name!-HASH!.tar.gz",
    "name!/HASH!",
    "git+https://x.dev/name!@HASH!",
    "https://x.dev/name!#HASH!",
    "img/name!:HASH!",
    "name! (HASH!)",
    "[name!](HASH!)",
    "/static/name!.js?v=HASH!",
    "name!.HASH!.js",
    "id=HASH! provider=name!",
    "provider=name! id=HASH!",
    "HASH! name!",
    "name! HASH!",
    "name!\tHASH!",
    "| name! | HASH! |",
    "fetch name! at HASH!",
    "name! rev HASH!",
    "cache/name!/HASH!.json",
    "git clone x/name! && git checkout HASH!",
    "GIT_TAG HASH! # name!",
    'name!_version = "HASH!"',
    '"name!": {"id": "HASH!"}',
    '"name!": {"sha256": "HASH!"}',
    '<name! id="HASH!">',
    'class="name!-HASH!"',
    "trace name! HASH!",
    '"tokenizer": "name!", "sha": "HASH!"',
    '{"provider": "name!", "request_id": "HASH!"}',
    '{"provider": "name!", "key_id": "HASH!"}',
    "name!: # HASH!",
    "# name!\ncommit: HASH!",
    "name!:\n  ref: HASH!",
    "name!:\n  checksum: HASH!",
    "name!:\n  id: HASH!",
    "name!:\n  path: x\n  md5: HASH!",
    '[name!]\nrevision = "HASH!"',
    'name = "name!"\nhash = "HASH!"',
    "source: name!\nintegrity: HASH!",
    'test("name!", () => { expect(x).toBe("HASH!") })',
    'name!_session = "HASH!"',
    "name!_user_id=HASH!",
    "name!.embedding_hash=HASH!",
    'log.info("name! %s", "HASH!")',
    'assert name!_digest(x) == "HASH!"',
    "name! key rotation, see HASH!",
    "name! api docs: HASH!",
    "the name! client at commit HASH!",
    "name!_cache_key=HASH!",
    "name!_key_hash: HASH!",
    "name!_api_key_sha256: HASH!",
    'name!_token_digest = "HASH!"',
    "INSERT INTO t VALUES ('name!', 'HASH!');",
    "ETag: HASH!\nX-Provider: name!",
    "x-request-id: HASH!\nhost: name!",
    '{"key": "name!/a.json", "etag": "HASH!"}',
    'cache.get("HASH!")  # name!',
    "redis: name!:HASH!",
    "s3://bucket/name!/HASH!",
    'nonce="HASH!" data-x="name!"',
    "Merge HASH! into name!",
    "index HASH!..HASH! name!.py",
    "- [HASH!] name!: fix token",
    "name!_embedding: HASH!",
    'seed_name! = "HASH!"',
    "name!_fixture_name: HASH!",
)
"""How hashes, ids and digests stand beside a provider's name."""
BESIDE = tuple(
    text.replace("name!", name).replace("HASH!", some(HEX, size, _R)) + "\n"
    for text in _BESIDE
    for name in ("azure_openai", "ElevenLabs", "together-ai", "mistral", "aws_secret")
    for size in (32, 40, 64)
)

BLOCKS = (
    "curl https://{host}/v1/x \\\n  -H 'Authorization: Bearer {value}'\n\n",
    "curl -H 'Authorization: Bearer {value}' https://{host}/v1/x\n",
    "10:00:00 DEBUG GET https://{host}/v1 Authorization: Bearer {value}\n",
    "GET /v1/x HTTP/1.1\nHost: {host}\nAuthorization: Bearer {value}\n\n",
    "X_URL=https://{host}\nAPI_KEY={value}\n\n",
    "class {Name}Config:\n    url = 'https://{host}'\n    token = '{value}'\n\n\n",
    "def ask_{name}():\n    return ask('https://{host}', key='{value}')\n\n\n",
    '{name} := New{Name}(Config{{\n\tURL: "https://{host}",\n\tKey: "{value}",\n}})\n\n',
    '{Name} c = {Name}.builder()\n    .url("https://{host}")\n    .apiKey("{value}")\n    .build();\n\n',
    "{Name}.setup do |c|\n  c.api_key = '{value}'\nend\n\n",
    "<{name}>\n  <url>https://{host}</url>\n  <key>{value}</key>\n</{name}>\n",
    "<x>\n  <app name='{name}'>\n    <apiKey>{value}</apiKey>\n  </app>\n</x>\n",
    "---\nkind: ConfigMap\nmetadata:\n  name: {name}\ndata:\n  API_KEY: {value}\n",
    "diff --git a/{name}.py b/{name}.py\n--- a/{name}.py\n+++ b/{name}.py\n@@ -1 +1 @@\n+KEY = '{value}'\n",
    "### {Name}\n\nhttps://{host}\n\nKey: {value}\n\n",
)
"""What stands as a whole for one service; the next service has one of its own."""
