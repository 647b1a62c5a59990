"""The folder `exemptions` beside the policy: reviewed data, read where the policy is (DESIGN D7)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path, PurePosixPath

from ci_tokengate.adapters.files import read_text
from ci_tokengate.adapters.policy.load_exemptions import load_exemption
from ci_tokengate.core.governance.exemption import Exemption, Granted
from ci_tokengate.core.policy import Policy
from ci_tokengate.errors import UsageError
from ci_tokengate.ports import CodeHost
from ci_tokengate.wiring.policies import DEFAULT_POLICY, JobPolicy, short_ref
from ci_tokengate.wiring.proxies import clock

FOLDER = "exemptions"
_LAST_DAY = re.compile(r"(\d{4}-\d\d-\d\d)-")
_A_DAY, _A_MOMENT = timedelta(days=1), timedelta(microseconds=1)


def beside(bound: JobPolicy, host: CodeHost, repository: str, path: str) -> Callable[[], Granted]:
    """Reads them when it is called, where the job's policy was read: at that commit or branch, or on this machine.

    Raises what CodeHost raises. A file that is no exemption grants nothing, and is named.
    """
    folder, policy, ref = folder_of(path), bound.policy, bound.ref
    if ref is None:
        return lambda: granted(local_files(folder), policy)

    def read() -> Granted:
        paths = current(host.files_in(repository, folder, ref), clock().now().date())
        texts = (
            (p, f"{p}@{short_ref(ref)}", host.file_at(repository, p, ref) or "") for p in paths
        )
        return granted(texts, policy)

    return read


def folder_of(policy_path: str) -> str:
    return str(PurePosixPath(policy_path or DEFAULT_POLICY).parent / FOLDER)


def local_files(folder: str, *, every: bool = False) -> Iterable[tuple[str, str, str]]:
    """Path, place to name, and text; those that their name says are over only with `every`."""
    names = sorted(path.as_posix() for path in Path(folder).glob("*.y*ml"))
    for path in names if every else current(names, clock().now().date()):
        yield path, path, read_text(path, "The exemption")


def current(paths: Iterable[str], today: date) -> list[str]:
    """Without those whose name begins with a day that is over: years of them cost no request."""
    return [p for p in paths if p.endswith((".yml", ".yaml")) and not _is_over(p, today)]


def granted(
    files: Iterable[tuple[str, str, str]], policy: Policy, *, every: bool = False
) -> Granted:
    """From path, the place to name, and text of each file. `every`: whatever their names say."""
    found: list[Exemption] = []
    troubles: list[str] = []
    for path, place, text in files:
        try:
            exemption = load_exemption(text, place, PurePosixPath(path).stem, policy)
            if not every:
                _check_name(path, exemption)
        except UsageError as error:
            troubles.append(f"No exemption: {error.message} {error.hint}".strip())
        else:
            found.append(exemption)
    return Granted(exemptions=tuple(found), troubles=tuple(troubles))


def _is_over(path: str, today: date) -> bool:
    """A zone can be a day behind."""
    named = _day_of(path)
    return named is not None and named < today - _A_DAY


def _check_name(path: str, exemption: Exemption) -> None:
    """Raises UsageError for a name by which it would be passed over before its window ends."""
    last = (exemption.ends_at - _A_MOMENT).date()
    if _is_over(path, last):
        raise UsageError(
            f"{path} begins with a day before its window's last, {last}.",
            hint="It would be passed over from then on: begin its name with the last day, or with none.",
        )


def _day_of(path: str) -> date | None:
    match = _LAST_DAY.match(PurePosixPath(path).name)
    try:
        return date.fromisoformat(match[1]) if match else None
    except ValueError:
        return None
