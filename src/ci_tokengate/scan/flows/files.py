"""What a file is, by its path and a first look at its content. Standard library only: every commit passes here."""

from __future__ import annotations

import posixpath
import re
from enum import Enum

_SOURCE = {
    ".py": "#", ".pyi": "#", ".rb": "#", ".sh": "#", ".bash": "#", ".zsh": "#", ".r": "#", ".pl": "#",
    ".ex": "#", ".exs": "#", ".jl": "#", ".ps1": "#", ".mk": "#", ".ts": "//", ".tsx": "//", ".mts": "//", ".cts": "//",
    ".js": "//", ".jsx": "//", ".mjs": "//", ".cjs": "//", ".go": "//", ".java": "//", ".kt": "//", ".kts": "//",
    ".scala": "//", ".groovy": "//", ".rs": "//", ".cs": "//", ".php": "//", ".swift": "//", ".dart": "//",
    ".c": "//", ".cc": "//", ".cpp": "//", ".h": "//", ".vue": "//", ".svelte": "//",
}  # fmt: skip
_AGENT_SETTINGS = (
    ".claude/settings.json", ".claude/settings.local.json", ".mcp.json", ".codex/config.toml", ".gemini/settings.json",
    ".qwen/settings.json", "opencode.json", "opencode.jsonc", ".opencode/opencode.json", ".opencode/opencode.jsonc",
    ".aider.conf.yml", ".aider.conf.yaml", ".aider.model.settings.yml", ".continue/config.json",
    ".continue/config.yaml", ".cursor/mcp.json", ".vscode/mcp.json", ".vscode/settings.json", ".pr_agent.toml",
    ".openhands/config.toml", ".goose/config.yaml", ".crush.json", "crush.json", ".kilocode/mcp.json",
    ".roo/mcp.json", ".github/copilot/settings.json", ".zed/settings.json", ".factory/settings.json",
)  # fmt: skip


_OF_PIPELINES = re.compile(
    r"(?:^|/)(?:\.?ci|\.?pipelines?|\.?gitlab(?:-ci)?|\.?azure)/(?:[^/]+/){0,3}[^/]+$"
)
"""Folders with parts of pipelines, which `include:` and `template:` put into them."""


class Kind(Enum):
    WORKFLOW = "workflow"
    ACTION = "composite action"
    GITLAB = "GitLab CI"
    CIRCLECI = "CircleCI"
    AZURE = "Azure Pipelines"
    PIPELINE = "part of a pipeline"
    JENKINS = "Jenkinsfile"
    COMPOSE = "Compose file"
    DEVCONTAINER = "devcontainer"
    SETTINGS = "agent settings"
    DOTENV = ".env file"
    DOCKERFILE = "Dockerfile"
    SOURCE = "code"


def kind_of(path: str) -> Kind | None:
    """None for a file that no flow rule reads."""
    low = path.lower()
    name = posixpath.basename(low)
    stem, ending = posixpath.splitext(name)
    if ending in (".yml", ".yaml"):
        kind = _yaml_kind(low, name, stem)
        if kind:
            return kind
    if _is_settings(low, name):
        return Kind.SETTINGS
    if name in ("devcontainer.json", ".devcontainer.json") or (
        "/.devcontainer/" in f"/{low}" and ending == ".json"
    ):
        return Kind.DEVCONTAINER
    if name.startswith("jenkinsfile") or ending == ".jenkinsfile":
        return Kind.JENKINS
    if name == ".env" or name.startswith(".env.") or ending == ".env" or name == ".envrc":
        return Kind.DOTENV
    if name.startswith(("dockerfile", "containerfile")) or ending == ".dockerfile":
        return Kind.DOCKERFILE
    return Kind.SOURCE if ending in _SOURCE or name == "makefile" else None


def _yaml_kind(low: str, name: str, stem: str) -> Kind | None:
    if f"/{low}".endswith(f"/.github/workflows/{name}"):
        return Kind.WORKFLOW
    if stem == "action":
        return Kind.ACTION
    if stem == ".gitlab-ci" or ".gitlab-ci" in name or "/.gitlab/ci/" in f"/{low}":
        return Kind.GITLAB
    if "/.circleci/" in f"/{low}":
        return Kind.CIRCLECI
    if "azure-pipelines" in low or "azure_pipelines" in low or "/.azuredevops/" in f"/{low}":
        return Kind.AZURE
    if "compose" in stem and (stem.startswith(("docker-compose", "compose")) or "compose." in name):
        return Kind.COMPOSE
    return Kind.PIPELINE if _OF_PIPELINES.search(low) else None


def _is_settings(low: str, name: str) -> bool:
    return any(low == known or low.endswith(f"/{known}") for known in _AGENT_SETTINGS)


def comment_of(path: str) -> str:
    """How a comment starts in this language."""
    return _SOURCE.get(posixpath.splitext(path.lower())[1], "#")
