"""Names that wiring may never set: they change what a later step *runs*, not where it calls."""

from __future__ import annotations

_NAMES = frozenset(
    {
        "PATH",
        "HOME",
        "SHELL",
        "IFS",
        "ENV",
        "BASH_ENV",
        "SHELLOPTS",
        "BASHOPTS",
        "PS4",
        "PROMPT_COMMAND",
        "CI",
        "TMPDIR",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "NO_PROXY",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "CURL_CA_BUNDLE",
        "REQUESTS_CA_BUNDLE",
        "PERL5OPT",
        "PERL5LIB",
        "RUBYOPT",
        "RUBYLIB",
        "JAVA_TOOL_OPTIONS",
        "CLASSPATH",
    }
)
_PREFIXES = (
    "ACTIONS_",
    "BASH_FUNC_",
    "DYLD_",
    "GIT_",
    "GITHUB_",
    "INPUT_",
    "LD_",
    "NODE_",
    "NPM_",
    "PIP_",
    "PYTHON",
    "RUNNER_",
    "STATE_",
    "UV_",
)


def is_forbidden(name: str) -> bool:
    """Whether wiring may not set the variable `name`; letter case is ignored, as on Windows."""
    upper = name.upper()
    return upper in _NAMES or upper.startswith(_PREFIXES)
