"""Where keys are written in practice. KEY, VAR, var and word (a provider's name) are filled in."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

from tests.scan.keys.samples import Sample

Fill = Callable[[Sample, str], str]
_WORDS = {"azure-openai": "azure.openai", "aws": "aws.secret"}
"""A provider's name in prose and in Spring's properties, where it is not its first word."""


def _template(text: str) -> Fill:
    def fill(sample: Sample, key: str) -> str:
        camel = "".join(part.title() for part in sample.variable.split("_"))
        return (
            text.replace("KEY!", key)
            .replace("VAR!", sample.variable)
            .replace("var!", sample.variable.lower())
            .replace("Camel!", camel)
            .replace("camel!", camel[0].lower() + camel[1:])
            .replace(
                "word!",
                _WORDS.get(sample.provider, sample.provider.split("-")[0]),
            )
            .replace("host!", HOSTS.get(sample.provider, "api.example.org"))
            .replace("secret!", sample.variable.lower().replace("_", "-"))
        )

    return fill


HOSTS = {
    "mistral": "api.mistral.ai",
    "cohere": "api.cohere.com",
    "deepseek": "api.deepseek.com",
    "moonshot": "api.moonshot.cn",
    "azure-openai": "acme.openai.azure.com",
    "together": "api.together.xyz",
    "elevenlabs": "api.elevenlabs.io",
    "litellm": "litellm.acme.example",
    "portkey": "api.portkey.ai",
}


def _kubernetes(sample: Sample, key: str) -> str:
    coded = base64.b64encode(key.encode()).decode()
    return f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: llm\ntype: Opaque\ndata:\n  {sample.variable}: {coded}\n"


def _kubernetes_newline(sample: Sample, key: str) -> str:
    coded = base64.b64encode(key.encode() + b"\n").decode()
    return f'data:\n  {sample.variable.lower().replace("_", "-")}: "{coded}"\n'


def _notebook(sample: Sample, key: str) -> str:
    source = ["import os\n", f'os.environ["{sample.variable}"] = "{key}"\n', "client = Client()"]
    return json.dumps({"cells": [{"cell_type": "code", "source": source}]}, indent=1)


def _twice_escaped(sample: Sample, key: str) -> str:
    return json.dumps({"log": json.dumps({"env": {sample.variable: key}})})


def _dotenv_in_base64(sample: Sample, key: str) -> str:
    text = f"LOG=debug\nA=1\n{sample.variable}={key}\nPORT=80\n"
    return f"ENV_FILE={base64.b64encode(text.encode()).decode()}\n"


PLACES: dict[str, Fill] = {
    name: _template(text)
    for name, text in {
        "dotenv": "# settings\nDEBUG=1\nVAR!=KEY!\nPORT=8000\n",
        "dotenv quoted": "VAR!='KEY!'\n",
        "export": 'export VAR!="KEY!"\n',
        "set": "set VAR!=KEY!\r\nnpm start\r\n",
        "powershell": '$env:VAR! = "KEY!"\n',
        "fish": "set -gx VAR! KEY!\n",
        "dockerfile": "FROM python:3.12\nENV VAR!=KEY!\nENV PORT 80\n",
        "dockerfile old": "FROM node\nENV VAR! KEY!\n",
        "docker run": "docker run -e VAR!=KEY! -p 80:80 image\n",
        "python constant": 'import os\n\nVAR! = "KEY!"\n',
        "python environ": "os.environ['VAR!'] = 'KEY!'\n",
        "python default": 'key = os.getenv("VAR!", "KEY!")\n',
        "python keyword": 'client = Client(var!="KEY!", timeout=3)\n',
        "python typed": 'var!: str = "KEY!"\n',
        "pydantic": 'class Settings(BaseSettings):\n    var!: SecretStr = SecretStr("KEY!")\n',
        "python dict": 'config = {"var!": "KEY!", "n": 1}\n',
        "typescript": 'const camel!: string = "KEY!";\n',
        "javascript": "process.env.VAR! = `KEY!`;\n",
        "javascript object": "export default { camel!: 'KEY!', port: 1 };\n",
        "minified": '!function(e,t){"use strict";var n={camel!:"KEY!",r:2};t.exports=n}(0,module);'
        * 1,
        "go": 'const camel! = "KEY!"\n',
        "go setenv": 'os.Setenv("VAR!", "KEY!")\n',
        "go typed": 'var camel! string = "KEY!"\n',
        "java": 'private static final String VAR! = "KEY!";\n',
        "kotlin": 'val camel!: String = "KEY!"\n',
        "rust": 'const VAR!: &str = "KEY!";\n',
        "ruby": "ENV['VAR!'] = 'KEY!'\n",
        "php": "define('VAR!', 'KEY!');\n",
        "csharp": 'public string Camel! { get; set; } = "KEY!";\n',
        "yaml": "llm:\n  var!: KEY!\n",
        "compose": "services:\n  app:\n    environment:\n      - VAR!=KEY!\n",
        "compose map": 'services:\n  app:\n    environment:\n      VAR!: "KEY!"\n',
        "pod": 'env:\n  - name: VAR!\n    value: "KEY!"\n',
        "workflow": "jobs:\n  a:\n    env:\n      VAR!: KEY!\n",
        "json": '{\n  "var!": "KEY!"\n}\n',
        "json min": '{"a":1,"VAR!":"KEY!","b":2}',
        "mcp": '{"mcpServers": {"x": {"command": "npx", "env": {"VAR!": "KEY!"}}}}\n',
        "settings": '{"env": {\n    "VAR!": "KEY!"\n  }\n}\n',
        "toml": '[llm]\nvar! = "KEY!"\n',
        "ini": "[llm]\nvar!=KEY!\n",
        "properties": "spring.ai.word!.api-key=KEY!\n",
        "terraform": 'variable "var!" {\n  type        = string\n  description = "The key"\n  default     = "KEY!"\n}\n',
        "tfvars": 'var! = "KEY!"\n',
        "terraform env": 'environment = [{ name = "VAR!", value = "KEY!" }]\n',
        "ecs": '{"environment": [{"name": "VAR!", "value": "KEY!"}]}\n',
        "cli flag": "tool --secret!=KEY! --verbose\n",
        "cli flag space": "tool --secret! KEY!\n",
        "gh secret": "echo KEY! | gh secret set VAR!\n",
        "markdown": "Then run:\n\n```sh\nexport VAR!=KEY!\n```\n",
        "markdown prose": "Use my word! key `KEY!` for now.\n",
        "comment": "# VAR! = KEY!\n",
        "log": "2026-01-01T10:00:00Z INFO starting with VAR!=KEY! and 3 workers\n",
        "xml": '<add key="VAR!" value="KEY!" />\n',
        "xml element": "<camel!>KEY!</camel!>\n",
        "csv": "name,key\nword! key,KEY!\n",
        "url-encoded": "curl 'https://x.example/?VAR!%3DKEY!&a=1'\n",
        "json of go": '{"cmd":"VAR!\\u003dKEY!\\u0026x=1"}\n',
        "heredoc": "cat <<EOF > .env\nVAR!=KEY!\nEOF\n",
        "cr line ends": "A=1\r\nVAR!=KEY!\r\nB=2\r\n",
        "no line end": "VAR!=KEY!",
        "shell default": 'export VAR!="${VAR!:-KEY!}"\n',
        "compose default": "environment:\n  - VAR!=${VAR!:-KEY!}\n",
        "python final": 'var!: Final[str] = "KEY!"\n',
        "python optional": 'var!: str | None = "KEY!"\n',
        "bracket on the line before": 'VAR! = (\n    "KEY!"\n)\n',
        "equals on the line before": 'const VAR! =\n  "KEY!";\n',
        "call on the line before": 'os.environ.setdefault("VAR!", "")\nset_var!(\n    "KEY!",\n)\n',
        "yaml list": "var!:\n  - KEY!\n",
        "yaml folded": "var!: >-\n  KEY!\n",
        "plist": "<key>VAR!</key>\n<string>KEY!</string>\n",
        "html meta": '<meta name="VAR!" content="KEY!">\n',
        "terminal colours": "\x1b[32mVAR!\x1b[0m=\x1b[1;36mKEY!\x1b[0m\n",
        "removed in a diff": "--- a/.env\n+++ b/.env\n@@ -1 +0,0 @@\n-VAR!=KEY!\n",
        "arguments on lines": '{\n  "args": [\n    "serve",\n    "--secret!",\n    "KEY!"\n  ]\n}\n',
        "arguments on one line": '"args": ["--secret!", "KEY!"]\n',
        "parameters": '[{"ParameterKey": "Stage", "ParameterValue": "a"}, {"ParameterKey": "Camel!", "ParameterValue": "KEY!"}]\n',
        "parameters on lines": '{\n  "ParameterKey": "Camel!",\n  "ParameterValue": "KEY!"\n}\n',
        "kebab": 'with:\n  secret!: "KEY!"\n',
        "visual basic": 'Private Const VAR! As String = "KEY!"\n',
        "powershell secure string": '$s = ConvertTo-SecureString "KEY!" -AsPlainText -Force # VAR!\n',
        "go struct": 'var c = Config{\n\tCamel!: "KEY!",\n}\n',
        "escaped line": '"run": "export VAR!=KEY!\\npython a.py"\n',
    }.items()
}


def _file_in_base64(text: str) -> Fill:
    """At each alignment, by comments of different lengths, for the letters of a key decide it."""

    def fill(sample: Sample, key: str) -> str:
        said = text.replace("VAR!", sample.variable).replace("var!", sample.variable.lower())
        whole = "#" * (len(key) % 3) + said.replace("KEY!", key)
        coded = base64.b64encode(whole.encode()).decode()
        return f"kind: Secret\ndata:\n  config: {coded}\n"

    return fill


PLACES |= {
    "yaml in base64": _file_in_base64("\nllm:\n  var!: KEY!\n"),
    "json in base64": _file_in_base64('\n{"VAR!": "KEY!", "a": 1}\n'),
    "python in base64": _file_in_base64("\nVAR! = 'KEY!'\n"),
    "kubernetes": _kubernetes,
    "kubernetes with a line end": _kubernetes_newline,
    "notebook": _notebook,
    "json in json": _twice_escaped,
    ".env in base64": _dotenv_in_base64,
}


def _basic(sample: Sample, key: str) -> str:
    coded = base64.b64encode(f"{key}:".encode()).decode()
    return f"GET https://{HOSTS[sample.provider]}/v1 HTTP/1.1\nAuthorization: Basic {coded}\n"


NEAR: dict[str, Fill] = {
    name: _template(text)
    for name, text in {
        "curl": 'curl https://host!/v1/chat \\\n  -H "Authorization: Bearer KEY!" \\\n  -d @body.json\n',
        "curl, host last": "curl -H 'api-key: KEY!' https://host!/v1/models\n",
        "base url": 'client = OpenAI(api_key="KEY!", base_url="https://host!/v1")\n',
        "base url, lines": 'client = OpenAI(\n    api_key="KEY!",\n    base_url="https://host!/v1",\n)\n',
        "query": "GET https://host!/v1/models?key=KEY! HTTP/1.1\n",
        "headers": 'fetch("https://host!/v1", {headers: {Authorization: `Bearer KEY!`}})\n',
        "openai variables": "OPENAI_BASE_URL=https://host!/v1\nOPENAI_API_KEY=KEY!\n",
        "recorded request": "headers:\n  authorization:\n  - Bearer KEY!\nmethod: POST\nuri: https://host!/v1\n",
        "password in a url": "url = https://bot:KEY!@host!/models\n",
        "user in a url": "remote: https://KEY!@host!/models.git\n",
        "error": "401 from https://host!/v1: Incorrect API key provided: KEY!. Find yours in the console.\n",
        "har": '{\n  "request": {\n    "method": "POST",\n    "url": "https://host!/v1/x",\n    "headers": [\n      {\n'
        '        "name": "content-type",\n        "value": "application/json"\n      },\n      {\n'
        '        "name": "authorization",\n        "value": "Bearer KEY!"\n      }\n    ]\n  }\n}\n',
        "postman": '{\n\t"auth": {\n\t\t"bearer": [\n\t\t\t{\n\t\t\t\t"key": "token",\n\t\t\t\t"value": "KEY!",\n'
        '\t\t\t\t"type": "string"\n\t\t\t}\n\t\t]\n\t},\n\t"method": "POST",\n\t"url": {\n\t\t"raw": "https://host!/v1"\n\t}\n}\n',
        "login": 'curl -u "KEY!:" https://host!/v1/models\n',
        "login with a name": "curl --user api:KEY! https://host!/v1/models\n",
        "printed into a command": "printf '%s' 'KEY!' | docker secret create var! -\n",
        "secret manager": 'resource "aws_secretsmanager_secret_version" "word!_key" {\n  secret_string = "KEY!"\n}\n',
        "secret manager of Google": 'resource "google_secret_manager_secret_version" "word!_key" {\n  secret_data = "KEY!"\n}\n',
        "returned": 'def get_var!():\n    return "KEY!"\n',
        "after another section": "[stripe]\napi_key = ${STRIPE}\n\n[word!.api]\napi_key = KEY!\n",
        "deep in its section": "word!.api:\n  prod:\n    region: eu\n    api_key: KEY!\nsearch:\n  url: https://a.example\n",
        "table of tabs": "provider\tapi_key\tsince\nword!.api\tKEY!\t2026\n",
        "table with quotes": 'id,provider,api_key\r\n1,word!.api,"KEY!"\r\n',
        "printed quotes": "Use the word! key “KEY!” in staging.\n",
        "yaml block": "providers:\n  - name: word!\n    base_url: https://host!/v1\n    api_key: KEY!\n",
    }.items()
}
NEAR["basic"] = _basic
