"""`npx`, `uvx`, `pnpm dlx`, `python -m` and their like: the program that a package brings."""

from __future__ import annotations

from ci_tokengate.scan.flows.agents.commands import MODULES, PACKAGES, PROGRAMS
from ci_tokengate.scan.flows.shell.started import Started, skipped, value_of

RUNNERS = frozenset({"npx", "bunx", "uvx", "pnpx"})
MANAGERS = {
    "npm": (("exec",), ("x",)), "pnpm": (("dlx",), ("exec",)), "yarn": (("dlx",), ("exec",)), "bun": (("x",),),
    "pipx": (("run",),), "uv": (("run",), ("tool", "run")), "poetry": (("run",),), "pdm": (("run",),),
    "hatch": (("run",),), "rye": (("run",),), "pixi": (("run",),),
}  # fmt: skip
_BY_NAME = ("yarn", "pnpm", "bun")
"""`yarn claude` runs the program of a package that is installed."""

_OF_MANAGER = (
    "-C",
    "--dir",
    "--cwd",
    "--prefix",
    "--filter",
    "-F",
    "-w",
    "--workspace",
    "--directory",
    "--project",
)
_TAKES = {
    "npx": ("-p", "--package", "-c", "--call"),
    "bunx": ("-p", "--package"),
    "pipx": ("--spec", "--python", "--pip-args", "--index-url"),
    "uvx": ("--from", "--python", "-p", "--with", "--index-url", "--with-requirements"),
    "uv": ("--with", "--python", "-p", "--extra", "--group", "--project", "--directory", "--env-file", "--package", "--from"),
}  # fmt: skip
_OF_NIX = {
    "gemini-cli": "gemini",
    "gemini-cli-bin": "gemini",
    "aider-chat": "aider",
    "goose-cli": "goose",
    "github-copilot-cli": "copilot",
}
_OF_PYTHON = ("-u", "-I", "-B", "-E", "-s")


def by_runner(found: Started, name: str, args: tuple[str, ...]) -> Started | None:
    call = value_of(args, ("-c", "--call"))
    if call and name == "npx":
        return found.runs(call)
    rest = tuple(skipped(args, _TAKES.get(name, ())))
    return found._replace(args=(program(rest[0]), *rest[1:])) if rest else None


def by_manager(found: Started, name: str, args: tuple[str, ...]) -> Started | None:
    args = tuple(skipped(args, _OF_MANAGER))
    for words in MANAGERS[name]:
        if args[: len(words)] == words:
            return by_runner(found, name, args[len(words) :])
    rest = args[1:] if args[:1] == ("run",) else args
    if name in _BY_NAME and rest and rest[0] in PROGRAMS:
        return found._replace(args=rest)
    return None


def by_module(found: Started, args: tuple[str, ...]) -> Started | None:
    rest = [a for a in args if a not in _OF_PYTHON]
    if rest[:1] == ["-m"] and len(rest) > 1 and rest[1] in MODULES:
        return found._replace(args=(MODULES[rest[1]], *rest[2:]))
    return None


def by_nix(found: Started, args: tuple[str, ...]) -> Started | None:
    """`nix run nixpkgs#claude-code -- -p`."""
    flake = next((a for a in args if "#" in a and not a.startswith("-")), "").rpartition("#")[2]
    if not flake:
        return None
    rest = args[args.index("--") + 1 :] if "--" in args else ()
    return found._replace(args=(_OF_NIX.get(flake, flake), *rest))


def program(package: str) -> str:
    """The program in a package, with or without its version."""
    low = package.lower()
    if low.startswith("http"):
        return PACKAGES.get(low, low)
    bare = low[:1] + low[1:].partition("@")[0].partition("==")[0].partition("[")[0]
    return PACKAGES.get(bare, bare)
