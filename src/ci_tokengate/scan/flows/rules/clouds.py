"""A cloud's credentials together with a model call."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.flows.github.model import Act
from ci_tokengate.scan.flows.rules.context import Context, step_name
from ci_tokengate.scan.flows.shell.model import Ran
from ci_tokengate.scan.flows.values import EMPTY

_FIX = "Call the model through the proxy, which can use the cloud behind it."
_LOGINS = {
    "aws-actions/configure-aws-credentials": "aws",
    "google-github-actions/auth": "gcp",
    "azure/login": "azure",
}
_VARIABLES = {
    "AWS_ACCESS_KEY_ID": "aws",
    "AWS_ROLE_ARN": "aws",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "aws",
    "AWS_PROFILE": "aws",
    "GOOGLE_APPLICATION_CREDENTIALS": "gcp",
    "GOOGLE_CREDENTIALS": "gcp",
    "AZURE_CLIENT_SECRET": "azure",
    "AZURE_FEDERATED_TOKEN_FILE": "azure",
}
_CALLS = {
    "aws": re.compile(
        r"bedrock[-_](?:agent[-_])?runtime|(?<![\w/-])bedrock/|\bbedrock_converse|anthropic\.claude-[\w.:-]+|amazon\.(?:nova|titan)-"
        r"|(?<![\w/])(?:us|eu|apac|global)\.anthropic\.|AnthropicBedrock|ChatBedrock|BedrockChat", re.IGNORECASE
    ),
    "gcp": re.compile(
        r"aiplatform\.googleapis\.com|(?<![\w/-])vertex_ai/|AnthropicVertex|ChatVertexAI|vertexai\.(?:init|generative|preview)"
        r"|publishers/(?:google|anthropic)/models|vertexai\s*=\s*True", re.IGNORECASE
    ),
    "azure": re.compile(r"\.openai\.azure\.com|(?<![\w/-])azure/(?:gpt|o\d)|AzureOpenAI\(|AzureChatOpenAI|services\.ai\.azure\.com", re.IGNORECASE),
}  # fmt: skip
_ACTIONS = {"int128/bedrock-action": "aws"}
_SILENT = frozenset(
    {
        "echo",
        "printf",
        "grep",
        "sed",
        "test",
        "[",
        "[[",
        "cat",
        "git",
        "gh",
        "pip",
        "npm",
        "apt-get",
    }
)


def cloud_calls(context: Context) -> Iterator[Finding | None]:
    """At the step that calls, once a step."""
    logged_in: set[str] = {_VARIABLES[name] for name in context.run.env if name in _VARIABLES}
    for act in context.run.acts:
        login = _LOGINS.get(act.uses.lower().partition("@")[0])
        if login:
            logged_in.add(login)
            continue
        logged_in |= {
            _VARIABLES[name]
            for name, value in act.env.items()
            if name in _VARIABLES and value != EMPTY
        }
        called = _called(act, logged_in)
        if called:
            message = f"Job {context.run.name!r}, {step_name(act)}: calls a model with the {called} credentials of the job, past the proxy."
            yield context.at_step(act, "TG006", Level.ERROR, message, _FIX, f"{act.label}|{called}")


def _called(act: Act, logged_in: set[str]) -> str:
    for ran in act.script.ran if act.script else ():
        if sure := _command(ran):
            return sure
    if act.uses.lower().partition("@")[0] in _ACTIONS:
        return _ACTIONS[act.uses.lower().partition("@")[0]]
    text = "\n".join(_texts(act))
    return next((cloud for cloud in sorted(logged_in) if _CALLS[cloud].search(text)), "")


def _command(ran: Ran) -> str:
    """Commands that are model calls by themselves."""
    words = [w for w in ran.args if not w.startswith("-")]
    if ran.name == "aws" and any(
        w in ("bedrock-runtime", "bedrock-agent-runtime") for w in words[:3]
    ):
        return "aws"
    if ran.name == "gh" and words[:2] == ["models", "run"]:
        return "github"
    is_model = words[:2] == ["ai", "endpoints"] and words[2:3] in (
        ["predict"],
        ["raw-predict"],
        ["direct-predict"],
    )
    return "gcp" if ran.name == "gcloud" and is_model else ""


def _texts(act: Act) -> Iterator[str]:
    for ran in act.script.ran if act.script else ():
        if ran.name not in _SILENT:
            yield " ".join(ran.command.words)
            yield ran.command.heredoc
    if act.scalar is not None and not (act.script and act.script.ran):
        yield act.scalar.text
    for entry in (*act.own, *act.inputs.values()):
        if entry.name.lower() not in ("prompt", "message", "body", "role-to-assume"):
            yield from entry.value
