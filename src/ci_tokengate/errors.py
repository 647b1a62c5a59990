"""Everything that can go wrong, as one tree. Each error says what failed and, as its hint, what to change.

    TokengateError                   exit code (DESIGN D15)
    ├── UsageError                   2   the input, the policy or the credential is wrong
    │   ├── PolicyError              2   … the policy file, with line and column
    │   ├── MovedError               2   … the repository's name, which is another by now
    │   └── CredentialError          2   … the minting key: wrong, an admin's, or without the right
    └── UndecidedError               3   nobody can say: the proxy or the code host did not answer
        ├── ProxyUnavailableError    3   … the proxy: timeout, 5xx, database down, not a LiteLLM
        └── DeadlineError            3   … the command's total deadline passed

A refusal ("blocked") is no error: it is a Verdict, and exits 1.
"""

from __future__ import annotations


class TokengateError(Exception):
    """Base of all expected failures. `message` is one sentence; `hint` is what to change."""

    exit_code = 3

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(TokengateError):
    """The input, the configuration or the credential is wrong; trying again will not help."""

    exit_code = 2


class PolicyError(UsageError):
    """The policy file cannot be used; `message` carries path, line and column."""


class MovedError(UsageError):
    """The code host has the repository under another name."""


class CredentialError(UsageError):
    """The minting credential is wrong, too powerful (D10) or lacks a right."""


class UndecidedError(TokengateError):
    """The question could not be answered; `on-error` says what that means (D9)."""

    exit_code = 3


class ProxyUnavailableError(UndecidedError):
    """The proxy did not answer, or not as a proxy does."""


class DeadlineError(UndecidedError):
    """The command's total deadline passed."""
