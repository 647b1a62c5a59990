"""Services around models: speech, and what watches over prompts."""

from __future__ import annotations

from ci_tokengate.scan.keys.form import Form

_TRUFFLEHOG = "https://github.com/trufflesecurity/trufflehog/blob/main/pkg/detectors/"

FORMS = (
    Form(
        provider="langsmith",
        what="a LangSmith key",
        literal=b"lsv2_",
        run=12,
        pattern=rb"lsv2_(?:pt|sk)_(?P<body>[0-9a-f]{32}_[0-9a-f]{10})(?![A-Za-z0-9_-])",
        link=_TRUFFLEHOG + "langsmith/langsmith.go",
    ),
    Form(
        provider="langfuse",
        what="a Langfuse secret key",
        literal=b"sk-lf-",
        run=12,
        pattern=rb"sk-lf-(?P<body>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?![A-Za-z0-9_-])",
        link=_TRUFFLEHOG + "langfuse/langfuse.go",
    ),
    Form(
        provider="elevenlabs",
        what="an ElevenLabs key",
        literal=b"sk_",
        run=20,
        pattern=rb"sk_(?P<body>[0-9a-f]{48})(?![A-Za-z0-9_-])",
        link="https://github.com/betterleaks/betterleaks",
    ),
    Form(
        provider="elevenlabs",
        what="an ElevenLabs key of the older kind",
        pattern=rb"(?P<body>[0-9a-f]{32})(?![A-Za-z0-9_-])",
        names=rb"eleven[_ .-]?labs|(?<![a-z])xi[_-]?api[_-]?key",
        not_names=rb"voice|agent|history|model",
        link=_TRUFFLEHOG + "elevenlabs/v1/elevenlabs.go",
    ),
)
