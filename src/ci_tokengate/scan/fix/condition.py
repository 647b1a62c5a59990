"""The agents' `if:`, which asks for the gate's success where it would hold after a refusal, too."""

from __future__ import annotations

from ci_tokengate.scan.fix.edits import Edits
from ci_tokengate.scan.fix.plan import Plan
from ci_tokengate.scan.flows.github.expressions import condition
from ci_tokengate.scan.flows.yaml import Scalar

_BLOCK = ("|", ">")
_ENDS = " \t\r"


def ask_gate(edits: Edits, plan: Plan, changes: list[str]) -> None:
    """What cannot be changed where it stands is told with the findings that remain."""
    for act in plan.asking:
        value = act.node.get("if")
        if isinstance(value, Scalar) and _conjoin(edits, value, passed(plan.id)):
            changes.append(
                f"Job {plan.run.name!r}: {act.label!r} also asks whether the gate has passed."
            )


def passed(gate: str) -> str:
    return f"steps.{gate}.outcome == 'success'"


def _conjoin(edits: Edits, value: Scalar, term: str) -> bool:
    """`A` becomes `A && term`, between the same quotes and brackets; `A || B` is put in parentheses."""
    text = value.text.strip()
    if text.count("${{") > 1 or ("${{" in text and not (text[:3] == "${{" and text[-2:] == "}}")):
        return False
    ends = _span(edits.lines, value)
    if ends is None:
        return False
    (first, start), (last, end) = ends
    if text[:3] == "${{":
        within = edits.lines[last - 1][: end - 2].rstrip(_ENDS)
        if not within.strip():
            return False  # the brackets stand on a line of their own
        rest = edits.lines[first - 1][start + 3 :]
        start, end = start + 3 + len(rest) - len(rest.lstrip(" ")), len(within)
    either = condition(text)[0] == "or"
    term = term.replace("'", "''") if value.style == "'" else term
    if either:
        edits.put(first, start, "(")
    edits.put(last, end, f"{')' if either else ''} && {term}")
    return True


def _span(lines: list[str], value: Scalar) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Line and column, from 0, of the text's begin and end; None where it is not written as it reads."""
    if value.style in _BLOCK:
        return _block(lines, value)
    at, line = value.column - 1, lines[value.line - 1]
    written = value.text.replace("'", "''") if value.style == "'" else value.text
    if not line.startswith(f"{value.style}{written}{value.style}", at):
        return None
    start = at + len(value.style)
    stop = start + len(written.rstrip(_ENDS))
    return (value.line, start + len(written) - len(written.lstrip())), (value.line, stop)


def _block(lines: list[str], value: Scalar) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """The lines of a block scalar, which are those further in than its first one."""
    numbers: list[int] = []
    indent = 0
    for number in range(value.line + 1, len(lines) + 1):
        line = lines[number - 1]
        if not line.strip():
            continue
        indent = indent or len(line) - len(line.lstrip(" "))
        if len(line) - len(line.lstrip(" ")) < indent:
            break
        numbers.append(number)
    written = " ".join(" ".join(lines[n - 1].split()) for n in numbers)
    if not numbers or written != " ".join(value.text.split()):
        return None
    return (numbers[0], indent), (numbers[-1], len(lines[numbers[-1] - 1].rstrip(_ENDS)))
