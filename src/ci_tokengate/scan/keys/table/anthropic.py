"""Anthropic: keys for the API, for administration, and Claude Code's tokens."""

from __future__ import annotations

from ci_tokengate.scan.keys.form import Form

_GITLEAKS = (
    "https://github.com/gitleaks/gitleaks/blob/master/cmd/generate/config/rules/anthropic.go"
)


def _form(kind: bytes, what: str, link: str = _GITLEAKS, length: bytes = b"93") -> Form:
    return Form(
        provider="anthropic",
        what=what,
        literal=b"sk-ant-",
        run=12,
        pattern=b"sk-ant-" + kind + b"-(?P<body>[A-Za-z0-9_-]{" + length + b"})AA(?![A-Za-z0-9_-])",
        link=link,
    )


FORMS = (
    _form(b"api03", "an Anthropic API key"),
    _form(b"admin01", "an Anthropic admin key"),
    # The length of this one is not documented.
    _form(
        b"oat01",
        "a Claude Code OAuth token",
        "https://github.com/anthropics/claude-code-action/blob/main/docs/setup.md",
        b"80,110",
    ),
)
