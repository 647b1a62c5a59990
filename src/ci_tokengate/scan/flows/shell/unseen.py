"""Files that a shell reads and that nobody can see here: which of them may set anything at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ci_tokengate.scan.flows.agents.model import Agent
from ci_tokengate.scan.flows.shell.command import Command
from ci_tokengate.scan.flows.shell.lex import lex
from ci_tokengate.scan.flows.values import Value, either, is_unknown

_OF_TOOLS = re.compile(
    r"(?:^|/)(?:activate(?:\.\w+)?|nvm\.sh|\.?bash_?rc|\.?bash_?profile|\.profile|\.zshrc|\.zprofile|\.zshenv|conda\.sh|mamba\.sh"
    r"|sdkman-init\.sh|emsdk_env\.sh|setvars\.sh|setup\.(?:ba|z)?sh|local_setup\.\w+|asdf\.sh|\.?cargo/env|\.deno/env|\.ghcup/env"
    r"|\.local/bin/env|nix(?:-daemon)?\.sh|path\.bash\.inc|completion\.bash\.inc|bash_completion|environment-setup-[\w-]+"
    r"|export_presets|variables\.sh|opam-init/\w+\.\w+|oe-init-build-env|vcvars\w*\.bat)$|^/(?:etc|opt|usr|home/linuxbrew|nix)/|^/dev/"
)
"""They come with a compiler, a language or the system: no base URL of a model is in them."""
_MOST = 8
_HARMLESS = frozenset(
    {"ssh-agent", "brew", "pyenv", "rbenv", "nodenv", "goenv", "jenv", "fnm", "mise", "rtx", "asdf", "direnv", "conda", "mamba",
     "micromamba", "opam", "luarocks", "minikube", "docker-machine", "gpg-agent", "dircolors", "locale", "perl", "starship",
     "zoxide", "register-python-argcomplete", "pip", "uv", "volta", "swiftly", "stack", "cs", "thefuck", "keychain", "opam-init",
     "echo", "printf", "dbus-launch", "lesspipe", "resize", "poetry", "pdm", "hatch", "rustup", "nvm", "npm", "xvfb-run", "tr"}
)  # fmt: skip
_PRINTERS = frozenset(
    {"sops", "aws", "az", "gcloud", "vault", "op", "doppler", "infisical", "chamber", "jq", "yq", "base64", "curl", "wget", "gpg",
     "openssl", "kubectl", "python", "python3", "node", "ruby", "perl", "php", "deno", "bun", "env", "printenv", "age", "bws",
     "cat", "grep", "egrep", "sed", "awk", "envsubst", "dotenvx", "terraform", "pulumi", "make", "npx", "uvx"}
)  # fmt: skip
_SAYS_WHICH = re.compile(r"(?<![\w$-])[A-Za-z_]\w*=")
_ONLY_A_VALUE = re.compile(r"\$\{?\w+\}?")


def may_set(path: str) -> bool:
    """Whether a sourced file that is not there can set an agent's base URL, as far as its name tells."""
    return bool(path) and not _OF_TOOLS.search(path)


def may_print_settings(text: str) -> bool:
    """Whether `$(…)`, of which nothing is known, can print what sets one."""
    if text[:2] not in ("$(", "<("):
        return False
    commands = lex(text[2:-1]) if text.endswith(")") else []
    names = [c.words[0].rpartition("/")[2] for c in commands if c.words]
    return bool(names) and names[0] not in _HARMLESS


def may_leave(command: Command) -> bool:
    """Whether a command of whose output nothing is known can print settings into GITHUB_ENV: it names none itself."""
    name = command.words[0] if command.words else ""
    if name.rpartition("/")[2] not in _PRINTERS and "/" not in name:
        return False
    return not any(_SAYS_WHICH.search(word) for word in command.words[1:])


def unknown_lines(text: str, expand: Callable[[str], Value]) -> Value:
    """Lines of what is run that are unknown as a whole: what a secret or a variable holds."""
    found: list[str] = []
    for line in map(str.strip, text.split("\n")):
        values = expand(line) if _ONLY_A_VALUE.fullmatch(line) else (line,)
        found += [value for value in values if value and all(map(is_unknown, value))]
    return tuple(dict.fromkeys(found))[:_MOST]


def with_unseen(agent: Agent, env: Mapping[str, Value], unseen: Value) -> Mapping[str, Value]:
    """The base URLs that are set may be others by now."""
    if not unseen:
        return env
    return {**env, **{name: either(env[name], unseen) for name in agent.bases if name in env}}
