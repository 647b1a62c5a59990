"""The files of one run, read and parsed once each."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping

from ci_tokengate.scan.flows.hosts import answers_as
from ci_tokengate.scan.flows.options import Options
from ci_tokengate.scan.flows.place import File
from ci_tokengate.scan.flows.values import Sources, unmarked
from ci_tokengate.scan.flows.yaml import Map, Node, Unreadable, parse, parse_all

LARGEST = 1_000_000
"""Bytes of a file that is read as YAML; GitHub's own limit for a workflow is half of that."""

_POLICY = ".github/tokengate.yml"
_URL = re.compile(r"^\s*(?:proxy:\s*\{[^}]*?)?\burl:\s*['\"]?https?://([\w.-]+)", re.MULTILINE)
_KIND = re.compile(r"^\s*(?:proxy:\s*\{[^}]*?)?\bkind:\s*['\"]?(\w+)", re.MULTILINE)


class Repository:
    """names: lists the files below a folder. called: composite actions that some workflow uses, by the path of their file.

    included: files of pipelines that were judged where they are included. alone: the errors of called workflows as they are without a caller; rule, line and column, by their path.
    """

    def __init__(
        self,
        files: Mapping[str, bytes],
        read: Callable[[str], bytes | None],
        options: Options,
        names: Callable[[str], Iterable[str]] | None = None,
    ) -> None:
        self.candidates, self._read, self._names = files, read, names
        self._below: dict[str, list[str]] = {}
        self.sources = Sources()
        self._files: dict[str, File | None] = {}
        self._trees: dict[str, Node | Unreadable | None] = {}
        self.called: set[str] = set()
        self.included: set[str] = set()
        self.alone: dict[str, frozenset[tuple[str, int, int]]] = {}
        self.hosts = _proxies(options.proxy_hosts, options.proxy_kind) or self._policy()
        self.allowed = self.hosts | {host.lower() for host in options.allowed_hosts}

    def _policy(self) -> frozenset[str]:
        """Without hosts from the policy's reader, the URL in the policy that is there."""
        data = self._read(_POLICY)
        if data is None:
            return frozenset()
        text = data.decode("utf-8", "replace")
        kind = _KIND.search(text)
        return _proxies(_URL.findall(text), kind[1] if kind else "")

    def names(self, folder: str) -> list[str]:
        """The files below a folder; without a way to list them, those of this run."""
        if folder not in self._below:
            listed = self._names(folder) if self._names is not None else self.candidates
            inside = f"{folder}/" if folder else ""
            self._below[folder] = [name for name in listed if name.startswith(inside)]
        return self._below[folder]

    def file(self, path: str) -> File | None:
        """None if there is none, or if the path leads out of the repository."""
        path = posixpath.normpath(path)
        if path not in self._files:
            data = self.candidates.get(path)
            if data is None and not path.startswith(("..", "/")):
                data = self._read(path)
            self._files[path] = None if data is None else File(path, text_of(data))
        return self._files[path]

    def tree(self, path: str) -> Node | None:
        """The file as YAML. Raises Unreadable, each time."""
        path = posixpath.normpath(path)
        if path not in self._trees:
            file = self.file(path)
            try:
                self._trees[path] = None if file is None else _parsed(file)
            except Unreadable as e:
                self._trees[path] = e
        found = self._trees[path]
        if isinstance(found, Unreadable):
            raise found
        return found

    def documents(self, path: str) -> list[Map]:
        """The file's YAML documents that are mappings: GitLab puts a header before `---`. Raises Unreadable."""
        first = self.tree(path)
        file = self.file(path)
        if file is None or "\n---" not in file.text:
            return [first] if isinstance(first, Map) else []
        return [root for root in parse_all(file.text) if isinstance(root, Map)]

    def mapping(self, path: str) -> Map | None:
        """The file as a YAML mapping, None if it is none or cannot be read."""
        try:
            found = self.tree(path)
        except Unreadable:
            return None
        return found if isinstance(found, Map) else None

    def action(self, folder: str) -> tuple[File, Map] | None:
        """The action in a folder."""
        for name in ("action.yml", "action.yaml"):
            path = posixpath.normpath(posixpath.join(folder, name))
            file = self.file(path)
            if file is not None:
                root = self.mapping(path)
                return (file, root) if root else None
        return None


def _proxies(hosts: Iterable[str], kind: str) -> frozenset[str]:
    """Without a provider's own: a policy that calls that its proxy has none. A proxy of this kind answers as OpenRouter does."""
    return frozenset(h.lower() for h in hosts if answers_as(h) in ("", kind))


def _parsed(file: File) -> Node | None:
    if len(file.text) > LARGEST:
        raise Unreadable("it is too large", 1)
    return parse(file.text)


def text_of(data: bytes) -> str:
    """A file as text, whatever its bytes; characters that mark unknown values are taken out."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return unmarked(data.decode("utf-16", "replace"))
    return unmarked(data.decode("utf-8-sig", "replace"))
