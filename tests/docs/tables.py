"""The tables of the README and docs/watch.md, from action.yml and the command line. `python -m tests.docs.tables` writes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from ruamel.yaml import YAML

from ci_tokengate.adapters.proxies.portkey.errors import MEANINGS, REFUSED, Meaning
from ci_tokengate.cli.app import app
from ci_tokengate.commands.doctor.live import PROOFS
from ci_tokengate.core.features import FEATURES
from ci_tokengate.wiring.capabilities import CAPABILITIES

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
DEMO = ROOT / "tests" / "cli" / "golden" / "demo.txt"
"""What the demo prints; tests/cli/test_demo.py holds it to the truth."""
REPORT = ROOT / "tests" / "render" / "showback" / "golden" / "articles.txt"
"""What a report prints; tests/render/showback/test_golden.py holds it to the truth."""
ALERT = ROOT / "tests" / "render" / "watch" / "golden" / "example.txt"
"""What `watch` prints; tests/render/watch/test_golden.py holds it to the truth."""
WATCH = ROOT / "docs" / "watch.md"
PAGES = (README, WATCH, ROOT / "docs" / "portkey.md", ROOT / "docs" / "openrouter.md")
SCAN = ROOT / "tests" / "scan" / "golden" / "readme.txt"
"""What a scan prints; tests/scan/test_command.py holds it to the truth."""


def action() -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe").load((ROOT / "action.yml").read_text("utf-8"))
    return loaded


def inputs() -> str:
    rows = [
        f"| `{name}` | {_default(body)} | {_cell(body['description'])} |"
        for name, body in action()["inputs"].items()
    ]
    return "\n".join(["| input | default | meaning |", "|---|---|---|", *rows])


def outputs() -> str:
    rows = [
        f"| `{name}` | {_cell(body['description'])} |" for name, body in action()["outputs"].items()
    ]
    return "\n".join(["| output | meaning |", "|---|---|", *rows])


def commands() -> str:
    rows = []
    context = click.Context(app)
    for name in app.list_commands(context):
        command = app.get_command(context, name)
        assert command is not None
        inner = getattr(command, "commands", None)
        for sub, leaf in (inner or {"": command}).items():
            told = (leaf.help or "").split("\n\n")[0]
            rows.append(f"| `ci-tokengate {name}{' ' + sub if sub else ''}` | {_cell(told)} |")
    return "\n".join(["| command | what it does |", "|---|---|", *rows])


def demo() -> str:
    return f"```\n{DEMO.read_text('utf-8').strip()}\n```"


def scan() -> str:
    return f"```\n$ ci-tokengate scan\n{SCAN.read_text('utf-8').strip()}\n```"


def alert() -> str:
    """What a look says of a team; held to the truth by tests/render/watch/test_golden.py."""
    look = ALERT.read_text("utf-8").split("\n\n")
    return "\n".join(["```", *look[2].strip().splitlines(), "```"])


def watch() -> str:
    """The same look, whole."""
    return f"```\n{ALERT.read_text('utf-8').strip()}\n```"


def webhook() -> str:
    """A spike, as a webhook gets it."""
    told = json.loads((ALERT.parent / "webhook.json").read_text("utf-8"))[0]
    for kind in ("models", "use_cases", "pull_requests", "jobs"):
        told["breakdown"][kind] = told["breakdown"][kind][:1]
    return f"```json\n{json.dumps(told, indent=1)}\n```"


def four_numbers() -> str:
    """The head of a report, with the first number; held to the truth with the other forms of it."""
    head = REPORT.read_text("utf-8").split("\n\n")[:2]
    lines = "\n\n".join(head).splitlines()
    return "\n".join(["```", "$ ci-tokengate report --month 2026-10", *lines, "```"])


def proxies() -> str:
    able = [*CAPABILITIES.values()]
    head = ["what", *(each.product for each in able)]
    rows = [[feature.what, *(feature.told(each) for each in able)] for feature in FEATURES]
    lines = [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]
    return "\n".join(lines)


def errors() -> str:
    """Portkey's documented refusals, and what comes of each."""
    rows = [
        f"| {_codes(each)} | {each.said.format(who='minting key')} | {each.hint} |"
        for each in (*MEANINGS, REFUSED)
    ]
    return "\n".join(["| HTTP, code | what it means | what to change |", "|---|---|---|", *rows])


def _codes(each: Meaning) -> str:
    status = "5xx" if len(each.statuses) > 9 else ", ".join(map(str, each.statuses))
    return ", ".join([status, *each.codes])


def live() -> str:
    """What `doctor --live` proves; tests/contract/adapters/test_doctor.py plays it."""
    return "\n".join(
        [
            "| proof | why it is needed |",
            "|---|---|",
            *(f"| {p} | {w} |" for p, w in PROOFS.items()),
        ]
    )


TABLES = {
    "errors": errors,
    "live": live,
    "proxies": proxies,
    "inputs": inputs,
    "outputs": outputs,
    "commands": commands,
    "demo": demo,
    "scan": scan,
    "four-numbers": four_numbers,
    "alert": alert,
    "watch": watch,
    "webhook": webhook,
}


def with_tables(text: str) -> str:
    """A page with its generated tables as they should be."""
    for name, table in TABLES.items():
        if f"<!-- {name} -->\n" not in text:
            continue
        before, _, rest = text.partition(f"<!-- {name} -->\n")
        _, fence, after = rest.partition(f"\n<!-- /{name} -->")
        if not fence:
            raise SystemExit(f"There is no line <!-- /{name} --> after <!-- {name} -->")
        text = f"{before}<!-- {name} -->\n{table()}{fence}{after}"
    return text


def _default(body: dict[str, Any]) -> str:
    default = body.get("default")
    return f"`{default}`" if default else ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(with_tables(page.read_text("utf-8")), "utf-8")
