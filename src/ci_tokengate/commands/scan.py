"""`scan`: texts in, a report out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from ci_tokengate.scan.engines import Engine
from ci_tokengate.scan.flows.literals import may_be_part, may_matter
from ci_tokengate.scan.found import Found
from ci_tokengate.scan.keys.signs import Signs
from ci_tokengate.scan.report import Report
from ci_tokengate.scan.scope import Scope
from ci_tokengate.scan.text import LeftOut, Text

if TYPE_CHECKING:
    from ci_tokengate.scan.baseline import Baseline

Read = Callable[[str], bytes | None]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """How to scan. `today` is the day on which suppressions may end.

    names: the files below a folder of the repository. parts: whether files are looked at that only a pipeline's
    `include:` makes matter; where that is scanned as well, it finds them.
    """

    engine: Engine
    today: date
    scope: Scope = field(default_factory=Scope)
    honor: Collection[str] = ()
    baseline: Baseline | None = None
    keys: bool = True
    flows: bool = True
    names: Callable[[str], Iterable[str]] | None = None
    parts: bool = False


def scan(texts: Iterable[Text | LeftOut], wanted: Wanted, *, read: Read) -> Report:
    """`read` gives any other file of the repository, such as a workflow that is called.

    The same finding, again in a history, is held once: a long one takes no more memory than a short one.
    """
    founds: dict[str, Found] = {}
    left: dict[tuple[str, str], LeftOut] = {}
    count = hidden = known = 0

    def wanted_texts() -> Iterator[Text]:
        nonlocal count
        for text in texts:
            if wanted.scope.leaves_out(text.path):
                left.setdefault(
                    (text.path, ""), LeftOut(path=text.path, why="excluded by the policy")
                )
            elif isinstance(text, LeftOut):
                left.setdefault((text.path, text.why), text)
            else:
                count += 1
                yield text

    for found in _judged(wanted_texts(), wanted, read):
        if found is None:
            hidden += 1
        elif wanted.baseline and wanted.baseline.knows(found.finding):
            known += 1
        else:
            founds.setdefault(found.finding.fingerprint, found)
    return Report(
        founds=tuple(founds.values()),
        left_out=tuple(left.values()),
        texts=count,
        suppressed=hidden,
        known=known,
    )


def _judged(texts: Iterable[Text], wanted: Wanted, read: Read) -> Iterator[Found | None]:
    """The findings of the texts, after their suppressions.

    Flows are judged together at the end: whether an action's agent is gated is seen where it is used.
    """
    waiting: list[tuple[Text, list[Found]]] = []
    for text in texts:
        signs = wanted.engine.signs(text.data)
        seen = wanted.keys and (signs.hits or signs.mentions)
        founds = list(_keys(text, signs)) if seen else []
        if wanted.flows and text.numbers is None and _may_flow(text, signs.hosts, wanted):
            waiting.append((text, founds))
        elif founds:
            yield from _unsuppressed(text, founds, wanted)
    flows = _flows([text for text, _ in waiting], wanted, read)
    for text, founds in waiting:
        if founds or text.path in flows:
            yield from _unsuppressed(text, [*founds, *flows.pop(text.path, ())], wanted)
    for path, founds in flows.items():
        data = None if wanted.scope.leaves_out(path) else read(path)
        if data is not None:  # a file that a pipeline includes
            yield from _unsuppressed(Text(path=path, data=data), founds, wanted)


def _keys(text: Text, signs: Signs) -> Iterator[Found]:
    from ci_tokengate.scan.key_findings import key_findings  # expressions, where they are needed

    return key_findings(text, signs)


def _unsuppressed(text: Text, founds: list[Found], wanted: Wanted) -> Iterator[Found | None]:
    from ci_tokengate.scan.suppress import suppressed

    lines = text.lines()

    def line_of(number: int) -> str:
        return lines.get(number, b"")[:4000].decode("utf-8", "replace")

    yield from suppressed(founds, line_of, today=wanted.today, honor=wanted.honor)


def _flows(texts: list[Text], wanted: Wanted, read: Read) -> dict[str, list[Found]]:
    """Path → findings."""
    if not texts:
        return {}
    from ci_tokengate.scan.flows.check import check  # a parser of YAML, for those who need it

    founds: dict[str, list[Found]] = {}
    files = {text.path: text.data for text in texts}
    for finding in check(files, read=read, options=wanted.scope.options, names=wanted.names):
        founds.setdefault(finding.path, []).append(Found(finding=finding))
    return founds


def _may_flow(text: Text, hosts: bool | None, wanted: Wanted) -> bool:
    """The engine's one pass has looked for hosts already; other words matter in files of CI only."""
    if wanted.parts and may_be_part(text.path, text.data):
        return True
    if hosts is False and not text.path.lower().endswith((".yml", ".yaml")):
        name = text.path.lower()
        return "jenkinsfile" in name and may_matter(text.path, text.data)
    return may_matter(text.path, text.data)
