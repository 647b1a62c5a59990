"""GitHub's expressions as trees of tuples, so that two conditions can be compared by `==`.

("lit", text) · ("path", names) · ("index", tree, tree) · ("call", name, trees) · ("not", tree) · ("and"|"or", trees)
· ("==", left, right) and the other comparisons · ("unknown", text) for what cannot be parsed.
Names are in lower case, as GitHub compares them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

Tree = tuple[Any, ...]
_TOKEN = re.compile(
    r"\s*(?:(?P<str>'(?:[^']|'')*')|(?P<num>[-+]?(?:0x[0-9a-fA-F]+|\d+(?:\.\d*)?(?:[eE][-+]?\d+)?))"
    r"|(?P<name>[A-Za-z_][\w-]*)|(?P<op>&&|\|\||==|!=|<=|>=|[<>!()\[\].,*]))"
)
_DEEPEST = 40
_CLOSE = re.compile(r"'[^']*'|\}\}")
_COMPARE = ("==", "!=", "<", "<=", ">", ">=")


class _Bad(Exception):  # noqa: N818 - never leaves this module
    pass


@lru_cache(maxsize=4096)
def parse(text: str) -> Tree:
    """The tree of an expression without its `${{ }}`."""
    try:
        tokens = _tokens(text)
        tree, at = _or(tokens, 0, 0)
        return tree if at == len(tokens) else ("unknown", text.strip())
    except _Bad:
        return ("unknown", text.strip())


@lru_cache(maxsize=4096)
def parts(text: str) -> tuple[str | Tree, ...]:
    """A text with `${{ }}` in it: literal pieces as str, expressions as trees."""
    found: list[str | Tree] = []
    at = 0
    while (start := text.find("${{", at)) >= 0:
        end = _end(text, start + 3)
        if end < 0:
            break
        if start > at:
            found.append(text[at:start])
        found.append(parse(text[start + 3 : end]))
        at = end + 2
    if at < len(text):
        found.append(text[at:])
    return tuple(found)


def condition(text: str) -> Tree:
    """The tree of an `if:`, with `${{ }}` around it, around parts of it, or without."""
    flat = text.strip()
    if "${{" in flat:
        flat = flat.replace("${{", "(").replace("}}", ")")
    return parse(flat) if flat else ("lit", "true")


def _end(text: str, at: int) -> int:
    for match in _CLOSE.finditer(text, at):
        if match.group() == "}}":
            return match.start()
    return -1


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    at, text = 0, text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if not match:
            raise _Bad
        kind = match.lastgroup or ""
        tokens.append((kind, match[kind]))
        at = match.end()
    return tokens


def _or(tokens: list[tuple[str, str]], at: int, depth: int) -> tuple[Tree, int]:
    return _chain(tokens, at, depth, "||", "or", _and)


def _and(tokens: list[tuple[str, str]], at: int, depth: int) -> tuple[Tree, int]:
    return _chain(tokens, at, depth, "&&", "and", _comparison)


def _chain(tokens: Any, at: int, depth: int, op: str, name: str, below: Any) -> tuple[Tree, int]:
    tree, at = below(tokens, at, depth)
    trees = [tree]
    while at < len(tokens) and tokens[at] == ("op", op):
        tree, at = below(tokens, at + 1, depth)
        trees.append(tree)
    if len(trees) == 1:
        return trees[0], at
    flat = [t for tree in trees for t in (tree[1] if tree[0] == name else (tree,))]
    return (name, tuple(flat)), at


def _comparison(tokens: list[tuple[str, str]], at: int, depth: int) -> tuple[Tree, int]:
    left, at = _unary(tokens, at, depth)
    while at < len(tokens) and tokens[at][0] == "op" and tokens[at][1] in _COMPARE:
        op = tokens[at][1]
        right, at = _unary(tokens, at + 1, depth)
        left = (op, right, left) if left[0] == "lit" and op in ("==", "!=") else (op, left, right)
    return left, at


def _unary(tokens: list[tuple[str, str]], at: int, depth: int) -> tuple[Tree, int]:
    if depth > _DEEPEST:
        raise _Bad
    if at < len(tokens) and tokens[at] == ("op", "!"):
        tree, at = _unary(tokens, at + 1, depth + 1)
        twice = tree[0] == "not" and tree[1][0] not in ("path", "index")
        return (
            tree[1] if twice else ("not", tree)
        ), at  # `!!secrets.X` is only whether there is one
    return _postfix(tokens, at, depth)


def _postfix(tokens: list[tuple[str, str]], at: int, depth: int) -> tuple[Tree, int]:
    tree, at = _primary(tokens, at, depth)
    while at < len(tokens) and tokens[at] in (("op", "."), ("op", "[")):
        if tokens[at][1] == ".":
            if at + 1 >= len(tokens):
                raise _Bad
            tree, at = _below(tree, ("lit", tokens[at + 1][1])), at + 2
        else:
            index, at = _or(tokens, at + 1, depth + 1)
            tree, at = _below(tree, index), _expect(tokens, at, "]")
    return tree, at


def _below(tree: Tree, index: Tree) -> Tree:
    if tree[0] == "path" and index[0] == "lit":
        return ("path", (*tree[1], index[1].lower()))
    return ("index", tree, index)


def _primary(tokens: list[tuple[str, str]], at: int, depth: int) -> tuple[Tree, int]:
    if at >= len(tokens):
        raise _Bad
    kind, text = tokens[at]
    if kind == "str":
        return ("lit", text[1:-1].replace("''", "'")), at + 1
    if kind == "num":
        return ("lit", text), at + 1
    if kind == "name":
        return _named(tokens, at, depth, text)
    if text == "(":
        tree, at = _or(tokens, at + 1, depth + 1)
        return tree, _expect(tokens, at, ")")
    raise _Bad


def _named(tokens: list[tuple[str, str]], at: int, depth: int, text: str) -> tuple[Tree, int]:
    low = text.lower()
    if at + 1 < len(tokens) and tokens[at + 1] == ("op", "("):
        args: list[Tree] = []
        at += 2
        while at < len(tokens) and tokens[at] != ("op", ")"):
            tree, at = _or(tokens, at, depth + 1)
            args.append(tree)
            if at < len(tokens) and tokens[at] == ("op", ","):
                at += 1
        return ("call", low, tuple(args)), _expect(tokens, at, ")")
    if low in ("true", "false"):
        return ("lit", low), at + 1
    return (("lit", "") if low == "null" else ("path", (low,))), at + 1


def _expect(tokens: list[tuple[str, str]], at: int, op: str) -> int:
    if at >= len(tokens) or tokens[at] != ("op", op):
        raise _Bad
    return at + 1
