"""The inventory: each place that calls a model, with its verdict."""

from __future__ import annotations

import csv
import io
import json

import pytest

from ci_tokengate.render.inventory import as_csv, as_json, markdown, sentence, table
from ci_tokengate.scan.flows import Options
from ci_tokengate.scan.inventory import Inventory, inventory
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


@pytest.mark.parametrize(("path", "text", "verdicts"), CASES.values(), ids=CASES)
def test_each_place_has_its_verdict(path: str, text: str, verdicts: list[str]) -> None:
    assert [call.verdict.value for call in of({path: text}).calls] == verdicts


def test_coverage_is_what_is_surely_proxied_and_nothing_is_not_everything() -> None:
    files = {
        f"{i}/{path}": text
        for i, (path, text, _) in enumerate(c for c in CASES.values() if c[0] in ("a.py", "a.go"))
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
    assert "| direct | a.py:2 | anthropic | code | its base URL is api.anthropic.com |" in markdown(
        found
    )
    assert "b\\|.py" in markdown(found)
    assert (
        table(found).splitlines()[0]
        == "direct   a.py:2   anthropic  code  its base URL is api.anthropic.com"
    )
