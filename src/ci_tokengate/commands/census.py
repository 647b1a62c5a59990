"""`inventory --org`: every repository of an organisation, as far as the code host tells."""

from __future__ import annotations

from dataclasses import replace

from ci_tokengate.errors import UndecidedError, UsageError
from ci_tokengate.ports import Organisation
from ci_tokengate.scan.flows.files import Kind, kind_of
from ci_tokengate.scan.inventory import Inventory, inventory
from ci_tokengate.scan.inventory.census import Blob, Census, Counted, Hosted, Tree
from ci_tokengate.scan.inventory.table import SDKS
from ci_tokengate.scan.scope import Scope

_LARGEST = 1_000_000
"""Bytes of a file that is read; people write none that is larger."""
_CODE = tuple({ending for sdk in SDKS for ending in sdk.endings})
_BUILT = ("node_modules/", "vendor/", "third_party/", "dist/", ".venv/", "site-packages/")
_PASSED_OVER = frozenset({Kind.SOURCE, Kind.DOCKERFILE, Kind.ACTION, None})
_NOTHING = Inventory(calls=())


def take_census(org: Organisation, name: str, scope: Scope, *, code: bool) -> Census:
    """A limit, an outage or the deadline ends it, and the rest is said to be unread.

    Raises UndecidedError or UsageError where not even the list could be had.
    """
    listed, unlisted = _listed(org)
    wanted = [one for one in listed if not (one.archived or one.fork)]
    counted: list[Counted] = []
    stopped = ""
    for one in wanted:
        if stopped:
            counted.append(
                Counted(name=one.name, inventory=_NOTHING, unread=f"not read: {stopped}")
            )
            continue
        done, stopped = _count(org, one, scope, code=code)
        counted.append(done)
    return Census(
        organisation=name,
        repositories=tuple(counted),
        archived=sum(one.archived for one in listed),
        forks=sum(one.fork and not one.archived for one in listed),
        unlisted=unlisted,
        code=code,
    )


def _listed(org: Organisation) -> tuple[list[Hosted], str]:
    found: list[Hosted] = []
    try:
        found.extend(org.repositories())
    except UndecidedError as error:
        if not found:
            raise
        return found, error.message
    return found, ""


def _count(org: Organisation, one: Hosted, scope: Scope, *, code: bool) -> tuple[Counted, str]:
    """The repository, and why the others can not be read either."""
    reading = _Reading(org, one)
    try:
        reading.tree = org.tree(one)
        for path in reading.choose(scope, code=code):
            reading.files[path] = reading.read(path) or b""
    except UndecidedError as error:
        return reading.counted(scope, error.message), error.message
    except UsageError as error:
        return reading.counted(scope, error.message), ""
    return reading.counted(scope, ""), ""


def _built(path: str) -> bool:
    return path.endswith(".min.js") or any(f"/{part}" in f"/{path}" for part in _BUILT)


class _Reading:
    """What of one repository has been read. A file that is called, such as a composite action, is fetched too."""

    def __init__(self, org: Organisation, one: Hosted) -> None:
        self._org, self._one = org, one
        self.tree = Tree(blobs={})
        self.files: dict[str, bytes] = {}
        self._large: set[str] = set()
        self._built = 0
        self._missed = ""

    def choose(self, scope: Scope, *, code: bool) -> list[str]:
        """CI and settings come first: if there is an end to requests, they are what counts."""
        allowed = [path for path in self.tree.blobs if not scope.leaves_out(path)]
        chosen = [path for path in allowed if kind_of(path) not in _PASSED_OVER]
        if code:
            sources = [path for path in allowed if path.endswith(_CODE)]
            own = [path for path in sources if not _built(path)]
            self._built = len(sources) - len(own)
            chosen += own
        return chosen

    def read(self, path: str) -> bytes | None:
        blob: Blob | None = self.tree.blobs.get(path)
        if blob is None:
            return None
        if blob.size > _LARGEST:
            self._large.add(path)
            return None
        return self._org.blob(self._one, blob.sha)

    def counted(self, scope: Scope, failed: str) -> Counted:
        """By what was read until then. After a failure nothing more is asked."""
        self._missed = failed
        found = inventory(self.files, read=self._called, options=scope.options)
        calls = tuple(replace(call, repository=self._one.name) for call in found.calls)
        part = "its tree is too large to be listed whole" if self.tree.truncated else ""
        return Counted(
            name=self._one.name,
            inventory=Inventory(calls=calls),
            unread=self._missed or part,
            note=self._note(),
        )

    def _note(self) -> str:
        left = (("above 1 MB", len(self._large)), ("built or other people's code", self._built))
        told = ", ".join(f"{what} {count}" for what, count in left if count)
        return f"left out: {told}" if told else ""

    def _called(self, path: str) -> bytes | None:
        if self._missed:
            return None
        try:
            return self.read(path)
        except (UndecidedError, UsageError) as error:
            self._missed = error.message
            return None
