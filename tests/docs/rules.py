"""The pages of the rules, from the rules. `python -m tests.docs.rules` writes them below docs/rules."""

from __future__ import annotations

from ci_tokengate.scan.all_rules import all_rules
from ci_tokengate.scan.rule import Rule
from tests.docs.tables import ROOT

FOLDER = ROOT / "docs" / "rules"


def page(rule: Rule) -> str:
    return f"""# {rule.id} `{rule.name}`

{rule.sentence}

Level: {rule.level.value}.

## Why

{rule.why}

## What to do

{rule.fix}

Where it is meant to stay, say why on the line or the line above, in a comment of the file's language:

```text
# tokengate: ignore[{rule.id}] reason="…" until=2027-01-31
```

`until` may be left out. [All rules](README.md)
"""


def index() -> str:
    rows = [
        f"| [{rule.id}]({rule.id.lower()}.md) | `{rule.name}` | {rule.level.value} | {rule.sentence} |"
        for rule in all_rules().values()
    ]
    return "\n".join(
        [
            "# What `ci-tokengate scan` finds",
            "",
            "Written by `python -m tests.docs.rules` from `src/ci_tokengate/scan/rules`.",
            "",
            "| rule | name | level | finds |",
            "|---|---|---|---|",
            *rows,
            "",
            "An error makes the exit code 1; warnings and notes do not.",
            "",
        ]
    )


def pages() -> dict[str, str]:
    """Every file below docs/rules, by its name."""
    return {"README.md": index()} | {
        f"{rule.id.lower()}.md": page(rule) for rule in all_rules().values()
    }


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, "utf-8")
