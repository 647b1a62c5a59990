"""Those who serve models of their own."""

from __future__ import annotations

from ci_tokengate.scan.keys.form import MIXED, Form

_TRUFFLEHOG = "https://github.com/trufflesecurity/trufflehog/blob/main/pkg/detectors/"
_BETTERLEAKS = "https://github.com/betterleaks/betterleaks"

FORMS = (
    Form(
        provider="mistral",
        what="a Mistral key",
        pattern=MIXED + rb"(?P<body>[A-Za-z0-9]{32})(?![A-Za-z0-9_-])",
        names=rb"mistral|codestral",
        link=_BETTERLEAKS,
    ),
    Form(
        provider="cohere",
        what="a Cohere key",
        pattern=MIXED + rb"(?P<body>[A-Za-z0-9]{40})(?![A-Za-z0-9_-])",
        names=rb"cohere(?!n)|(?<![a-z])co[_.-]?api[_.-]?key|(?-i:(?<=[a-z])CoApiKey)",
        link="https://github.com/gitleaks/gitleaks/blob/master/cmd/generate/config/rules/cohere.go",
    ),
    Form(
        provider="groq",
        what="a Groq key",
        literal=b"gsk_",
        run=20,
        pattern=rb"gsk_(?P<body>[A-Za-z0-9]{52})(?![A-Za-z0-9_-])",
        link=_TRUFFLEHOG + "groq/groq.go",
    ),
    Form(
        provider="xai",
        what="an xAI key",
        literal=b"xai-",
        run=12,
        pattern=rb"xai-(?P<body>[A-Za-z0-9]{80})(?![A-Za-z0-9_-])",
        link=_TRUFFLEHOG + "xai/xai.go",
    ),
    Form(
        provider="deepseek",
        what="a DeepSeek key",
        literal=b"sk-",
        run=10,
        pattern=rb"sk-(?P<body>[0-9a-f]{32})(?![A-Za-z0-9_-])",
        names=rb"deep_?-?seek",
        link=_TRUFFLEHOG + "deepseek/deepseek.go",
    ),
    Form(
        provider="moonshot",
        what="a Moonshot key",
        literal=b"sk-",
        run=10,
        pattern=rb"sk-(?P<body>[A-Za-z0-9]{48})(?![A-Za-z0-9_-])",
        names=rb"moonshot|kimi",
        link="https://platform.moonshot.ai/docs/guide/start-using-kimi-api",
    ),
    Form(
        provider="perplexity",
        what="a Perplexity key",
        literal=b"pplx-",
        run=12,
        pattern=rb"pplx-(?P<body>[A-Za-z0-9]{48})(?![A-Za-z0-9_-])",
        link="https://github.com/gitleaks/gitleaks/blob/master/cmd/generate/config/rules/perplexity.go",
    ),
    Form(
        provider="voyage",
        what="a Voyage key",
        literal=b"pa-",
        run=12,
        pattern=rb"pa-(?P<body>[A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])",
        link="https://github.com/mongodb/kingfisher",
    ),
)
