"""Markdown to HTML by GitHub's own fork of cmark, and what a reader of that HTML meets.

GitHub then makes links of mentions, issues and commits outside `code`, `pre` and `a`, and takes out
what is not on its list of elements: so every text is kept here with the elements around it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options

_VOID = frozenset({"wbr", "br", "hr", "img", "input"})
_HELD = frozenset({"code", "pre", "a"})


def html_of(markdown: str) -> str:
    options = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES
    return str(cmarkgfm.github_flavored_markdown_to_html(markdown, options))


@dataclass
class Page(HTMLParser):
    """What is in the HTML. `free` is the text that GitHub looks through for mentions and the like."""

    elements: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str, str | None]] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    free: str = ""
    text: str = ""
    strays: list[str] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    @property
    def links(self) -> list[str]:
        return [value or "" for _, name, value in self.attributes if name == "href"]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag == "tr":
            self.rows.append(0)
        if tag in ("td", "th"):
            self.rows[-1] += 1
        if tag == "code":
            self.codes.append("")
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID and (not self._open or self._open.pop() != tag):
            self.strays.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data
        if "code" in self._open:
            self.codes[-1] += data
        if not _HELD & set(self._open):
            self.free += data

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_decl(self, decl: str) -> None:
        self.strays.append(decl)

    def handle_pi(self, data: str) -> None:
        self.strays.append(data)

    def unknown_decl(self, data: str) -> None:
        self.strays.append(data)


def page_of(markdown: str) -> Page:
    page = Page()
    page.feed(html_of(markdown))
    page.close()
    page.strays += page._open
    return page
