"""OpenAI: all keys since 2020 hold T3BlbkFJ, which is `OpenAI` in base64."""

from __future__ import annotations

from ci_tokengate.scan.keys.form import Form

_GITLEAKS = "https://github.com/gitleaks/gitleaks/blob/master/cmd/generate/config/rules/openai.go"
_ADMIN = "https://github.com/trufflesecurity/trufflehog/blob/main/pkg/detectors/openaiadmin/openaiadmin.go"
_END = rb")(?![A-Za-z0-9_-])"


def _halves(length: int) -> bytes:
    """What stands on both sides of the middle. 20 was the length of the first project keys."""
    return rb"[A-Za-z0-9_-]{%d}T3BlbkFJ[A-Za-z0-9_-]{%d}" % (length, length)


def _form(kind: bytes, what: str, link: str = _GITLEAKS) -> Form:
    return Form(
        provider="openai",
        what=what,
        literal=b"sk-" + kind + b"-",
        run=12,
        pattern=b"sk-" + kind + b"-(?P<body>" + b"|".join(_halves(n) for n in (74, 58, 20)) + _END,
        link=link,
    )


FORMS = (
    Form(
        provider="openai",
        what="an OpenAI API key",
        literal=b"sk-",
        run=10,
        pattern=rb"sk-(?P<body>[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20})(?![A-Za-z0-9_-])",
        link=_GITLEAKS,
    ),
    _form(b"proj", "an OpenAI project key"),
    _form(b"svcacct", "an OpenAI service account's key"),
    _form(b"admin", "an OpenAI admin key", _ADMIN),
)
