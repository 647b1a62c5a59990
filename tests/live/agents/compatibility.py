"""docs/compatibility.md, from what the runs showed: `python -m tests.live.agents.compatibility` after them.

The results are kept beside it in docs/compatibility.json, so that its words can change without another run.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ci_tokengate.core.tools.model import Access
from ci_tokengate.core.tools.registry import TOOLS
from ci_tokengate.core.tools.tool import Tool
from ci_tokengate.core.tools.unproxied import UNPROXIED
from tests.live.agents.clients import CLIENTS, HOSTILE, Client
from tests.live.agents.install import REPOSITORY
from tests.live.agents.results import collect

RESULTS = REPOSITORY / "docs" / "compatibility.json"
PAGE = REPOSITORY / "docs" / "compatibility.md"
NOT_RUN = "not run"
ANY = Access(root="", key="", models=("any",), folder="")

Results = Mapping[str, Mapping[str, Mapping[str, Any]]]

HEAD = """\
# Compatibility

<!-- Written by `make compatibility`; edit tests/live/agents/compatibility.py instead. -->

Each row was run: the real client, in the version named, against a real LiteLLM{proxy} on loopback, {network},
with an empty home and what `ci-tokengate` wires. Actions were not run, only the programs they start. A call counts when
the proxy's spend log has it under the job key, with the right model, its tokens and its price.
"""

REACHES = """
## What reaches the proxy

With all tools wired together (`tools: auto`). "Held" means: the run was repeated with the tool's own wiring alone and
{hostile} variables preset (other addresses, keys, logins, clouds and models, by every name we know of); it ended well and
every call still went to the proxy.

"""

REFUSED = """
## What a refusal does

Agents were refused in mid-run, after a first good call, or from the first call on (401, and whatever has no loop).
Requests are the refused ones; they cost nothing. The exit status is the client's: ask the proxy, not the step, whether a
budget was hit.

429 is what LiteLLM says of a spent budget if so configured (`budget_exceeded_status_code`); here it was answered in the
proxy's place, to see that the limits of retries that we wire are kept. Tried by hand, the others go on longer: qwen-code
asked 7 times in 69 s (15 times a minute without our limit); Copilot, opencode and aider, which have no limit that we
found to work, were still asking after a minute. 422 is what an operator wants.

"""

WIRED = """
## What is wired

"Blanked" variables are set to the empty value, and the runs above
passed so. Files lie in a private folder outside the
workspace, and no file holds the key.

"""

MODELS = """
## Which model a tool asks for

Nothing is known about a model but its name at the proxy. A tool is given the first model of the use case whose name
contains a word of the tool's own family (`claude`, `sonnet`, `opus`, `haiku`; `codex`, `gpt`; `gemini`), else the first
of the list. Claude Code's sizes are matched by `haiku`, `sonnet` and `opus`; a small model for titles and the like by
`haiku`, `flash`, `-mini` or `nano`; else it is the tool's main model. An SDK's program names its model itself.
"""

BEYOND = """
## What no wiring can do

Wiring is cooperative. A flag of the step, an address in code, or a tool's own configuration file in the repository can
go before these variables (not tried here); only an egress rule prevents that.

| tool | why it cannot be brought to the proxy |
|---|---|
"""


def render(results: Results) -> str:
    proxies = sorted({p["proxy"] for r in results.values() for p in r.values() if "proxy" in p})
    proxy = f" ({', '.join(proxies)})" if proxies else ""
    parts = [
        HEAD.format(proxy=proxy, network=_network(results)),
        REACHES.format(hostile=len(HOSTILE)),
        _table(
            ("tool", "client", "version", "asks", "for", "calls", "held"),
            (_reaches(client, results.get(client.name, {})) for client in CLIENTS),
            (_unproven(tool, 7) for tool in _without_client()),
        ),
        REFUSED,
        _table(
            ("client", "budget spent (422)", "key revoked (401)", "429", "note"),
            (_refused(client, results.get(client.name, {})) for client in CLIENTS),
        ),
        WIRED,
        _table(("tool", "sets", "blanks", "files", "still to do"), map(_wired, TOOLS)),
        MODELS,
        BEYOND,
        *(
            f"| `{name}` | {reason[0].upper()}{reason[1:]} |\n"
            for name, reason in UNPROXIED.items()
        ),
    ]
    return "".join(parts)


def _network(results: Results) -> str:
    alone = [proofs["arrives"]["alone"] for proofs in results.values() if "arrives" in proofs]
    return "with no other network" if all(alone) else "with HTTPS_PROXY leading nowhere"


def _reaches(client: Client, proofs: Mapping[str, Mapping[str, Any]]) -> Sequence[str]:
    facts = proofs.get("arrives")
    if facts is None:
        return (f"`{client.tool}`", client.name, NOT_RUN, "", "", "", "")
    return (
        f"`{client.tool}`",
        client.name,
        facts["version"],
        f"`{facts['route']}`",
        f"`{facts['model']}`",
        str(facts["calls"]),
        "yes" if "hostile" in proofs else NOT_RUN,
    )


def _refused(client: Client, proofs: Mapping[str, Mapping[str, Any]]) -> Sequence[str]:
    return (
        client.name,
        _end(proofs.get("422")),
        _end(proofs.get("401")),
        _429(proofs),
        client.note,
    )


def _429(proofs: Mapping[str, Mapping[str, Any]]) -> str:
    return _end(proofs["429"]) if "429" in proofs else ""


def _end(facts: Mapping[str, Any] | None) -> str:
    if facts is None:
        return NOT_RUN
    many = "" if facts["requests"] == 1 else "s"
    return f"{facts['requests']} request{many}, {facts['seconds']} s, exit {facts['status']}"


def _wired(tool: Tool) -> Sequence[str]:
    return (
        f"[`{tool.name}`]({tool.source})",
        _names(sorted(tool.env(ANY))),
        _names(tool.blanks),
        _names(tool.files(ANY)),
        " ".join(tool.needs),
    )


def _names(names: Iterable[str]) -> str:
    return " ".join(f"`{name}`" for name in names)


def _without_client() -> Sequence[Tool]:
    run = {client.tool for client in CLIENTS}
    return [tool for tool in TOOLS if tool.name not in run]


def _unproven(tool: Tool, columns: int) -> Sequence[str]:
    return (f"`{tool.name}`", "", NOT_RUN, *[""] * (columns - 3))


def _table(head: Sequence[str], *rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *(row for part in rows for row in part)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main() -> None:
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    names = [client.name for client in CLIENTS]
    results = {**known, **collect()}
    kept = {name: results[name] for name in names if name in results}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    PAGE.write_text(render(kept))


if __name__ == "__main__":
    main()
