"""The inventory: each place that calls a model, with its verdict."""

from __future__ import annotations

import csv
import io
import json

import pytest

from ci_tokengate.render.inventory import as_csv, as_json, markdown, sentence, table
from ci_tokengate.scan.flows import Options
from ci_tokengate.scan.inventory import Inventory, inventory
from tests.render.page import page_of
from tests.scan.flows.cases import GATE, job

PROXY = Options(proxy_hosts=frozenset({"llm.acme.example"}))


def of(files: dict[str, str]) -> Inventory:
    return inventory(
        {p: t.encode() for p, t in files.items()}, read=lambda path: None, options=PROXY
    )


CASES = {
    "python, by the environment": ("a.py", "from openai import OpenAI\nc = OpenAI()\n", ["unknown"]),
    "python, proxied": ("a.py", 'import openai\nc = openai.OpenAI(\n    base_url="https://llm.acme.example/v1",\n)\n', ["proxied"]),
    "python, direct": ("a.py", 'from anthropic import Anthropic\nc = Anthropic(base_url="https://api.anthropic.com")\n', ["direct"]),
    "python, another host": ("a.py", 'from openai import OpenAI\nc = OpenAI(base_url="https://x.example/v1")\n', ["direct"]),
    "python, Azure": ("a.py", "from openai import AzureOpenAI\nc = AzureOpenAI()\n", ["direct"]),
    "python, Bedrock": ("a.py", "import boto3\nc = boto3.client('bedrock-runtime')\n", ["direct"]),
    "python, S3": ("a.py", "import boto3 # no bedrock\nc = boto3.client('s3')\n", []),
    "python, a class of that name": ("a.py", "class OpenAI: pass\nc = OpenAI()\n", []),
    "typescript": ("a.ts", "import OpenAI from 'openai';\nconst c = new OpenAI({ baseURL: process.env.URL });\n", ["unknown"]),
    "typescript, direct": ("a.ts", "import Anthropic from '@anthropic-ai/sdk';\nnew Anthropic({ baseURL: 'https://api.anthropic.com' });\n", ["direct"]),
    "go": ("a.go", 'import "github.com/openai/openai-go"\nc := openai.NewClient(option.WithBaseURL("https://llm.acme.example/v1"))\n', ["proxied"]),
    "java": ("A.java", 'import com.openai.client.OpenAIClient;\nvar c = OpenAIOkHttpClient.builder().baseUrl("https://llm.acme.example/v1").build();\n', ["proxied"]),
    "ruby": ("a.rb", 'require "openai"\nc = OpenAI::Client.new(uri_base: "https://llm.acme.example")\n', ["proxied"]),
    "settings": (".claude/settings.json", '{"env": {"ANTHROPIC_BASE_URL": "https://api.anthropic.com"}}', ["direct"]),
    "a gated agent": (".github/workflows/w.yml", job(GATE + "- run: claude -p hi"), ["proxied"]),
    "an ungated agent": (".github/workflows/w.yml", job("- run: claude -p hi"), ["direct"]),
    "an unmetered tool": (".github/workflows/w.yml", job("- run: cursor-agent -p hi"), ["direct"]),
    "GitLab": (".gitlab-ci.yml", "r:\n  script: [ci-tokengate run -- claude -p hi, codex exec hi]\n", ["proxied", "unknown"]),
    "none": ("a.py", "print('openai')\n", []),
}  # fmt: skip


MORE = {
    "python, an alias": ("a.py", "from openai import AsyncOpenAI as Llm\nc = Llm()\n", ["unknown"]),
    "python, a module under another name": ("a.py", "import openai as oai\nc = oai.OpenAI()\n", ["unknown"]),
    "python, the module's own functions": ("a.py", "import openai\nopenai.base_url = 'https://llm.acme.example/v1/'\nopenai.chat.completions.create(model='m')\n", ["proxied"]),
    "python, a constant": ("a.py", "from openai import OpenAI\nPROXY = 'https://llm.acme.example/v1'\nc = OpenAI(base_url=PROXY)\n", ["proxied"]),
    "python, a constant given twice": ("a.py", "from openai import OpenAI\nP = 'https://llm.acme.example'\nP = 'https://x.example'\nc = OpenAI(base_url=P)\n", ["unknown"]),
    "python, two of them": ("a.py", "import openai, anthropic\nfrom anthropic import Anthropic\na = Anthropic()\nb = openai.OpenAI()\n", ["unknown", "unknown"]),
    "python, google-genai": ("a.py", "from google import genai\nc = genai.Client(http_options={'base_url': 'https://llm.acme.example'})\n", ["proxied"]),
    "python, google-generativeai": ("a.py", "import google.generativeai as genai\nm = genai.GenerativeModel('gemini')\n", ["unknown"]),
    "python, Vertex": ("a.py", "from vertexai.generative_models import GenerativeModel\nm = GenerativeModel('gemini')\n", ["direct"]),
    "python, mistral": ("a.py", "from mistralai import Mistral\nc = Mistral(server_url='https://llm.acme.example')\n", ["proxied"]),
    "python, groq and cohere": ("a.py", "from groq import Groq\nimport cohere\nGroq()\ncohere.ClientV2()\n", ["unknown", "unknown"]),
    "python, litellm": ("a.py", "from litellm import completion\nr = completion(model='gpt', api_base='https://llm.acme.example')\n", ["proxied"]),
    "python, a method that is called completion": ("a.py", "import litellm\nself.completion()\n", []),
    "python, langchain": ("a.py", "from langchain_openai import ChatOpenAI\nm = ChatOpenAI(base_url='https://api.openai.com/v1')\n", ["direct"]),
    "python, langchain on a cloud": ("a.py", "from langchain_aws import ChatBedrock\nm = ChatBedrock()\n", ["direct"]),
    "python, agents": ("a.py", "from claude_agent_sdk import query\nasync for m in query(prompt='hi'): pass\n", ["unknown"]),
    "python, pydantic-ai": ("a.py", "from pydantic_ai import Agent\na = Agent('openai:gpt')\n", ["unknown"]),
    "python, a subclass is none": ("a.py", "import openai\nclass OpenAI(Base): pass\n", []),
    "python, in a comment": ("a.py", "import openai\n# c = OpenAI()\n", []),
    "python, without an SDK": ("a.py", "import requests\nrequests.post('https://api.openai.com/v1/responses')\n", ["direct"]),
    "python, one place and not two": ("a.py", "from openai import OpenAI\nc = OpenAI(\n    base_url='https://api.openai.com/v1',\n)\n", ["direct"]),
    "a notebook": ("a.ipynb", '{"cells": [{"source": [\n    "from openai import OpenAI\\n",\n    "c = OpenAI(base_url=\\"https://llm.acme.example\\")\\n"\n]}]}', ["proxied"]),
    "typescript, a default import": ("a.ts", "import Client from 'openai';\nnew Client({ baseURL: 'https://llm.acme.example/v1' });\n", ["proxied"]),
    "javascript, require": ("a.cjs", "const AI = require('@anthropic-ai/sdk');\nconst c = new AI();\n", ["unknown"]),
    "javascript, a renamed one": ("a.mjs", "import { Mistral as M } from '@mistralai/mistralai';\nnew M({ serverURL: 'https://llm.acme.example' });\n", ["proxied"]),
    "typescript, ai-sdk": ("a.tsx", "import { openai } from '@ai-sdk/openai';\ngenerateText({ model: openai('gpt-5'), prompt });\n", ["unknown"]),
    "typescript, ai-sdk with a base URL": ("a.ts", "import { createOpenAI } from '@ai-sdk/openai';\nconst p = createOpenAI({ baseURL: 'https://llm.acme.example/v1' });\n", ["proxied"]),
    "typescript, Bedrock": ("a.ts", "import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';\nnew BedrockRuntimeClient({});\n", ["direct"]),
    "typescript, Anthropic on Bedrock": ("a.ts", "import AnthropicBedrock from '@anthropic-ai/bedrock-sdk';\nnew AnthropicBedrock();\n", ["direct"]),
    "typescript, Claude's agents": ("a.ts", "import { query } from '@anthropic-ai/claude-agent-sdk';\nfor await (const m of query({ prompt })) {}\n", ["unknown"]),
    "go, a configuration": ("a.go", 'import "github.com/sashabaranov/go-openai"\ncfg := openai.DefaultConfig(k)\ncfg.BaseURL = "https://llm.acme.example/v1"\nc := openai.NewClientWithConfig(cfg)\n', ["proxied"]),
    "go, anthropic": ("a.go", 'import "github.com/anthropics/anthropic-sdk-go"\nc := anthropic.NewClient()\n', ["unknown"]),
    "go, Bedrock": ("a.go", 'import "github.com/aws/aws-sdk-go-v2/service/bedrockruntime"\nc := bedrockruntime.NewFromConfig(cfg)\n', ["direct"]),
    "go, langchaingo": ("a.go", 'import "github.com/tmc/langchaingo/llms/openai"\nllm, err := openai.New()\n', ["unknown"]),
    "java, by lines": ("A.java", 'import com.anthropic.client.AnthropicClient;\nvar c = AnthropicOkHttpClient.builder()\n    .apiKey(k)\n    .baseUrl("https://api.anthropic.com")\n    .build();\n', ["direct"]),
    "java, langchain4j": ("A.java", 'import dev.langchain4j.model.openai.OpenAiChatModel;\nvar m = OpenAiChatModel.builder()\n  .baseUrl("https://llm.acme.example/v1").build();\n', ["proxied"]),
    "java, Spring AI": ("A.java", "import org.springframework.ai.chat.client.ChatClient;\nvar c = ChatClient.create(model);\n", ["unknown"]),
    "java, Azure": ("A.java", "import com.azure.ai.openai.OpenAIClientBuilder;\nvar c = new OpenAIClientBuilder().buildClient();\n", ["direct"]),
    "kotlin": ("A.kt", 'import com.theokanning.openai.service.OpenAiService\nval s = OpenAiService("k")\n', ["unknown"]),
    "java, Bedrock": ("A.java", "import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;\nvar c = BedrockRuntimeClient.create();\n", ["direct"]),
    "ruby, Rails requires it itself": ("a.rb", "client = OpenAI::Client.new(access_token: k)\n", ["unknown"]),
    "ruby, direct": ("a.rb", 'require "anthropic"\nc = Anthropic::Client.new(base_url: "https://api.anthropic.com")\n', ["direct"]),
    "ruby, a chat": ("a.rb", 'require "ruby_llm"\nchat = RubyLLM.chat\n', ["unknown"]),
    "settings, proxied": (".claude/settings.json", '{"env": {"ANTHROPIC_BASE_URL": "https://llm.acme.example"}}', ["proxied"]),
    "settings, TOML": (".codex/config.toml", '[model_providers.acme]\nbase_url = "https://llm.acme.example/v1"\n', ["proxied"]),
    "settings, another host": (".codex/config.toml", '[model_providers.acme]\nbase_url = "https://x.example/v1"\n', ["direct"]),
    "settings, a comment": (".codex/config.toml", '# base_url = "https://x.example/v1"\n', []),
    "a devcontainer": (".devcontainer/devcontainer.json", '{"remoteEnv": {"OPENAI_BASE_URL": "https://llm.acme.example/v1"}}', ["proxied"]),
    ".env": (".env", "OPENAI_BASE_URL=https://llm.acme.example/v1\nANTHROPIC_BASE_URL=https://api.anthropic.com\n", ["proxied", "direct"]),
    "a step with a key": (".github/workflows/w.yml", job("- run: make\n- run: python eval.py\n  env: {OPENAI_API_KEY: '${{ secrets.OPENAI_API_KEY }}'}"), ["direct"]),
    "a step with a job key": (".github/workflows/w.yml", job(GATE.replace("with: {", "with: {export: both, ") + "- run: python eval.py\n  env: {OPENAI_API_KEY: '${{ steps.gate.outputs.key }}'}"), ["proxied"]),
    "a curl": (".github/workflows/w.yml", job("- run: curl https://api.openai.com/v1/responses -d @x"), ["direct"]),
    "a job's environment": (".github/workflows/w.yml", job("- run: python eval.py", job="env: {OPENAI_API_KEY: '${{ secrets.OPENAI_API_KEY }}'}"), ["direct"]),
    "an agent with its key": (".github/workflows/w.yml", job("- run: claude -p hi\n  env: {ANTHROPIC_API_KEY: '${{ secrets.ANTHROPIC_API_KEY }}'}"), ["direct"]),
    "a workflow that is no YAML": (".github/workflows/w.yml", "on: push\njobs: {a: [claude -p hi\n", ["unknown"]),
    "GitLab, a curl": (".gitlab-ci.yml", "r:\n  script:\n    - curl https://api.openai.com/v1/responses -d @x\n", ["direct"]),
}  # fmt: skip
CASES |= MORE


@pytest.mark.parametrize(("path", "text", "verdicts"), CASES.values(), ids=CASES)
def test_each_place_has_its_verdict(path: str, text: str, verdicts: list[str]) -> None:
    assert [call.verdict.value for call in of({path: text}).calls] == verdicts


def test_what_a_pipeline_includes_is_judged_under_what_it_is_given() -> None:
    job = "r:\n  script: ['aider --yes']\n"
    files = {
        ".gitlab-ci.yml": "include: build/jobs.yml\nvariables: {OPENAI_API_BASE: https://llm.acme.example}\n",
        "build/jobs.yml": job,
        "build/other.yml": job,
        "Jenkinsfile": "load 'build/ask.groovy'\n",
        "build/ask.groovy": "OPENAI_API_KEY = credentials('x')\n",
    }
    told = [(call.path, call.verdict.value) for call in of(files).calls]
    assert told == [("build/ask.groovy", "direct"), ("build/jobs.yml", "proxied")]


def test_coverage_is_what_is_surely_proxied_and_nothing_is_not_everything() -> None:
    files = {
        f"{i}/{path}": text
        for i, (path, text, _) in enumerate(
            c for n, c in CASES.items() if n not in MORE and c[0] in ("a.py", "a.go")
        )
    }
    found = of(files)
    assert found.coverage == pytest.approx(2 / 7)
    assert (
        sentence(found)
        == "2 of 7 places that call a model are proxied (28.6%); 4 direct, 1 unknown."
    )
    assert of({}).coverage is None
    assert sentence(of({})) == "No place that calls a model was found."


def test_the_four_forms_agree() -> None:
    found = of({"a.py": CASES["python, direct"][1], "b|.py": CASES["python, proxied"][1]})
    assert [row["path"] for row in json.loads(as_json(found))["calls"]] == ["a.py", "b|.py"]
    assert json.loads(as_json(found))["coverage"] == 0.5
    assert [row["verdict"] for row in csv.DictReader(io.StringIO(as_csv(found)))] == [
        "direct",
        "proxied",
    ]
    rendered = page_of(markdown(found)).codes
    assert rendered[:4] == ["a.py:2", "anthropic", "code", "its base URL is api.anthropic.com"]
    assert rendered[4].startswith("b|.py:")
    assert (
        table(found).splitlines()[0]
        == "direct   a.py:2   anthropic  code  its base URL is api.anthropic.com"
    )
