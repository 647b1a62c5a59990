"""Agents as commands: by the program's name, unless only its version, help or settings are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ci_tokengate.scan.flows.agents import seats
from ci_tokengate.scan.flows.agents import table as t
from ci_tokengate.scan.flows.agents.model import Agent


@dataclass(frozen=True, kw_only=True)
class Program:
    """needs: first arguments one of which must be there for it to run; idle: first arguments with which it calls no model."""

    agent: Agent
    needs: tuple[str, ...] = ()
    idle: tuple[str, ...] = ()


_HELP = ("--version", "-v", "-V", "--help", "-h", "version", "help")
_MANAGE = ("mcp", "config", "doctor", "update", "upgrade", "install", "uninstall", "plugin", "plugins", "marketplace",
           "login", "logout", "auth", "setup-token", "migrate-installer", "completion", "completions", "extensions",
           "extension", "hooks", "models", "stats", "export", "import", "features", "skills", "features", "list",
           "info", "status", "whoami", "about", "init")  # fmt: skip

PROGRAMS: Mapping[str, Program] = {
    "claude": Program(agent=t.CLAUDE, idle=_MANAGE),
    "claude-code": Program(agent=t.CLAUDE, idle=_MANAGE),
    "codex": Program(agent=t.CODEX, idle=(*_MANAGE, "sandbox", "debug", "app-server", "mcp-server", "apply")),
    "gemini": Program(agent=t.GEMINI, idle=_MANAGE),
    "aider": Program(agent=t.AIDER, idle=("--list-models", "--models", "--show-repo-map", "--just-check-update", "--exit", "--install-main-branch", "--upgrade")),
    "aider-chat": Program(agent=t.AIDER),
    "opencode": Program(agent=t.OPENCODE, needs=("run", "github", "serve", "pr", "acp", "-p", "--prompt")),
    "qwen": Program(agent=t.QWEN, idle=_MANAGE),
    "copilot": Program(agent=t.COPILOT, needs=("-p", "--prompt", "-i", "--interactive", "--allow-all-tools", "--allow-tool", "--yolo", "--allow-all", "--model", "--agent")),
    "goose": Program(agent=t.GOOSE, needs=("run", "session", "recipe")),
    "openhands": Program(agent=t.OPENHANDS, idle=_MANAGE),
    "openhands-resolver": Program(agent=t.OPENHANDS),
    "pr-agent": Program(agent=t.PR_AGENT),
    "pr_agent": Program(agent=t.PR_AGENT),
    "pi": Program(agent=t.PI, needs=("-p", "--print")),
    "crush": Program(agent=t.CRUSH, needs=("run",)),
    "sweagent": Program(agent=t.SWE_AGENT, needs=("run", "run-batch")),
    "mini-swe-agent": Program(agent=t.SWE_AGENT),
    "mini": Program(agent=t.SWE_AGENT, needs=("-t", "--task")),
    "cline": Program(agent=t.CLINE, idle=_MANAGE),
    "kilocode": Program(agent=t.KILO, idle=_MANAGE),
    "kilo": Program(agent=t.KILO, needs=("run", "--auto")),
    "cn": Program(agent=t.CONTINUE, needs=("-p", "--print")),
    "gptme": Program(agent=t.GPTME),
    "interpreter": Program(agent=t.INTERPRETER),
    "plandex": Program(agent=t.PLANDEX, needs=("tell", "build", "continue")),
    "cursor-agent": Program(agent=seats.CURSOR, idle=_MANAGE),
    "coderabbit": Program(agent=seats.CODERABBIT, idle=_MANAGE),
    "cr": Program(agent=seats.CODERABBIT, needs=("review",)),
    "amp": Program(agent=seats.AMP, needs=("-x", "--execute")),
    "droid": Program(agent=seats.DROID, needs=("exec",)),
    "auggie": Program(agent=seats.AUGGIE, idle=_MANAGE),
    "q": Program(agent=seats.AMAZON_Q, needs=("chat",)),
    "kiro-cli": Program(agent=seats.KIRO, idle=_MANAGE),
    "jules": Program(agent=seats.JULES, needs=("new", "remote")),
    "warp": Program(agent=seats.WARP, needs=("agent",)),
    "oz": Program(agent=seats.WARP, needs=("agent",)),
}  # fmt: skip
PACKAGES: Mapping[str, str] = {
    "@anthropic-ai/claude-code": "claude",
    "@openai/codex": "codex",
    "@google/gemini-cli": "gemini",
    "https://github.com/google-gemini/gemini-cli": "gemini",
    "@qwen-code/qwen-code": "qwen",
    "@github/copilot": "copilot",
    "opencode-ai": "opencode",
    "@sourcegraph/amp": "amp",
    "@augmentcode/auggie": "auggie",
    "@charmland/crush": "crush",
    "@continuedev/cli": "cn",
    "@kilocode/cli": "kilocode",
    "@mariozechner/pi-coding-agent": "pi",
    "@earendil-works/pi-coding-agent": "pi",
    "aider-chat": "aider",
    "aider-install": "",
    "openhands-ai": "openhands",
    "open-interpreter": "interpreter",
    "mini-swe-agent": "mini-swe-agent",
    "sweagent": "sweagent",
}
"""What npx, bunx, uvx and pipx are given → the program it starts."""

MODULES: Mapping[str, str] = {
    "aider": "aider",
    "openhands.core.main": "openhands",
    "openhands": "openhands",
    "openhands.resolver.resolve_issue": "openhands",
    "pr_agent.cli": "pr-agent",
    "interpreter": "interpreter",
    "gptme": "gptme",
    "sweagent": "sweagent",
    "minisweagent": "mini-swe-agent",
}
"""What `python -m` is given → the program it starts."""


def recognise(name: str, args: Sequence[str]) -> Agent | None:
    """The agent that this program runs with these arguments, None if it runs none."""
    if name == "gh":
        return _gh(args)
    if name == "acli" and list(args[:2]) == ["rovodev", "run"]:
        return seats.ROVO
    program = PROGRAMS.get(name)
    if program is None:
        return None
    if any(arg in _HELP for arg in args[:1]) or any(arg in program.idle for arg in args[:1]):
        return None
    if any(arg in ("--version", "--help") for arg in args):
        return None
    if program.needs and not any(arg.partition("=")[0] in program.needs for arg in args):
        return None
    if program.agent is t.AIDER:
        return None if any(a in program.idle for a in args) else _aider(args)
    return program.agent


_GOES = frozenset({"-p", "--print", "--prompt", "--message", "--message-file", "-x", "--yolo", "--full-auto",
                   "--dangerously-skip-permissions"})  # fmt: skip
_GO = frozenset({"exec", "e", "run"})
"""With one of these after its name it is no name alone, such as for a script that installs it."""


def passed_on(args: tuple[str, ...]) -> tuple[Agent | None, tuple[str, ...]]:
    """For a script or function that runs what it is given: the agent among its arguments, and that agent's own."""
    nth = next((n for n, arg in enumerate(args) if arg in PROGRAMS), len(args))
    rest = args[nth + 1 :]
    goes = rest[:1] and rest[0] in _GO
    if not goes and not _GOES.intersection(arg.partition("=")[0] for arg in rest[:8]):
        return None, args
    return recognise(args[nth], rest), rest


def _gh(args: Sequence[str]) -> Agent | None:
    if (
        len(args) > 1
        and args[0] == "copilot"
        and args[1] in ("suggest", "explain", "-p", "--prompt", "--")
    ):
        return seats.GH_COPILOT
    if list(args[:2]) == ["agent-task", "create"]:
        return seats.GH_COPILOT
    return None


def option(args: Sequence[str], *names: str) -> str:
    """The value of an option, `--a b` or `--a=b`; "" if it is not given."""
    for nth, arg in enumerate(args):
        head, equals, tail = arg.partition("=")
        if head in names:
            return tail if equals else args[nth + 1] if nth + 1 < len(args) else ""
    return ""


def _aider(args: Sequence[str]) -> Agent:
    """Which provider aider calls is in the name of its model."""
    model = option(args, "--model", "-m").lower()
    if any(a in ("--sonnet", "--opus", "--haiku", "--4o") for a in args):
        return t.AIDER if "--4o" in args else t.AIDER_ANTHROPIC
    if model.startswith(("anthropic/", "claude", "sonnet", "opus", "haiku")):
        return t.AIDER_ANTHROPIC
    return t.AIDER_GEMINI if model.startswith(("gemini",)) else t.AIDER
