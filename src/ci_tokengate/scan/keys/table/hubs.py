"""Those who serve models of others."""

from __future__ import annotations

from ci_tokengate.scan.keys.form import Form

_TRUFFLEHOG = "https://github.com/trufflesecurity/trufflehog/blob/main/pkg/detectors/"
_BETTERLEAKS = "https://github.com/betterleaks/betterleaks"
_HF = "https://github.com/gitleaks/gitleaks/blob/master/cmd/generate/config/rules/huggingface.go"

FORMS = (
    Form(
        provider="openrouter",
        what="an OpenRouter key",
        literal=b"sk-or-v1-",
        run=12,
        pattern=rb"sk-or-v1-(?P<body>[0-9a-f]{64})(?![A-Za-z0-9_-])",
        link=_TRUFFLEHOG + "openrouter/openrouter.go",
    ),
    Form(
        provider="huggingface",
        what="a Hugging Face token",
        literal=b"hf_",
        run=12,
        pattern=rb"hf_(?P<body>[A-Za-z0-9]{34})(?![A-Za-z0-9_-])",
        link=_HF,
    ),
    Form(
        provider="huggingface",
        what="a Hugging Face organisation's token",
        literal=b"api_org_",
        run=10,
        pattern=rb"api_org_(?P<body>[A-Za-z0-9]{34})(?![A-Za-z0-9_-])",
        link=_HF,
    ),
    Form(
        provider="together",
        what="a Together key",
        literal=b"tgp_v1_",
        run=12,
        pattern=rb"tgp_v1_(?P<body>[A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])",
        link=_BETTERLEAKS,
    ),
    Form(
        provider="together",
        what="a Together key of the older kind",
        pattern=rb"(?P<body>[0-9a-f]{64})(?![A-Za-z0-9_-])",
        # The word alone is English: it counts as the name of a block or of a provider, and where it is called.
        names=rb"together[_.-]?(?:ai|chat|client)|together[ _.-]?(?:api[ _.-]?)?(?:key|token|secret)|together\.xyz"
        rb"|(?-i:\bTogether)\(|(?:name|provider)[\"']?\s{0,9}[=:]\s{0,9}[\"']?together\b"
        rb"|(?<![\w-])together(?:\.api|[\"']?\s{0,9}[:=]>?\s{0,9}(?:[{\[(]|\Z)|[\"']?\])",
        not_names=rb"_sum\Z|layer|blob",
        link="https://docs.together.ai/docs/quickstart",
    ),
    Form(
        provider="fireworks",
        what="a Fireworks key",
        literal=b"fw_",
        run=10,
        pattern=rb"fw_(?P<body>[A-Za-z0-9]{24})(?![A-Za-z0-9_-])",
        link="https://docs.fireworks.ai/api-reference/introduction",
    ),
    Form(
        provider="replicate",
        what="a Replicate token",
        literal=b"r8_",
        run=12,
        pattern=rb"r8_(?P<body>[A-Za-z0-9]{37})(?![A-Za-z0-9_-])",
        link=_TRUFFLEHOG + "replicate/replicate.go",
    ),
    Form(
        provider="cerebras",
        what="a Cerebras key",
        literal=b"csk-",
        run=12,
        pattern=rb"csk-(?P<body>[a-z0-9]{48})(?![A-Za-z0-9_-])",
        link=_BETTERLEAKS,
    ),
    Form(
        provider="nvidia",
        what="an NVIDIA key",
        literal=b"nvapi-",
        run=12,
        pattern=rb"nvapi-(?P<body>[A-Za-z0-9_-]{64})(?![A-Za-z0-9_-])",
        link=_TRUFFLEHOG + "nvapi/nvapi.go",
    ),
)
