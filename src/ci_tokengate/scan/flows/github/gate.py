"""The gate's step: whether it gates, and which variables later steps get from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from ci_tokengate.core.tools.model import Access
from ci_tokengate.core.tools.registry import AUTO, select, wire
from ci_tokengate.errors import UsageError
from ci_tokengate.scan.flows.github.expressions import Tree
from ci_tokengate.scan.flows.github.status import SUCCESS, Terms
from ci_tokengate.scan.flows.values import EMPTY, Kind, Sources, Value, is_unknown

NAME = "ci-tokengate"
_MODES = ("key", "gate")
_MODELS = ("claude-sonnet", "claude-haiku", "gpt", "gemini")


@dataclass(frozen=True, kw_only=True)
class Gate:
    """id: of its step, in lower case. terms: what its `if:` asks for. soft: `continue-on-error`.

    success: what `success()` means where it stands. users: the places of the steps that use the actions in which it stands.

    mints: whether later steps can come by a job key. unsure: whether its mode is known only when it runs.
    env: what it sets, as it is told by `tools` and `export`. hosts: the proxy's, if the step names it.
    skips: whether it passes without a key where it would refuse one.
    """

    id: str
    terms: Terms
    soft: bool
    mints: bool
    unsure: bool
    env: Mapping[str, Value]
    outputs: Mapping[str, Value]
    hosts: frozenset[str]
    line: int = 0
    skips: bool = False
    success: Tree = SUCCESS
    users: tuple[int, ...] = ()


def is_gate(uses: str) -> bool:
    """Whether a `uses:` is our own action, whoever's copy."""
    path = uses.strip().lower().partition("@")[0]
    return path.rpartition("/")[2] == NAME and not path.startswith("docker:")


def read_gate(
    inputs: Mapping[str, Value],
    sources: Sources,
    *,
    id: str,
    terms: Terms,
    success: Tree,
    soft: bool,
    line: int,
    users: tuple[int, ...] = (),
) -> Gate | None:
    """None if it gates nothing."""
    modes = _all(inputs, "mode", "key")
    mode = modes[0] if len(set(modes)) == 1 else sources.char(Kind.OTHER, "the gate's mode")
    unsure = is_unknown(mode)
    if mode not in _MODES and not (unsure and any(m in _MODES or is_unknown(m) for m in modes)):
        return None
    either_mode = unsure and all(m in _MODES for m in modes)
    mints = mode != "gate"
    export = _one(inputs, "export", "env", sources)
    tools = _one(inputs, "tools", AUTO, sources)
    root = sources.char(Kind.PROXY, "the gate's proxy")
    key = sources.char(Kind.JOB_KEY, "the gate's key")
    to_env = mints and (export in ("env", "both") or is_unknown(export))
    to_output = mints and (export in ("output", "both") or is_unknown(export))
    open_ = is_unknown(tools) or is_unknown(export) or either_mode
    wired = sources.char(Kind.OTHER, "what the gate's step wires") if open_ else root
    return Gate(
        id=id,
        terms=terms,
        soft=soft,
        mints=mints,
        unsure=unsure and not either_mode,
        env=_wired(AUTO if is_unknown(tools) else tools, wired, key) if to_env else {},
        outputs={
            "key": (key,) if to_output else EMPTY,
            "base-url": (root,),
            "openai-base-url": (f"{root}/v1",),
        },
        hosts=_hosts(inputs.get("proxy-url", EMPTY)),
        line=line,
        success=success,
        users=users,
        skips=mints
        and any("skip" in inputs.get(name, EMPTY) for name in ("on-hard-stop", "on-error")),
    )


def _all(inputs: Mapping[str, Value], name: str, default: str) -> list[str]:
    return [text.strip() or default for text in inputs.get(name, EMPTY)]


def _one(inputs: Mapping[str, Value], name: str, default: str, sources: Sources) -> str:
    """The input, or what stands for an unknown one if it can be this or that."""
    found = set(_all(inputs, name, default))
    return found.pop() if len(found) == 1 else sources.char(Kind.OTHER, f"the gate's {name}")


@lru_cache(maxsize=64)
def _wired(tools: str, root: str, key: str) -> Mapping[str, Value]:
    """What the product itself would set; a list of tools that it refuses sets nothing."""
    access = Access(root=root, key=key, models=_MODELS, folder=f"{root}/files")
    try:
        return {n: (v,) for n, v in wire(select(tools.split(",")), access).env.items()}
    except UsageError:
        return {}


def _hosts(urls: Value) -> frozenset[str]:
    return frozenset(host for url in urls if (host := host_of(url)))


def host_of(url: str) -> str:
    """The host of a URL in lower case; "" if it is not known."""
    rest = url.partition("://")[2] or url
    host = rest.partition("/")[0].rpartition("@")[2].partition(":")[0].strip().lower()
    return "" if is_unknown(host) or "$" in host else host
