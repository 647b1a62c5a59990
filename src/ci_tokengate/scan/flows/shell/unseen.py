"""Files that a shell reads and that nobody can see here: which of them may set anything at all."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ci_tokengate.scan.flows.agents.model import Agent
from ci_tokengate.scan.flows.shell.lex import lex
from ci_tokengate.scan.flows.values import Value, either, is_unknown

_OF_TOOLS = re.compile(
    r"(?:^|/)(?:activate(?:\.\w+)?|nvm\.sh|\.?bash_?rc|\.?bash_?profile|\.profile|\.zshrc|\.zprofile|\.zshenv|conda\.sh|mamba\.sh"
    r"|sdkman-init\.sh|emsdk_env\.sh|setvars\.sh|setup\.(?:ba|z)?sh|local_setup\.\w+|asdf\.sh|cargo/env|\.deno/env|\.ghcup/env"
    r"|\.local/bin/env|nix(?:-daemon)?\.sh|path\.bash\.inc|completion\.bash\.inc|bash_completion|environment-setup-[\w-]+"
    r"|export_presets|variables\.sh|opam-init/\w+\.\w+|oe-init-build-env|vcvars\w*\.bat)$|^/(?:etc|opt|usr|home/linuxbrew|nix)/|^/dev/"
)
"""They come with a compiler, a language or the system: no base URL of a model is in them."""
_HARMLESS = frozenset(
    {"ssh-agent", "brew", "pyenv", "rbenv", "nodenv", "goenv", "jenv", "fnm", "mise", "rtx", "asdf", "direnv", "conda", "mamba",
     "micromamba", "opam", "luarocks", "minikube", "docker-machine", "gpg-agent", "dircolors", "locale", "perl", "starship",
     "zoxide", "register-python-argcomplete", "pip", "uv", "volta", "swiftly", "stack", "cs", "thefuck", "keychain", "opam-init",
     "echo", "printf", "dbus-launch", "lesspipe", "resize", "poetry", "pdm", "hatch", "rustup", "nvm", "npm", "xvfb-run", "tr"}
)  # fmt: skip
_ONLY_A_VALUE = re.compile(r"\s*(?:\$\{?\w+\}?|\$\(.*\))\s*")


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


def says_nothing(text: str) -> bool:
    """Whether a line of a script that is run is unknown as a whole: what a secret or a variable holds."""
    lines = (line.strip() for line in text.split("\n"))
    return any(
        line and (all(map(is_unknown, line)) or _ONLY_A_VALUE.fullmatch(line)) for line in lines
    )


def with_unseen(agent: Agent, env: Mapping[str, Value], unseen: Value) -> Mapping[str, Value]:
    """The base URLs that are set may be others by now."""
    if not unseen:
        return env
    return {**env, **{name: either(env[name], unseen) for name in agent.bases if name in env}}
