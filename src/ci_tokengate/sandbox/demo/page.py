"""A comment as a reviewer sees it, on a terminal: the Markdown and HTML that our comments have, no more."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import unescape

import click

from ci_tokengate.sandbox.demo.telling import wrapped

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_SPANS: tuple[tuple[str, Callable[[str], str]], ...] = (
    (r"<code>(.*?)</code>|`(.+?)`", lambda text: click.style(text, fg="cyan")),
    (r"\*\*(.+?)\*\*", lambda text: click.style(text, bold=True)),
    (r"\[([^]]+)\]\([^)]+\)", lambda text: click.style(text, underline=True)),
)
_GAP = "  "


def page(body: str, author: str, place: str, width: int) -> list[str]:
    """The lines of a comment by `author`, framed."""
    head = f"╭─ {click.style(author, bold=True)} commented on {place} "
    rule = "─" * max(0, width - len(click.unstyle(head)))
    blocks = [b for b in _COMMENT.sub("", body).split("\n\n") if b.strip()]
    inner: list[str] = []
    for block in blocks:
        listed = block.startswith("- ")
        inner += [*([] if listed or block == "</details>" else [""]), *_block(block, width - 2)]
    framed = [f"│ {line}".rstrip() for line in inner]
    return [head + rule, *framed, f"╰{'─' * (width - 1)}"]


def _block(block: str, width: int) -> list[str]:
    lines = block.strip().split("\n")
    if block.startswith("|"):
        return _table(lines)
    if block.startswith("### "):
        return [click.style(line, bold=True) for line in wrapped(_plain(block[4:]), width)]
    if block.startswith("> [!WARNING]"):
        said = " ".join(line.removeprefix("> ") for line in lines[1:])
        return _hanging(click.style("▲ ", fg="yellow"), said, width)
    if block.startswith("<details>"):
        said = re.sub(r"<.*?>", "", block)
        return _hanging("▾ ", said, width)
    if block.startswith("- "):
        return [x for line in lines for x in _hanging("  • ", line[2:], width)]
    if block.startswith("<sub>"):
        said = block.strip().removeprefix("<sub>").removesuffix("</sub>")
        return [click.style(line, dim=True) for line in wrapped(_plain(said), width)]
    return [] if block == "</details>" else wrapped(_inline(" ".join(lines)), width)


def _hanging(mark: str, text: str, width: int) -> list[str]:
    size = len(click.unstyle(mark))
    first, *more = wrapped(_inline(text), width - size)
    return [mark + first, *(" " * size + line for line in more)]


def _inline(text: str) -> str:
    """Word by word, so that a colour never reaches over the end of a line."""
    for pattern, style in _SPANS:

        def styled(found: re.Match[str], style: Callable[[str], str] = style) -> str:
            words = next(group for group in found.groups() if group is not None).split(" ")
            return " ".join(style(word) for word in words)

        text = re.sub(pattern, styled, text)
    return unescape(text)


def _plain(text: str) -> str:
    return click.unstyle(_inline(text))


def _table(lines: Sequence[str]) -> list[str]:
    """Columns as wide as their cells; a head that is wider is wrapped."""
    head, sides, *body = (_cells(line) for line in lines)
    widths = [
        max(_size(word) for cell in column for word in (cell, *title.split(" ")))
        for title, *column in zip(head, *body, strict=True)
    ]
    titles = [wrapped(title, width) for title, width in zip(head, widths, strict=True)]
    depth = max(len(title) for title in titles)
    tops = zip(*([""] * (depth - len(title)) + title for title in titles), strict=True)
    rule = "─" * (sum(widths) + len(_GAP) * (len(widths) - 1))
    rights = [side.endswith(":") for side in sides]
    return [
        *(click.style(_row(top, widths, rights).rstrip(), bold=True) for top in tops),
        click.style(rule, dim=True),
        *(_row(row, widths, rights) for row in body),
    ]


def _row(cells: Sequence[str], widths: Sequence[int], rights: Sequence[bool]) -> str:
    padded = []
    for cell, width, right in zip(cells, widths, rights, strict=True):
        space = " " * (width - _size(cell))
        padded.append(space + cell if right else cell + space)
    return _GAP.join(padded)


def _cells(line: str) -> list[str]:
    return [_inline(cell.strip()) for cell in line.strip("|").split("|")]


def _size(text: str) -> int:
    return len(click.unstyle(text))
