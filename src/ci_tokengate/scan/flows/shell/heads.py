"""Commands that bring the head of a pull request into the checkout, at once or in two steps."""

from __future__ import annotations

import re
from collections.abc import Callable

from ci_tokengate.scan.flows.shell.model import Ran
from ci_tokengate.scan.flows.shell.started import skipped
from ci_tokengate.scan.flows.values import Kind, Sources, Value

_HEAD = re.compile(r"(?:refs/)?pull/[^/\s]+/(?:head|merge)")
_BRINGS = frozenset(
    {
        "fetch",
        "checkout",
        "pull",
        "switch",
        "merge",
        "reset",
        "clone",
        "worktree",
        "cherry-pick",
        "remote",
    }
)
_FETCHES = ("fetch", "remote")
"""These touch no file of the checkout."""

_READS = frozenset(
    {
        "diff", "log", "show", "rev-parse", "rev-list", "merge-base", "diff-tree", "ls-tree", "cat-file", "status", "config",
        "shortlog", "name-rev", "describe", "blame", "grep", "version", "ls-files", "ls-remote", "branch", "tag", "add",
        "commit", "push",
    }
)  # fmt: skip
_GIT_TAKES = ("-C", "-c", "--git-dir", "--work-tree")
_ARCHIVE = re.compile(r"/(?:archive|tarball|zipball)/")


def is_head(ran: Ran, expand: Callable[[str], Value], sources: Sources) -> bool:
    """`gh pr checkout`, git on a pull request's ref or head, or an archive of it."""
    if ran.name == "gh":
        if ran.args[:2] != ("repo", "clone"):
            return ran.args[:2] == ("pr", "checkout")
    elif ran.name in ("curl", "wget"):
        if not any(_ARCHIVE.search(arg) for arg in ran.args):
            return False
    elif ran.name != "git" or not _BRINGS.intersection(ran.args):
        return False
    return any(
        sources.has(value, Kind.HEAD) or any(_HEAD.search(text) for text in value)
        for value in map(expand, ran.args)
    )


def only_fetches(ran: Ran) -> bool:
    """Whether a command of git leaves the files of the checkout as they are, though it knows the head now."""
    return ran.name == "git" and verb(ran) in _FETCHES


def moves(ran: Ran) -> bool:
    """Whether a command of git may put what was fetched into a folder."""
    return ran.name == "git" and verb(ran) not in _READS and not only_fetches(ran)


def verb(ran: Ran) -> str:
    """`checkout` of `git -C app checkout x`."""
    return next(iter(skipped(ran.args, _GIT_TAKES)), "")


def applies(ran: Ran) -> bool:
    """Whether a command puts a patch into the checkout."""
    return ran.name == "patch" or (ran.name == "git" and ran.args[:1] in (("apply",), ("am",)))
