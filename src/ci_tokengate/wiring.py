"""Which adapter stands behind each port, and where a job's policy is read from."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping

from ci_tokengate.adapters.clock import SystemClock
from ci_tokengate.adapters.event import Job
from ci_tokengate.adapters.files import read_text
from ci_tokengate.adapters.github import GitHub
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.policy.load import load_policy
from ci_tokengate.adapters.proxies.litellm.adapter import LiteLLM
from ci_tokengate.core.policy import Policy
from ci_tokengate.core.urls import bare_url
from ci_tokengate.errors import CredentialError, UsageError
from ci_tokengate.ports import Clock, CodeHost, Proxy

DEFAULT_POLICY = ".github/tokengate.yml"
_PROXIES: Mapping[str, Callable[[str, str, Deadline, Clock], Proxy]] = {
    "litellm": lambda url, key, deadline, clock: LiteLLM(url, key, deadline=deadline, clock=clock),
}


def clock() -> Clock:
    return SystemClock()


def nonce() -> str:
    """Eight hex digits: tells the keys of one job apart."""
    return secrets.token_hex(4)


def proxy_kind(asked: str, policy: Policy | None) -> str:
    """Raises UsageError for a kind that there is no adapter for."""
    kind = asked or (policy.proxy_kind if policy else "litellm")
    if kind not in _PROXIES:
        raise UsageError(
            f"There is no proxy of kind {kind[:40]!r}.", hint=f"There are: {', '.join(_PROXIES)}."
        )
    return kind


def proxy_url(asked: str, policy: Policy | None) -> str:
    """The bare address, from the caller or else from the policy. Raises UsageError."""
    if asked:
        return bare_url(asked, "proxy-url")
    if policy is not None and policy.proxy_url:
        return bare_url(policy.proxy_url, f"proxy.url in {policy.source}")
    raise UsageError(
        "No proxy is given.", hint="Set proxy.url in the policy, proxy-url, or TOKENGATE_PROXY_URL."
    )


def open_proxy(kind: str, url: str, key: str, deadline: Deadline) -> Proxy:
    """Raises CredentialError where there is no minting key at all."""
    if not key.strip():
        raise CredentialError(
            "proxy-key is empty: there is no minting key.",
            hint="Set the secret that the workflow names, for this repository or organisation; "
            "pull requests by Dependabot read Dependabot's secrets.",
        )
    return _PROXIES[kind](url, _secret(key, "proxy-key"), deadline, clock())


def open_code_host(api_url: str, token: str, deadline: Deadline) -> CodeHost:
    token = _secret(token, "github-token")
    return GitHub(api_url or "https://api.github.com", token, deadline=deadline)


def _secret(text: str, what: str) -> str:
    """Without the white space around it. Raises CredentialError for what no header can carry."""
    secret = text.strip()
    if not all("!" <= char <= "~" for char in secret):
        raise CredentialError(
            f"{what} holds a character that no key has: a space, a line break or an accent.",
            hint="Set the secret again: one line, without quotes.",
        )
    return secret


def job_policy(job: Job, host: CodeHost, path: str) -> Policy:
    """The policy that binds this job: at its base, not on its disk (DESIGN D7).

    Raises PolicyError, UsageError where there is none, UndecidedError where nobody can tell.
    """
    path = path or DEFAULT_POLICY
    if job.policy_ref is None:
        return local_policy(path)
    text = host.file_at(job.context.repository, path, job.policy_ref)
    where = f"{path}@{job.policy_ref.removeprefix('refs/heads/')[:12]}"
    if text is None:
        raise UsageError(
            f"There is no policy at {where} in {job.context.repository}.",
            hint="The policy counts from the base branch: merge it first, then the workflow that "
            "needs it. (Or the job lacks `permissions: contents: read`.)",
        )
    return load_policy(text, where)


def local_policy(path: str) -> Policy:
    """A policy file on this machine. Raises PolicyError or UsageError."""
    return load_policy(read_text(path, "The policy"), path)
