"""A cloud's credentials together with a model call."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from typing import NamedTuple

from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.flows.github.model import Act
from ci_tokengate.scan.flows.rules.context import Context, step_name
from ci_tokengate.scan.flows.shell.model import Ran
from ci_tokengate.scan.flows.values import EMPTY

_NAMES = {"aws": "AWS", "google": "Google Cloud", "gcp": "Google Cloud", "azure": "Azure"}
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
        r"|(?<![\w/])(?:us|eu|apac|global)\.anthropic\.|AnthropicBedrock|ChatBedrock|BedrockChat"
        r"|\baws_bedrock\b|\bamazon-bedrock\b", re.IGNORECASE
    ),
    "gcp": re.compile(
        r"aiplatform\.googleapis\.com|(?<![\w/-])vertex_ai/|AnthropicVertex|ChatVertexAI|vertexai\.(?:init|generative|preview)"
        r"|publishers/(?:google|anthropic)/models|vertexai\s*=\s*True"
        r"|\bgcp_vertex_ai\b|\bgoogle-vertex(?:-anthropic)?\b", re.IGNORECASE
    ),
    "azure": re.compile(r"\.openai\.azure\.com|(?<![\w/-])azure/(?:gpt|o\d)|AzureOpenAI\(|AzureChatOpenAI|services\.ai\.azure\.com"
        r"|/openai/(?:deployments|responses)\b|(?:cognitiveservices|//ai)\.azure\.com", re.IGNORECASE),
}  # fmt: skip
_ACTIONS = {"int128/bedrock-action": "aws"}
_SPEAKS = ("prompt", "message", "body", "role-to-assume")
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


def cloud_calls(context: Context, told: Container[int]) -> Iterator[Finding | None]:
    """Where a step calls, once a step. told: the steps, by their order, of which another finding says it already."""
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
        if called and act.order not in told:
            message = f"Job {context.run.name!r}, {step_name(act)}: calls a model with the job's {_NAMES.get(called.cloud, called.cloud)} credentials, past the proxy."
            evidence = f"{act.label}|{called.cloud}"
            if called.line < 0:
                yield context.at_step(act, "TG006", Level.ERROR, message, _FIX, evidence)
            else:
                yield context.at_script(
                    act, called.line, called.words, "TG006", Level.ERROR, message, _FIX, evidence
                )


class _Call(NamedTuple):
    """line: in the step's script, from 0; -1 if it stands elsewhere."""

    cloud: str
    line: int = -1
    words: str = ""


def _called(act: Act, logged_in: set[str]) -> _Call | None:
    for ran in act.script.ran if act.script else ():
        if sure := _command(ran):
            return _Call(sure, ran.command.line, ran.name)
    if act.uses.lower().partition("@")[0] in _ACTIONS:
        return _Call(_ACTIONS[act.uses.lower().partition("@")[0]])
    for cloud in sorted(logged_in):
        for line, text, own in _texts(act):
            found = _CALLS[cloud].search(text)
            if found:
                below = text.count("\n", 0, found.start()) if own else 0
                return _Call(cloud, line + below, found[0] if own else "")
    return None


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


def _texts(act: Act) -> Iterator[tuple[int, str, bool]]:
    """A line of the script, a text that begins there, and whether the script itself holds the text."""
    for ran in act.script.ran if act.script else ():
        if ran.name not in _SILENT:
            yield ran.command.line, " ".join(ran.command.words), True
            yield ran.command.line + 1, ran.command.heredoc, True
    if act.scalar is not None and not (act.script and act.script.ran):
        yield 0, act.scalar.text, True
    for line, text in act.script.codes if act.script else ():
        yield line, text, False
    for entry in (*act.own, *act.inputs.values()):
        if entry.node is not act.scalar and entry.name.lower() not in _SPEAKS:
            for text in entry.value:
                yield -1, text, False
